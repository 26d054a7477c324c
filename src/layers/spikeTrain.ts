// A population's spikes over T timesteps, as those who watch a forward pass receive them.

import type {Tensor} from "../tf.js";

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
