// SpikeNAS-Bench (Sun et al., IEEE Trans. AI): what 15,625 trained networks measured, one row each.
//
// Trained on the first half of the training images, validated on the second, tested on the test images; 100 epochs (690
// networks 200). Accuracies are in percent, as published. The fifteen firing rates are spikes per neuron and timestep, in
// the order of the reference's modules: six edges of cell 1 and of cell 2, (0,1), (0,2), (1,2), (0,3), (1,3), (2,3), then
// reduction, last LIF and classifier; −1 stands for an edge without a LIF.
//
// `lookUp` is for analysis and costs nothing. A search must ask `queries(bench).query`, which counts what it spends.

import {sidesOf} from "../architectures/architecture.js";
import {spikenasBenchArchitecture, type SpikenasBenchDataset} from "../architectures/spikenasBench.js";
import {checkName, invalid} from "../check.js";

export type {SpikenasBenchDataset} from "../architectures/spikenasBench.js";

/** Epochs after which the table holds the validation accuracy. */
export const BENCH_EPOCHS = [10, 20, 40, 60] as const;
export type BenchEpoch = (typeof BENCH_EPOCHS)[number];

export type BenchNetwork = {
  readonly id: number;
  /** Op codes of the edges (0,1), (0,2), (0,3), (1,2), (1,3), (2,3). */
  readonly ops: readonly number[];
  readonly params: number;
  readonly epochs: number;
  /** Percent, after so many epochs. */
  readonly validation: Readonly<Record<BenchEpoch, number>>;
  readonly validationFinal: number;
  readonly validationBest: number;
  /** Percent after every epoch; absent where a table without it was read. */
  readonly curve?: readonly number[];
  readonly test: number;
  readonly firingRates: readonly number[];
  /** Over all neurons: each LIF weighs as many as it has. */
  readonly meanFiringRate: number;
  /** Training time on the authors' machines. */
  readonly seconds: number;
};

export type SpikenasBench = {
  readonly dataset: SpikenasBenchDataset;
  /** By ascending id: all 15,625 of CIFAR-10, those that are published of the others. */
  readonly networks: readonly BenchNetwork[];
  /** Where they were read from. */
  readonly source: string;
};

/** Neurons of the fifteen LIFs: six of cell 1, six of cell 2, reduction, last, classifier. */
function neuronsOf(dataset: SpikenasBenchDataset): number[] {
  const a = spikenasBenchArchitecture(0, dataset);
  const [height, width] = sidesOf(a);
  const first = (a.channels * height * width) / a.stemStride ** 2;
  return [...Array<number>(6).fill(first), ...Array<number>(6).fill(first / 2), first, first / 2, a.head.hidden];
}

export const BENCH_NEURONS: Readonly<Record<SpikenasBenchDataset, readonly number[]>> = {
  cifar10: neuronsOf("cifar10"),
  cifar100: neuronsOf("cifar100"),
  "tiny-imagenet": neuronsOf("tiny-imagenet"),
};

/** Spikes per image over all timesteps, one LIF an edge as the reference has them. */
export function benchSpikes({firingRates}: BenchNetwork, dataset: SpikenasBenchDataset = "cifar10"): number {
  const {T} = spikenasBenchArchitecture(0, dataset);
  return T * firingRates.reduce((sum, rate, i) => sum + Math.max(0, rate) * BENCH_NEURONS[dataset][i]!, 0);
}

const byId = new WeakMap<SpikenasBench, ReadonlyMap<number, BenchNetwork>>();

/** What is known of a network, free of charge: for analysis, never for a search. */
export function lookUp(bench: SpikenasBench, id: number): BenchNetwork {
  let index = byId.get(bench);
  if (!index) byId.set(bench, (index = new Map(bench.networks.map((n) => [n.id, n]))));
  const found = index.get(id);
  if (!found) throw invalid(`network of SpikeNAS-Bench for ${bench.dataset}`, id, "one that its copy here holds");
  return found;
}

export type Spent = {
  /** Calls of `query`, and how many different networks they named. */
  readonly queries: number;
  readonly networks: number;
  /** Recorded training time of these calls, as if each had trained its network. */
  readonly seconds: number;
};

/** A counter of what a search spends: `query` trains network `id` (by looking it up) and returns its validation accuracy. */
export function queries(
  bench: SpikenasBench,
  {after = "final"}: {after?: BenchEpoch | "final"} = {},
): {query: (id: number) => number; spent: () => Spent} {
  checkName("epoch", String(after), {...Object.fromEntries(BENCH_EPOCHS.map((e) => [e, 0])), final: 0});
  const seen = new Set<number>();
  let [count, seconds] = [0, 0];
  return {
    query(id) {
      const n = lookUp(bench, id);
      ++count;
      seen.add(id);
      seconds += after === "final" ? n.seconds : (n.seconds * after) / n.epochs;
      return after === "final" ? n.validationFinal : n.validation[after];
    },
    spent: () => ({queries: count, networks: seen.size, seconds}),
  };
}

/** Validation accuracy in percent after so many epochs; at `epochs` and beyond, of the whole training. */
export function validationAfter(bench: SpikenasBench, id: number, epochs: number): number {
  const {curve, validationFinal, epochs: all} = lookUp(bench, id);
  if (epochs >= all) return validationFinal;
  const value = curve?.[epochs - 1];
  if (value === undefined)
    throw invalid(`SpikeNAS-Bench from ${bench.source}`, `no validation accuracy of network ${id} after ${epochs} epochs`, "the authors' logs, or a table with its curves beside it (cifar10-val.csv, plain or .gz)"); // prettier-ignore
  return value;
}
