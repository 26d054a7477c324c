// Average pooling in one pass over memory.
//
// The 3x3 mean is its own adjoint, with zeros counted in the divisor: its gradient pools dy. The gradient of a mean over
// windows spreads dy/p².

import * as definition from "../layers/pool.js";
import type {Tensor, Tensor4D} from "../tf.js";
import {compiled} from "./compiled.js";
import {differentiable} from "./differentiable.js";
import {address, kernel, output, withScratch} from "./engine.js";
import {operation} from "./operation.js";

/** Sizes of a map; a [N, C] counts as a map of one position. */
export const asMap = (shape: readonly number[]): [N: number, H: number, W: number, C: number] =>
  shape.length === 4 ? (shape as [number, number, number, number]) : [shape[0]!, 1, 1, shape[1]!];

/** [N, ⌊H/p⌋, ⌊W/p⌋, C]. */
export const pooledShape = (shape: readonly number[], p: number): readonly number[] =>
  p === 1 ? shape : [shape[0]!, Math.floor(shape[1]! / p), Math.floor(shape[2]! / p), shape[3]!];

const neighbourhoods = operation("AvgPool3", ({x}: {readonly x: Tensor}) => {
  const [N, H, W, C] = x.shape as [number, number, number, number];
  const y = output(x.shape);
  withScratch(4 * (W + 2) * C, (scratch) => kernel("avgPool3")(address(x), address(y), scratch, N, H, W, C));
  return y;
});

/** 3x3 mean, stride 1, on [N, H, W, C]; the zero padding counts in the divisor. */
export const avgPool3 = compiled({
  definition: definition.avgPool3,
  kernel: (x) => {
    const {y} = differentiable({
      inputs: {x},
      forward: () => ({outputs: {y: neighbourhoods({x}) as Tensor4D}, saved: {}}),
      gradientOnDemand: ({y: dy}) => ({x: () => neighbourhoods({x: dy})}),
    });
    return y;
  },
});

type Windows = {readonly shape: readonly number[]; readonly p: number};

const windows = operation("AvgPool", ({x, p}: {readonly x: Tensor; readonly p: number}) => {
  const [N, H, W, C] = x.shape as [number, number, number, number];
  const y = output(pooledShape(x.shape, p));
  kernel("avgPool")(address(x), address(y), N, H, W, C, p);
  return y;
});

/** dL/dx of a mean over windows of a map of `shape`, from dy. */
export const poolGradient = operation("PoolGradient", ({dy, shape, p}: Windows & {readonly dy: Tensor}) => {
  const dx = output(shape);
  kernel("poolGradient")(address(dy), address(dx), ...asMap(shape), p);
  return dx;
});

/** Mean over windows of p×p with stride p, on [N, H, W, C]; a remainder at the far borders is left out. */
export const avgPool = compiled({
  definition: definition.avgPool,
  kernel: (x, p) => {
    if (p === 1) return x;
    const {y} = differentiable({
      inputs: {x},
      forward: () => ({outputs: {y: windows({x, p}) as Tensor4D}, saved: {}}),
      gradientOnDemand: ({y: dy}) => ({x: () => poolGradient({dy, shape: x.shape, p})}),
    });
    return y;
  },
});
