// Convolution of maps [N, H, W, Cin] with filters [k, k, Cin, Cout], k odd, padded so that stride 1 keeps the size.
//
//   y[n, i, j, o] = Σ_{a, b, c} x[n, s·i + a − ⌊k/2⌋, s·j + b − ⌊k/2⌋, c] · w[a, b, c, o]
//
// PyTorch's padding ⌊k/2⌋ on every side. TensorFlow's "same" is that at stride 1 and pads less on the left at stride 2, where
// the zeros are therefore written out: native TensorFlow has no gradient of a convolution with explicit padding.

import {conv2d as tfConv2d, pad, type Tensor4D, tidy} from "../tf.js";

/** x [N, H, W, Cin], w [k, k, Cin, Cout] → [N, ⌈H/stride⌉, ⌈W/stride⌉, Cout]. */
export function conv2d(x: Tensor4D, w: Tensor4D, stride: 1 | 2 = 1): Tensor4D {
  if (stride === 1 || w.shape[0] === 1) return tfConv2d(x, w, stride, "same");
  const side = w.shape[0] >> 1;
  const sides: [number, number][] = [
    [0, 0],
    [side, side],
    [side, side],
    [0, 0],
  ];
  return tidy(() => tfConv2d(pad(x, sides), w, stride, "valid"));
}
