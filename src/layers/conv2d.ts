// Convolution of maps [N, H, W, Cin] with filters [k, k, Cin, Cout], padded so that stride 1 keeps the size.
//
//   y[n, i, j, o] = Σ_{a, b, c} x[n, s·i + a − ⌊k/2⌋, s·j + b − ⌊k/2⌋, c] · w[a, b, c, o]
//
// PyTorch's padding ⌊k/2⌋ on every side. (TensorFlow's "same" pads less on the left at stride 2.)

import {conv2d as tfConv2d, type Tensor4D} from "../tf.js";

/** x [N, H, W, Cin], w [k, k, Cin, Cout] → [N, ⌈H/stride⌉, ⌈W/stride⌉, Cout]. */
export function conv2d(x: Tensor4D, w: Tensor4D, stride: 1 | 2 = 1): Tensor4D {
  const side = w.shape[0] >> 1;
  return tfConv2d(x, w, stride, [
    [0, 0],
    [side, side],
    [side, side],
    [0, 0],
  ]);
}
