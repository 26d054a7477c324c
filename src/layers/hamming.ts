// Hamming distances between the spike patterns of a batch, for each timestep: in how many neurons do two images differ?
//
//   d(i, j) = x_i·(1 − x_j) + (1 − x_i)·x_j = n_i + n_j − 2·x_i·x_j,    n_i = Σ x_i,    x ∈ {0, 1}^N
//
// Exact in float32 while N < 2²⁴.

import {matMul, type Tensor2D, type Tensor3D, tidy} from "../tf.js";

export type Distances = {
  /** [T, B, B] int32, symmetric, zeros on the diagonal. */
  readonly distances: Tensor3D;
  /** Spikes of each image, [T, B] int32. */
  readonly counts: Tensor2D;
};

/** Of x [T, B, N], zeros and ones. */
export function hammingDistances(x: Tensor3D): Distances {
  return tidy(() => {
    const counts = x.sum(2); // [T, B]
    const both = matMul(x, x, false, true); // [T, B, B]
    const distances = counts.expandDims(2).add(counts.expandDims(1)).sub(both.mul(2));
    return {distances: distances.cast("int32"), counts: counts.cast("int32")};
  });
}
