// What a network's spikes amount to: firing rates by population, and synaptic operations.
//
//   firingRate   spikes per neuron and timestep
//   synOps       synaptic operations per image: Σ_t Σ_spikes fan-out
//
// A spike at (i, j) reaches C_out weights for each place of the kernel that stays on the map, so fan-out is exact at borders.
// A spike before an average pooling of p×p counts as one operation on each weight behind it, though it carries 1/p² of a spike.

import {outputsSeeing, type SpikeReader} from "../graphs/populations.js";
import {type Tensor, tensor, tidy} from "../tf.js";

/** Places of a reader's kernel that see each of `size` positions, through the pooling in between. */
function reached(size: number, {kernelSize, stride, window}: SpikeReader): number[] {
  const pooled = Math.floor(size / window);
  const seen = outputsSeeing(pooled, kernelSize, stride);
  return Array.from({length: size}, (_, i) => seen[Math.floor(i / window)] ?? 0);
}

/** Spikes s [T, B, ...] of a population summed over time and batch: how many there are, and the operations they cause. */
export function activityOf(s: Tensor, readers: readonly SpikeReader[]): {spikes: number; synOps: number} {
  return tidy(() => {
    if (s.rank < 5) {
      const spikes = s.sum().dataSync()[0]!;
      return {spikes, synOps: spikes * readers.reduce((n, {channels}) => n + channels, 0)};
    }
    const map = s.sum([0, 1, 4]); // [H, W]
    const [height, width] = map.shape as [number, number];
    const spikes = map.sum().dataSync()[0]!;
    let synOps = 0;
    for (const reader of readers) {
      const operations =
        reader.kind === "linear"
          ? spikes
          : map
              .mul(tensor(reached(height, reader), [height, 1]))
              .mul(tensor(reached(width, reader), [1, width]))
              .sum()
              .dataSync()[0]!;
      synOps += reader.channels * operations;
    }
    return {spikes, synOps};
  });
}
