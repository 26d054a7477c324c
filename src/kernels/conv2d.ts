// Convolution at the speed of the backend in use.

import {conv2d as definition} from "../layers/conv2d.js";
import type {Tensor4D} from "../tf.js";

export type ConvOptions = {
  /** Promises that every x is 0 or 1. */
  readonly spikes?: boolean;
  /** false: nobody needs dL/dx. Not needed where x depends on no variable. */
  readonly inputGradient?: boolean;
};

/** x [N, H, W, Cin], w [k, k, Cin, Cout] → [N, ⌈H/stride⌉, ⌈W/stride⌉, Cout]. */
export function conv2d(x: Tensor4D, w: Tensor4D, stride: 1 | 2 = 1, _options: ConvOptions = {}): Tensor4D {
  return definition(x, w, stride);
}
