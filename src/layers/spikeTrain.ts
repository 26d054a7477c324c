// A population's spikes over T timesteps, as those who watch a forward pass receive them.

import {type Tensor, tidy} from "../tf.js";

export type SpikeTrain = {
  /** Timesteps T that it covers. */
  readonly T: number;
  /** What it stands for, time the slowest: [T·B, H, W, C] of a map, [T·B, C] of a linear layer. */
  readonly shape: readonly number[];
} & (
  | {
      /** int32 [T·B, H, W, words] or [T·B, words], words = ⌈C/32⌉: channel c in bit c mod 32 of word ⌊c/32⌋, other bits 0. */
      readonly bits: Tensor;
      readonly spikes?: undefined;
    }
  | {
      readonly bits?: undefined;
      /** 0 or 1, of `shape`. */
      readonly spikes: Tensor;
    }
);

/** Receives every population's spikes during a forward pass; the tensor is freed when it returns. */
export type OnSpikes = (population: string, train: SpikeTrain) => void;

/** Calls `use` with spikes [T·B, ..., C], 0 or 1, as a train of T timesteps. */
export const withSpikeTrain = (spikes: Tensor, T: number, use: (train: SpikeTrain) => void): void =>
  use({T, shape: spikes.shape, spikes});

/** Ones of a 32-bit word: sums of neighbouring bits, then of pairs, of nibbles and of bytes. */
function onesOf(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Spikes of the population at each timestep, over all samples. */
export function spikeCounts({T, bits, spikes}: SpikeTrain): number[] {
  if (spikes) return [...tidy(() => spikes.reshape([T, -1]).sum(1).dataSync())];
  const words = bits.dataSync();
  const each = words.length / T;
  return Array.from({length: T}, (_, t) => {
    let count = 0;
    for (let i = t * each; i < (t + 1) * each; ++i) count += onesOf(words[i]!);
    return count;
  });
}
