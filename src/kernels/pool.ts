// Average pooling in one pass over memory.
//
// The 3x3 mean is its own adjoint, with zeros counted in the divisor: its gradient pools dy. The gradient of a mean over
// windows spreads dy/p².

import {avgPool as windowDefinition, avgPool3 as definition} from "../layers/pool.js";
import type {Tensor, Tensor4D} from "../tf.js";
import {address, engineOn, kernel, output, withScratch} from "./engine.js";
import {poolGradient} from "./consumers.js";
import {operation} from "./register.js";

const pool: (inputs: {x: Tensor}, attributes: object) => Tensor[] = operation<{x: Tensor}, object>({
  name: "AvgPool3",
  saves: {inputs: []},
  forward: ({x}) => {
    const [N, H, W, C] = x.shape as [number, number, number, number];
    const y = output(x.shape);
    withScratch(4 * (W + 2) * C, (scratch) => kernel("avgPool3")(address(x), address(y), scratch, N, H, W, C));
    return y;
  },
  gradient: ([dy]) => ({x: (): Tensor => pool({x: dy!}, {})[0]!}),
});

/** 3x3 mean, stride 1, on [N, H, W, C]; the zero padding counts in the divisor. */
export function avgPool3(x: Tensor4D): Tensor4D {
  return engineOn() ? (pool({x}, {})[0] as Tensor4D) : definition(x);
}

const windows = operation<{x: Tensor}, {readonly shape: readonly number[]; readonly p: number}>({
  name: "AvgPool",
  saves: {inputs: []},
  forward: ({x}, {shape, p}) => {
    const [N, H, W, C] = shape as [number, number, number, number];
    const y = output([N, Math.floor(H / p), Math.floor(W / p), C]);
    kernel("avgPool")(address(x), address(y), N, H, W, C, p);
    return y;
  },
  gradient: ([dy], _saved, {shape, p}) => ({x: () => poolGradient({dy: dy!}, {shape, p})[0]!}),
});

/** Mean over windows of p×p with stride p, on [N, H, W, C]; a remainder at the far borders is left out. */
export function avgPool(x: Tensor4D, p: number): Tensor4D {
  if (p === 1 || !engineOn()) return windowDefinition(x, p);
  return windows({x}, {shape: x.shape, p})[0] as Tensor4D;
}
