// A spiking network over time, once: after each number of timesteps its accuracy, spikes and synaptic operations.
//
//   latency   the smallest T with accuracy(T) >= accuracy of the DNN − 0.01

import type {Dataset, Progress, SampleSet} from "../datasets/dataset.js";
import {giveWay} from "../giveWay.js";
import {populationsOf} from "../graphs/populations.js";
import type {Network} from "../networks/parameters.js";
import {forwardStepwise} from "../networks/stepwise.js";
import {dispose, type Tensor, tidy} from "../tf.js";
import {spikeCounter} from "../training/activity.js";
import {batchOf, scaleFor} from "../training/batches.js";

/** Index t − 1 of every list is after t timesteps. */
export type OverTime = {
  readonly T: number;
  /** Images, and how many of them were found right. */
  readonly n: number;
  readonly correct: readonly number[];
  readonly accuracy: readonly number[];
  /** Spikes and synaptic operations per image so far. */
  readonly spikes: readonly number[];
  readonly synOps: readonly number[];
  /** The same by population. */
  readonly spikesByLayer: Readonly<Record<string, readonly number[]>>;
  readonly synOpsByLayer: Readonly<Record<string, readonly number[]>>;
  /** Neurons by population: spikes over neurons and timesteps are the firing rate. */
  readonly neurons: Readonly<Record<string, number>>;
};

export type SimulateOptions = {
  /** As many timesteps as the network has unless given. */
  readonly T?: number;
  /** All images by default. */
  readonly indices?: ArrayLike<number>;
  readonly batchSize?: number;
  readonly signal?: AbortSignal | undefined;
  /** Images times timesteps. */
  readonly onProgress?: Progress | undefined;
};

/** Sums of what each timestep added, per image. */
const runningPerImage = (added: Float64Array, n: number): number[] => {
  let sum = 0;
  return Array.from(added, (value) => (sum += value) / n);
};

const sumOf = (lists: readonly (readonly number[])[], T: number): number[] =>
  Array.from({length: T}, (_, t) => lists.reduce((sum, list) => sum + list[t]!, 0));

/** Runs a network on images of a set, and looks at it after every timestep. Memory does not grow with T. */
export async function simulate(
  network: Network,
  data: Dataset,
  set: SampleSet,
  {
    T = network.graph.T,
    indices = Uint32Array.from(set.labels, (_, i) => i),
    batchSize = 100,
    signal,
    onProgress,
  }: SimulateOptions = {},
): Promise<OverTime> {
  const {graph} = network;
  const n = indices.length;
  const correct = new Array<number>(T).fill(0);
  const counters = new Map(populationsOf(graph).map((p) => [p.name, {count: spikeCounter(p), spikes: new Float64Array(T), synOps: new Float64Array(T)}])); // prettier-ignore
  const onSpikes = (name: string, s: Tensor, t: number): void => {
    const counter = counters.get(name)!;
    const {spikes, synOps} = counter.count(s);
    counter.spikes[t - 1]! += spikes;
    counter.synOps[t - 1]! += synOps;
  };
  for (let start = 0; start < n; start += batchSize) {
    signal?.throwIfAborted();
    const chosen = Array.from({length: Math.min(batchSize, n - start)}, (_, i) => indices[start + i]!);
    const {x, labels} = batchOf(data, set, chosen, {scale: scaleFor(graph)});
    const logits = forwardStepwise(network, x, {
      T,
      onSpikes,
      onTimestep: ({t, logits: sofar}) => {
        const predicted = tidy(() => sofar.argMax(1).dataSync());
        chosen.forEach((index, i) => void (predicted[i] === set.labels[index] && ++correct[t - 1]!));
      },
    });
    dispose([x, labels, logits]);
    onProgress?.(Math.min(start + batchSize, n), n, `simulating ${T} timesteps`);
    await giveWay(signal);
  }
  const lists = (part: "spikes" | "synOps"): Record<string, number[]> =>
    Object.fromEntries([...counters].map(([name, counter]) => [name, runningPerImage(counter[part], n)]));
  const [spikesByLayer, synOpsByLayer] = [lists("spikes"), lists("synOps")];
  return {
    ...{T, n, correct, accuracy: correct.map((count) => count / n), spikesByLayer, synOpsByLayer},
    spikes: sumOf(Object.values(spikesByLayer), T),
    synOps: sumOf(Object.values(synOpsByLayer), T),
    neurons: Object.fromEntries(populationsOf(graph).map(({name, neurons}) => [name, neurons])),
  };
}

/** How far below the DNN a converted network may stay: one point. */
export const WITHIN = 0.01;

/** The smallest T at which the accuracy is within `within` of the DNN's; undefined where it never is. */
export function latencyOf(accuracy: readonly number[], dnn: number, within = WITHIN): number | undefined {
  const found = accuracy.findIndex((value) => value >= dnn - within - 1e-12);
  return found < 0 ? undefined : found + 1;
}
