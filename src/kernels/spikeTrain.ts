// Spikes as bits: from floats, and those of groups of images.

import {type SpikeTrain, withSpikeTrain as definition} from "../layers/spikeTrain.js";
import {split, type Tensor, tidy} from "../tf.js";
import {compiled} from "./compiled.js";
import {address, kernel, outputBits} from "./engine.js";
import {operation} from "./operation.js";
import type {Spikes} from "./spikeConv.js";

/** The shape of the bits that stand for spikes of `shape`. */
export const bitsShape = (shape: readonly number[]): number[] => [...shape.slice(0, -1), Math.ceil(shape.at(-1)! / 32)];

/** Spikes that are floats, 0 or 1, as bits, with the fraction of ones. */
export const packSpikes: (args: {readonly spikes: Tensor}) => Spikes = operation(
  "PackSpikes",
  ({spikes}: {readonly spikes: Tensor}) => {
    const bits = outputBits(bitsShape(spikes.shape));
    const C = spikes.shape.at(-1)!;
    const ones = kernel("packSpikes")(address(spikes), address(bits), spikes.size / C, C);
    return {bits, shape: spikes.shape, density: ones / spikes.size};
  },
);

/** The spikes of each of so many groups of images, in order. */
export function spikesOfGroups(spikes: Spikes, groups: number): Spikes[] {
  if (groups === 1) return [spikes];
  const [N, ...rest] = spikes.shape as [number, ...number[]];
  return split(spikes.bits, groups).map((bits) => ({...spikes, bits, shape: [N / groups, ...rest]}));
}

/** Calls `use` with spikes [T·B, ..., C], 0 or 1, as a train of T timesteps; its tensors are freed when it returns. */
export const withSpikeTrain = compiled({
  definition,
  kernel: (spikes: Tensor, T: number, use: (train: SpikeTrain) => void): void =>
    void tidy(() => {
      const {bits, shape} = packSpikes({spikes});
      use({T, shape, bits});
    }),
});
