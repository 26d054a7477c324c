// A trained network valued on images it has not seen: accuracy, confusion, firing rates, synaptic operations.

import type {Dataset, SampleSet, Progress} from "../datasets/dataset.js";
import {forward} from "../networks/forward.js";
import type {Network} from "../networks/parameters.js";
import {dispose, tidy} from "../tf.js";
import {populationsOf} from "../graphs/populations.js";
import {activityOf} from "./activity.js";
import {batchOf} from "./batches.js";
import {crossEntropy} from "./objective.js";

export type Evaluation = {
  /** Fraction of the n images whose largest logit is their label's. */
  readonly accuracy: number;
  readonly n: number;
  /** Mean cross-entropy. */
  readonly loss: number;
  /** Images by true class (row) and predicted class (column). */
  readonly confusion: readonly (readonly number[])[];
  /** Spikes per neuron and timestep, by LIF and over all neurons. */
  readonly firingRates: Readonly<Record<string, number>>;
  readonly meanFiringRate: number;
  /** Spikes of all neurons and timesteps, per image. */
  readonly spikes: number;
  /** Synaptic operations per image, by LIF and in total. */
  readonly synOpsByLayer: Readonly<Record<string, number>>;
  readonly synOps: number;
};

/** Evaluates on the images of `indices` (all by default); spikes are counted on the first `activityImages` of them. */
export async function evaluate(
  network: Network,
  data: Dataset,
  set: SampleSet,
  {
    indices = Uint32Array.from(set.labels, (_, i) => i),
    batchSize = 100,
    activityImages = 500,
    signal,
    onProgress,
  }: {
    indices?: ArrayLike<number>;
    batchSize?: number;
    activityImages?: number;
    signal?: AbortSignal;
    onProgress?: Progress;
  } = {},
): Promise<Evaluation> {
  const n = indices.length;
  const classes = network.graph.classes;
  const confusion = Array.from({length: classes}, () => new Array<number>(classes).fill(0));
  const readers = new Map(populationsOf(network.graph).map(({name, readers}) => [name, readers]));
  const spikes: Record<string, number> = {};
  const neurons: Record<string, number> = {};
  const operations: Record<string, number> = {};
  let [loss, correct, counted] = [0, 0, 0];
  for (let start = 0; start < n; start += batchSize) {
    signal?.throwIfAborted();
    const chosen = Array.from({length: Math.min(batchSize, n - start)}, (_, i) => indices[start + i]!);
    const {x, labels} = batchOf(data, set, chosen);
    const counting = counted < activityImages;
    const {logits, outputs, observed} = forward(network, x, {training: false, observe: {spikes: counting}});
    const predicted = tidy(() => logits.argMax(1).dataSync());
    loss += tidy(() => crossEntropy(logits, labels).dataSync()[0]!) * chosen.length;
    for (const [i, index] of chosen.entries()) {
      const label = set.labels[index]!;
      ++confusion[label]![predicted[i]!]!;
      if (predicted[i] === label) ++correct;
    }
    for (const [name, s] of Object.entries(observed.spikes)) {
      const activity = activityOf(s, readers.get(name) ?? []);
      spikes[name] = (spikes[name] ?? 0) + activity.spikes;
      neurons[name] = (neurons[name] ?? 0) + s.size;
      operations[name] = (operations[name] ?? 0) + activity.synOps;
    }
    if (counting) counted += chosen.length;
    dispose([x, labels, logits, outputs, ...Object.values(observed.spikes)]);
    onProgress?.(Math.min(start + batchSize, n), n, "evaluating");
    await new Promise(setImmediate);
  }
  const total = (record: Record<string, number>): number => Object.values(record).reduce((a, b) => a + b, 0);
  const names = Object.keys(spikes);
  return {
    accuracy: correct / n,
    n,
    loss: loss / n,
    confusion,
    firingRates: Object.fromEntries(names.map((name) => [name, spikes[name]! / neurons[name]!])),
    meanFiringRate: total(spikes) / total(neurons),
    spikes: total(spikes) / counted,
    synOpsByLayer: Object.fromEntries(names.map((name) => [name, operations[name]! / counted])),
    synOps: total(operations) / counted,
  };
}
