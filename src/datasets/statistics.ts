// What samples are normalised by: mean and standard deviation of each channel, on the scale 0..1 of bytes.
//
//   mean_c = Σ v / n        sd_c = √(Σ v² / n − mean_c²)        v = byte / 255, or the value of a float

import type {SampleSet} from "./dataset.js";

/** Below this a channel is constant, and has nothing to be scaled by. */
const LEAST_SD = 1e-6;

/** Statistics of samples whose last dimension is the channels; a constant channel has sd 1. */
export function channelStatistics(samples: SampleSet["samples"], channels: number): {mean: number[]; sd: number[]} {
  const one = samples instanceof Uint8Array ? 255 : 1;
  const [sum, squares, n] = [new Array<number>(channels).fill(0), new Array<number>(channels).fill(0), samples.length];
  for (let i = 0, c = 0; i < n; ++i, c = c + 1 === channels ? 0 : c + 1) {
    const value = samples[i]!;
    sum[c]! += value;
    squares[c]! += value * value;
  }
  const mean = sum.map((total) => (total * channels) / n / one);
  const variance = squares.map((total, c) => (total * channels) / n / one ** 2 - mean[c]! ** 2);
  return {mean, sd: variance.map((v) => (v > LEAST_SD ** 2 ? Math.sqrt(v) : 1))};
}
