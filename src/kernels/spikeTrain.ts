// A layer's spikes as they pass by: bits where the engine runs, floats elsewhere.

import {type Tensor, tidy, type TensorInfo} from "../tf.js";
import {address, engineOn, kernel, outputBits} from "./engine.js";
import {operation} from "./register.js";
import type {Spikes} from "./spikeConv.js";

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

/** Receives every LIF's spikes during a forward pass; what it is lent is freed afterwards. */
export type OnSpikes = (lif: string, train: SpikeTrain) => void;

/** The shape of the bits that stand for spikes of `shape`. */
export const bitsShape = (shape: readonly number[]): number[] => [...shape.slice(0, -1), Math.ceil(shape.at(-1)! / 32)];

const pack = operation<{spikes: Tensor}, {readonly seen: {rate: number}}>({
  name: "PackSpikes",
  saves: {inputs: []},
  forward: ({spikes}, {seen}): TensorInfo => {
    const bits = outputBits(bitsShape(spikes.shape));
    const C = spikes.shape.at(-1)!;
    seen.rate = kernel("packSpikes")(address(spikes), address(bits), spikes.size / C, C) / spikes.size;
    return bits;
  },
});

/** Lends spikes that are floats, 0 or 1, as bits. */
export function withBits<R extends Tensor | void>(spikes: Tensor, use: (bits: Spikes) => R): R {
  const seen = {rate: 0};
  return tidy(() => use({bits: pack({spikes}, {seen})[0]!, shape: spikes.shape, rate: seen.rate}) as Tensor) as R;
}

/** Lends spikes [T·B, ..., C], 0 or 1, to `use` as a train of T timesteps. */
export function withSpikeTrain(spikes: Tensor, T: number, use: (train: SpikeTrain) => void): void {
  const {shape} = spikes;
  if (!engineOn()) return use({T, shape, spikes});
  withBits(spikes, ({bits}) => use({T, shape, bits}));
}
