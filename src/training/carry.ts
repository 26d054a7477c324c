// Tensors as they travel between threads: shapes and values.

import type {Tensors} from "../networks/parameters.js";
import {keep, type Tensor, tensor} from "../tf.js";

export type Carried = {readonly shape: readonly number[]; readonly values: Float32Array | Int32Array};
export type CarriedTensors = Readonly<Record<string, Carried>>;

export const carry = (t: Tensor): Carried => ({shape: t.shape, values: t.dataSync() as Float32Array | Int32Array});

/** The tensor again: int32 from an Int32Array, else float32. The caller disposes it. */
export const bring = ({shape, values}: Carried): Tensor =>
  keep(tensor(values, [...shape], values instanceof Int32Array ? "int32" : "float32"));

export const carryAll = (tensors: Tensors): CarriedTensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, t]) => [name, carry(t)]));

export const bringAll = (carried: CarriedTensors): Tensors =>
  Object.fromEntries(Object.entries(carried).map(([name, c]) => [name, bring(c)]));
