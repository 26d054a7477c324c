// Sparsity-aware Hamming distance (SNASNet, arXiv 2201.10355): how differently images spike, against how differently they
// would by chance at their firing rates r.
//
//   P(i, j) = r_i(1 − r_j) + (1 − r_i)r_j                    chance that one neuron differs
//   k(i, j) = N − α/(P·N + ε)·d(i, j)     `sahd`             the paper's equation and the published code's last version
//   k(i, j) = N − α/(P + ε)·d(i, j)       `sahdWithoutN`     the version that SpikeNAS-Bench carries
//   score   = log |det (mean of k over populations and timesteps)|
//
// α = 0.5 and ε = 0.001 as in the code. Float64 throughout: off the diagonal k is N minus about α, and N has five digits.

import {kernelMatrix, type KernelMatrix, type Similarity} from "./kernelMatrix.js";
import type {Score} from "./score.js";

const ALPHA = 0.5;
const EPSILON = 1e-3;

const chance = (ri: number, rj: number): number => ri * (1 - rj) + (1 - ri) * rj;

export const sahdSimilarity: Similarity = (d, ri, rj, N) => N - (ALPHA / (chance(ri, rj) * N + EPSILON)) * d;
export const sahdWithoutNSimilarity: Similarity = (d, ri, rj, N) => N - (ALPHA / (chance(ri, rj) + EPSILON)) * d;

export const gatherSahd = (batch: number): KernelMatrix => kernelMatrix(batch, sahdSimilarity);

export const sahd: Score = {
  title: "sparsity-aware Hamming distance, with N",
  source: "SNASNet, arXiv 2201.10355, equation and published code",
  needs: "spikes",
  gather: gatherSahd,
};

export const sahdWithoutN: Score = {
  title: "sparsity-aware Hamming distance, without N",
  source: "an earlier version of SNASNet's code, used by SpikeNAS-Bench",
  needs: "spikes",
  gather: (batch) => kernelMatrix(batch, sahdWithoutNSimilarity),
};
