// What a network's spikes amount to: firing rates by layer, and synaptic operations.
//
//   firingRate   spikes per neuron and timestep
//   synOps       synaptic operations per image: Σ_t Σ_spikes fan-out
//
// A spike at (i, j) reaches C_out weights for each place of the kernel that stays on the map, so fan-out is exact at borders.
// A spike before the head's average pooling counts as one operation on each hidden unit, though it carries 1/p² of a spike.

import type {Architecture} from "../architectures/architecture.js";
import {layersOf, type LayerShape} from "../architectures/stages.js";
import {type Tensor, tensor, tidy} from "../tf.js";

/** Places of a k-wide kernel with this stride that see each of `size` positions. */
function reach(size: number, k: number, stride: number): number[] {
  const half = k >> 1;
  return Array.from({length: size}, (_, i) => {
    let count = 0;
    for (let o = 0; o * stride < size; ++o) if (Math.abs(o * stride - i) <= half) ++count;
    return count;
  });
}

/** The layers that read each LIF's spikes. */
export function readersOf(a: Architecture): Map<string, LayerShape[]> {
  const readers = new Map<string, LayerShape[]>();
  for (const layer of layersOf(a))
    if (layer.lif !== undefined) readers.set(layer.lif, [...(readers.get(layer.lif) ?? []), layer]);
  return readers;
}

/** Spikes s [T, B, ...] of one layer summed over time and batch: how many there are, and the operations they cause. */
export function activityOf(s: Tensor, readers: readonly LayerShape[]): {spikes: number; synOps: number} {
  return tidy(() => {
    if (s.rank < 5) {
      const spikes = s.sum().dataSync()[0]!;
      return {spikes, synOps: spikes * readers.reduce((n, {cout}) => n + cout, 0)};
    }
    const map = s.sum([0, 1, 4]); // [H, W]
    const spikes = map.sum().dataSync()[0]!;
    let synOps = 0;
    for (const {kind, kernelSize, stride, sideIn, cout} of readers) {
      const along = kind === "linear" ? undefined : reach(sideIn, kernelSize, stride);
      const reached = along
        ? map
            .mul(tensor(along, [sideIn, 1]))
            .mul(tensor(along, [1, sideIn]))
            .sum()
            .dataSync()[0]!
        : spikes;
      synOps += cout * reached;
    }
    return {spikes, synOps};
  });
}
