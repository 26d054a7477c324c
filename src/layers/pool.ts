// Average pooling, from sums of slices and axes alone: the gradients need nothing that a backend might lack.

import {addN, maximum, pad, slice, type Tensor, type Tensor4D, tidy} from "../tf.js";

/** 3x3 mean, stride 1, on [N, H, W, C]; the zero padding counts in the divisor (PyTorch's default). */
export function avgPool3(x: Tensor4D): Tensor4D {
  return tidy(() => {
    const [n, h, w, c] = x.shape;
    const padded = pad(x, [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ]);
    const rows = addN([0, 1, 2].map((dy) => slice(padded, [0, dy, 0, 0], [n, h, w + 2, c])));
    return addN([0, 1, 2].map((dx) => slice(rows, [0, 0, dx, 0], [n, h, w, c]))).div(9);
  });
}

/** Mean over windows of p×p with stride p, on [N, H, W, C]; a remainder at the far borders is left out. */
export function avgPool(x: Tensor4D, p: number): Tensor4D {
  if (p === 1) return x;
  return tidy(() => {
    const [n, height, width, c] = x.shape;
    const [h, w] = [Math.floor(height / p), Math.floor(width / p)];
    const cut = h * p === height && w * p === width ? x : slice(x, [0, 0, 0, 0], [n, h * p, w * p, c]);
    const rows = cut.reshape([n * h, p, w * p * c]).sum(1); // [N·h, w·p·C]
    const windows = rows.reshape([n * h * w, p, c]).sum(1); // [N·h·w, C]
    return windows.div(p * p).reshape([n, h, w, c]);
  });
}

/** The largest of tensors, pair by pair: where two are equal, as spikes often are, the gradient is the first one's. */
const largest = (parts: readonly Tensor[]): Tensor => parts.reduce((a, b) => maximum(a, b));

/**
 * Maximum over windows of p×p with stride p, on [N, H, W, C]; a remainder at the far borders is left out. Of equal values the first,
 * by rows, receives the gradient, on every backend alike.
 */
export function maxPool(x: Tensor4D, p: number): Tensor4D {
  return tidy(() => {
    const [n, height, width, c] = x.shape;
    const [h, w] = [Math.floor(height / p), Math.floor(width / p)];
    const cut = h * p === height && w * p === width ? x : slice(x, [0, 0, 0, 0], [n, h * p, w * p, c]);
    const parts = (all: Tensor, size: number): Tensor[] =>
      Array.from({length: p}, (_, i) => slice(all, [0, i, 0], [all.shape[0], 1, size]));
    const columns = largest(parts(cut.reshape([n * h * p * w, p, c]), c)); // the largest of each row of a window
    const windows = largest(parts(columns.reshape([n * h, p, w * c]), w * c));
    return windows.reshape([n, h, w, c]);
  });
}
