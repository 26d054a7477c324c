// Tensors as they travel between threads: shapes and values.

import type {Tensors} from "../networks/parameters.js";
import {keep, type Tensor, tensor} from "../tf.js";

export type Serialised = {readonly shape: readonly number[]; readonly values: Float32Array | Int32Array};
export type SerialisedTensors = Readonly<Record<string, Serialised>>;

export const serialise = (t: Tensor): Serialised => ({
  shape: t.shape,
  values: t.dataSync() as Float32Array | Int32Array,
});

/** The tensor again: int32 from an Int32Array, else float32. The caller disposes it. */
export const deserialise = ({shape, values}: Serialised): Tensor =>
  keep(tensor(values, [...shape], values instanceof Int32Array ? "int32" : "float32"));

export const serialiseAll = (tensors: Tensors): SerialisedTensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, t]) => [name, serialise(t)]));

export const deserialiseAll = (serialised: SerialisedTensors): Tensors =>
  Object.fromEntries(Object.entries(serialised).map(([name, s]) => [name, deserialise(s)]));
