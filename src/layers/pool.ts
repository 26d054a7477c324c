// Pooling, from sums of slices and axes alone: the gradients need nothing that a backend might lack.

import {addN, maximum, pad, slice, type Tensor, type Tensor4D, tidy, where} from "../tf.js";

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

/** [N, H, W, C] without the remainder at the far borders, and how many windows of p×p fit. */
function cutTo(x: Tensor4D, p: number): {cut: Tensor; h: number; w: number} {
  const [n, height, width, c] = x.shape;
  const [h, w] = [Math.floor(height / p), Math.floor(width / p)];
  return {cut: h * p === height && w * p === width ? x : slice(x, [0, 0, 0, 0], [n, h * p, w * p, c]), h, w};
}

/**
 * Maximum over windows of p×p with stride p, on [N, H, W, C]; a remainder at the far borders is left out. Of equal values the first,
 * by rows, receives the gradient, on every backend alike.
 */
export function maxPool(x: Tensor4D, p: number): Tensor4D {
  return tidy(() => {
    const [n, , , c] = x.shape;
    const {cut, h, w} = cutTo(x, p);
    const parts = (all: Tensor, size: number): Tensor[] =>
      Array.from({length: p}, (_, i) => slice(all, [0, i, 0], [all.shape[0], 1, size]));
    const columns = largest(parts(cut.reshape([n * h * p * w, p, c]), c)); // the largest of each row of a window
    const windows = largest(parts(columns.reshape([n * h, p, w * c]), w * c));
    return windows.reshape([n, h, w, c]);
  });
}

/**
 * The spikes of those neurons that have spiked most so far, one of each window of p×p: s [N, H, W, C] at one timestep, `counts` the
 * spikes of earlier ones (none where it is undefined). Of equal counts the first, by rows. Returns the counts with s in them.
 */
export function mostSpikesPool(
  s: Tensor4D,
  p: number,
  counts?: Tensor4D,
): {readonly y: Tensor4D; readonly counts: Tensor4D} {
  return tidy(() => {
    const [n, , , c] = s.shape;
    const now = counts ? counts.add<Tensor4D>(s) : s.clone();
    const [spikes, known] = [cutTo(s, p), cutTo(now, p)];
    const {h, w} = spikes;
    const at = (cut: Tensor, i: number, j: number): Tensor =>
      slice(slice(cut.reshape([n * h, p, w * p * c]), [0, i, 0], [n * h, 1, w * p * c]).reshape([n * h * w, p, c]), [0, j, 0], [n * h * w, 1, c]); // prettier-ignore
    let [most, y] = [at(known.cut, 0, 0), at(spikes.cut, 0, 0)];
    for (let k = 1; k < p * p; ++k) {
      const [i, j] = [Math.floor(k / p), k % p];
      const count = at(known.cut, i, j);
      y = where(count.greater(most), at(spikes.cut, i, j), y);
      most = maximum(most, count);
    }
    return {y: y.reshape<Tensor4D>([n, h, w, c]), counts: now};
  });
}
