// Batch normalisation with statistics for each of G groups of rows (Ioffe & Szegedy, arXiv 1502.03167).
//
//   y = γ·(x − μ_g)/√(σ²_g + ε) + β,    μ_g, σ²_g mean and (biased) variance of group g over its rows
//
// G = T gives SNASNet's statistics for each timestep; G = 1 gives joint statistics over time (tdBN, arXiv 2011.05280).
// Running statistics, used in evaluation, are updated once a group, in order, with the unbiased variance:
//   r ← (1 − m)·r + m·stat, m = 0.1.

import {mean as tfMean, type Tensor, type Tensor1D, type Tensor2D, type Tensor3D, tensor2d, tidy} from "../tf.js";

export const EPSILON = 1e-5;
export const MOMENTUM = 0.1;

export type Normalised = {
  /** [G, N, C] */
  readonly y: Tensor3D;
  /** Statistics of each group, [G, C]; constants for gradients. The variance is the biased one. */
  readonly mean: Tensor2D;
  readonly variance: Tensor2D;
};

/** Training: x [G, N, C] normalised with its own statistics; γ, β [C]. */
export function batchNormTrain(x: Tensor3D, gamma: Tensor1D, beta: Tensor1D): Normalised {
  return tidy(() => {
    const mean = tfMean(x, 1, true); // [G, 1, C]
    const centred = x.sub(mean);
    const variance = tfMean(centred.square(), 1, true); // [G, 1, C]
    const y: Tensor3D = centred.mul(variance.add(EPSILON).rsqrt().mul(gamma)).add(beta);
    return {y, mean: mean.squeeze([1]), variance: variance.squeeze([1])};
  });
}

/** Evaluation: x [..., C] normalised with running statistics [C]. */
export function batchNormEvaluate(
  x: Tensor,
  gamma: Tensor1D,
  beta: Tensor1D,
  mean: Tensor1D,
  variance: Tensor1D,
): Tensor {
  return tidy(() => x.sub(mean).mul(variance.add(EPSILON).rsqrt().mul(gamma)).add(beta));
}

/**
 * One running statistic after G updates: running [C], stats [G, C] in order; `rows` N > 0 corrects a variance's bias.
 * The G updates at once: r·(1 − m)^G + Σ_g m·(1 − m)^(G−1−g)·stat_g.
 */
export function updateRunning(running: Tensor1D, stats: Tensor2D, rows = 0): Tensor1D {
  return tidy(() => {
    const G = stats.shape[0];
    const correction = rows > 1 ? rows / (rows - 1) : 1;
    const weights = Array.from({length: G}, (_, g) => correction * MOMENTUM * (1 - MOMENTUM) ** (G - 1 - g));
    const seen = tensor2d(weights, [1, G]).matMul(stats).squeeze<Tensor1D>([0]);
    return running.mul<Tensor1D>((1 - MOMENTUM) ** G).add<Tensor1D>(seen);
  });
}
