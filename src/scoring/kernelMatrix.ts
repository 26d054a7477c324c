// Scores that ask how differently a network spikes for different images: log |det K| of a B×B matrix of similarities.
//
//   K = Σ over populations, timesteps and readers of similarity(i, j)        (its mean where `mean` is set)
//
// The spikes that several convolutions read are computed once and count once for each, as in the reference system, where
// every convolution has a LIF of its own.

import {logDeterminant} from "./logDeterminant.js";
import type {Gatherer, Patterns} from "./score.js";

/** k(i, j) from the distance of two images and their firing rates (spikes/N) in one population of N neurons. */
export type Similarity = (distance: number, ri: number, rj: number, neurons: number) => number;

export type KernelMatrix = Gatherer & {
  /** The sum so far, [B·B] row by row, and of how many terms. */
  readonly sum: () => {readonly K: Float64Array; readonly terms: number};
};

/** Gathers K over the patterns of B = `batch` images. */
export function kernelMatrix(batch: number, similarity: Similarity, {mean = true} = {}): KernelMatrix {
  const K = new Float64Array(batch * batch);
  const rates = new Float64Array(batch);
  let terms = 0;
  return {
    add: ({neurons, readers, counts, distances}: Patterns) => {
      terms += readers;
      for (let i = 0; i < batch; ++i) rates[i] = counts[i]! / neurons;
      for (let i = 0; i < batch; ++i)
        for (let j = i; j < batch; ++j)
          K[i * batch + j]! += readers * similarity(distances[i * batch + j]!, rates[i]!, rates[j]!, neurons);
    },
    sum: () => {
      for (let i = 0; i < batch; ++i) for (let j = 0; j < i; ++j) K[i * batch + j] = K[j * batch + i]!;
      return {K, terms};
    },
    value() {
      const {K: sum} = this.sum();
      const {value, status} = logDeterminant(mean ? sum.map((k) => k / terms) : sum, batch);
      return {value, status};
    },
  };
}
