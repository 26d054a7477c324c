// Means of the first timesteps of a signal z over T, and their mixture: what a network answers when it may stop after any of them
// (LitE-SNN, arXiv 2401.14652).
//
//   m[t] = 1/t · Σ_{τ≤t} z[τ],  t = 1 … T          y = Σ_t p_t·m[t] = Σ_τ z[τ] · Σ_{t≥τ} p_t/t,   Σ_t p_t = 1
//
// With p = 1 at one t and 0 elsewhere, y is what the network would answer had it no more than t timesteps.

import {type Tensor, type Tensor1D, tensor2d, type Tensor2D, tidy} from "../tf.js";

/** Row t averages the first t + 1 of T values. */
const averaging = (T: number): Tensor2D =>
  tensor2d(Array.from({length: T}, (_, t) => Array.from({length: T}, (_, tau) => (tau <= t ? 1 / (t + 1) : 0))));

/** The means m[t] of z [T, ...], in the same shape. */
export function prefixMeans<T extends Tensor>(z: T): T {
  return tidy(() => averaging(z.shape[0]).matMul(z.reshape([z.shape[0], -1])).reshape(z.shape)); // prettier-ignore
}

/** y [...] of z [T, ...] and the weights p [T]. */
export function mixedPrefixes(z: Tensor, p: Tensor1D): Tensor {
  const [T, ...rest] = z.shape as [number, ...number[]];
  return tidy(() => p.reshape([1, T]).matMul(averaging(T)).matMul(z.reshape([T, -1])).reshape(rest)); // prettier-ignore
}
