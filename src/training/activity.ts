// What a network's spikes amount to: firing rates by population, and synaptic operations; and what a DNN's zeros save.
//
//   firingRate   spikes per neuron and timestep
//   synOps       synaptic operations per image: Σ_t Σ_spikes fan-out
//   bitSynOps    the same, each times the bits that its weight takes on average: pruned ones take none (LitE-SNN, arXiv 2401.14652)
//
// A spike at (i, j) reaches C_out weights for each place of the kernel that stays on the map, so fan-out is exact at borders.
// A spike before an average pooling of p×p counts as one operation on each weight behind it, though it carries 1/p² of a spike.
//
//   effectiveMacs   multiply-accumulates per image where a zero costs nothing: Σ over layers of (non-zero values read · fan-out)
//
// Values are counted where weights read them, after pooling, with the same exact fan-out; padding is no value.

import type {GraphOp} from "../graphs/graph.js";
import {outputsSeeing, type Population, type SpikeReader} from "../graphs/populations.js";
import {type Tensor, tensor, tidy} from "../tf.js";

const FLOAT_BITS = 32;

/** Places of a reader's kernel that see each of `size` positions, through the pooling in between. */
function reached(size: number, {kernelSize, stride, window}: SpikeReader): number[] {
  const pooled = Math.floor(size / window);
  const seen = outputsSeeing(pooled, kernelSize, stride);
  return Array.from({length: size}, (_, i) => seen[Math.floor(i / window)] ?? 0);
}

/** Places that spikes [H, W], summed over all else, reach of a reader. */
function placesReached(map: Tensor, reader: SpikeReader): number {
  const [height, width] = map.shape as [number, number];
  const rows = tensor(reached(height, reader), [height, 1]);
  return map.mul(rows).mul(tensor(reached(width, reader), [1, width])).sum().dataSync()[0]!; // prettier-ignore
}

export type SpikeActivity = {
  readonly spikes: number;
  readonly synOps: number;
  /** Each operation times the bits of its weight. */
  readonly bitSynOps: number;
};

/**
 * Spikes s [T, B, ...] of a population summed over time and batch: how many there are, and the operations they cause. `bitsOf`: bits
 * that a weight of the reader takes, 32 unless given.
 */
export function activityOf(
  s: Tensor,
  readers: readonly SpikeReader[],
  bitsOf: (reader: SpikeReader) => number = () => FLOAT_BITS,
): SpikeActivity {
  return tidy(() => {
    const map = s.rank < 5 ? s.sum() : s.sum([0, 1, 4]); // [H, W]
    const spikes = map.sum().dataSync()[0]!;
    let [synOps, bitSynOps] = [0, 0];
    for (const reader of readers) {
      const places = s.rank < 5 || reader.kind === "linear" ? spikes : placesReached(map, reader);
      synOps += reader.channels * places;
      bitSynOps += reader.channels * places * bitsOf(reader);
    }
    return {spikes, synOps, bitSynOps};
  });
}

/** Counts the spikes s [B, ...] of a population at one timestep: as `activityOf`, with its tables made once. */
export function spikeCounter({shape, readers}: Population): (s: Tensor) => {spikes: number; synOps: number} {
  if (shape.length < 3) {
    const fanOut = readers.reduce((n, {channels}) => n + channels, 0);
    return (s) => {
      const spikes = tidy(() => s.sum().dataSync()[0]!);
      return {spikes, synOps: spikes * fanOut};
    };
  }
  const [height, width] = shape as [number, number, number];
  const fanOuts = new Float64Array(height * width);
  for (const reader of readers) {
    const linear = reader.kind === "linear";
    const [down, across] = [height, width].map((side) => (linear ? new Array<number>(side).fill(1) : reached(side, reader))) as [number[], number[]]; // prettier-ignore
    for (let i = 0; i < fanOuts.length; ++i)
      fanOuts[i]! += reader.channels * down[Math.floor(i / width)]! * across[i % width]!;
  }
  return (s) => {
    const map = tidy(() => s.sum([0, 3]).dataSync());
    let [spikes, synOps] = [0, 0];
    for (let i = 0; i < map.length; ++i) {
      spikes += map[i]!;
      synOps += map[i]! * fanOuts[i]!;
    }
    return {spikes, synOps};
  };
}

/** Values that are not 0. */
export const nonZeros = (x: Tensor): number => tidy(() => x.notEqual(0).sum().dataSync()[0]!);

/** Multiply-accumulates of a layer with weights over the non-zero values of x [N, ...], all samples together. */
export function effectiveMacsOf(x: Tensor, op: GraphOp): number {
  if (op.kind === "linear") return nonZeros(x) * op.units;
  if (op.kind !== "conv2d") return 0;
  const {kernelSize, stride, channels} = op;
  const [, height, width] = x.shape as [number, number, number, number];
  const counts = tidy(() => x.notEqual(0).sum([0, 3]).arraySync() as number[][]);
  const [down, across] = [height, width].map((side) => outputsSeeing(side, kernelSize, stride)) as [number[], number[]];
  const rows = counts.map((row, i) => down[i]! * row.reduce((sum, count, j) => sum + count * across[j]!, 0));
  return channels * rows.reduce((sum, row) => sum + row, 0);
}
