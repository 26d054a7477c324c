// 3x3 mean pooling in one pass. With zeros counted in the divisor it is its own adjoint: the gradient pools dy.

import {avgPool3 as definition} from "../layers/pool.js";
import type {Tensor, Tensor4D} from "../tf.js";
import {address, engineOn, kernel, output, withScratch} from "./engine.js";
import {operation} from "./register.js";

export {avgPool} from "../layers/pool.js";

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
