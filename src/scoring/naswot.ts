// NASWOT (arXiv 2006.04647) for spikes: how differently images spike, by plain Hamming distance.
//
//   k(i, j) = N − d(i, j) = x_i·x_j + (1 − x_i)·(1 − x_j)
//
//   naswot    log |det Σ k|           the sum over layers, as NASWOT has it: deeper networks have larger entries
//   hamming   log |det mean of k|     the mean over populations and timesteps, to which SNASNet compares its own distance

import {kernelMatrix, type Similarity} from "./kernelMatrix.js";
import type {Score} from "./score.js";

export const hammingSimilarity: Similarity = (d, _ri, _rj, N) => N - d;

export const naswot: Score = {
  title: "Hamming distance, summed over layers",
  source: "NASWOT, arXiv 2006.04647, on spikes",
  needs: "spikes",
  gather: (batch) => kernelMatrix(batch, hammingSimilarity, {mean: false}),
};

export const hamming: Score = {
  title: "Hamming distance, mean over layers and timesteps",
  source: "the plain-Hamming baseline of SNASNet, arXiv 2201.10355",
  needs: "spikes",
  gather: (batch) => kernelMatrix(batch, hammingSimilarity),
};
