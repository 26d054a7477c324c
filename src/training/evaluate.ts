// Evaluates a network on samples that it was not trained on: accuracy, confusion, firing rates, synaptic operations.

import type {Dataset, SampleSet, Progress} from "../datasets/dataset.js";
import {giveWay} from "../giveWay.js";
import {forward, type Observed} from "../networks/forward.js";
import type {Network, Tensors} from "../networks/parameters.js";
import {bitsOfWeight} from "../graphs/cost.js";
import {forwardCounting, MOST_AT_ONCE} from "../networks/stepwise.js";
import {randomKey, type RandomKey} from "../random.js";
import {dispose, type Tensor, type Tensor2D, tidy} from "../tf.js";
import {nodeOf, nodesOf} from "../graphs/graph.js";
import {populationsOf, type SpikeReader} from "../graphs/populations.js";
import {activityOf, effectiveMacsOf, nonZeros} from "./activity.js";
import {batchOf, scaleFor} from "./batches.js";
import {crossEntropy} from "./objective.js";

export type Evaluation = {
  /** Fraction of the n images whose largest logit is their label's. */
  readonly accuracy: number;
  readonly n: number;
  /** Mean cross-entropy. */
  readonly loss: number;
  /** Images by true class (row) and predicted class (column). */
  readonly confusion: readonly (readonly number[])[];
  /** The class of the largest logit, image by image. */
  readonly predicted: readonly number[];
  /** Spikes per neuron and timestep, by population and over all neurons. */
  readonly firingRates: Readonly<Record<string, number>>;
  readonly meanFiringRate: number;
  /** Spikes of all neurons and timesteps, per image. */
  readonly spikes: number;
  /** Synaptic operations per image, by population and in total. */
  readonly synOpsByLayer: Readonly<Record<string, number>>;
  readonly synOps: number;
  /** The same, each times the bits of its weight, 32 where nothing is said; pruned ones take none. */
  readonly bitSynOps: number;
  /** Of a DNN alone. */
  readonly dnn?: DnnActivity;
};

/** What a DNN's activations amount to, on the images on which a spiking network's spikes would be counted. */
export type DnnActivity = {
  /** Fraction of zeros among what its ReLUs give, by node and over all of them. */
  readonly zerosByLayer: Readonly<Record<string, number>>;
  readonly zeros: number;
  /** Multiply-accumulates per image where zeros are skipped, by layer with weights and in total. */
  readonly effectiveMacsByLayer: Readonly<Record<string, number>>;
  readonly effectiveMacs: number;
};

export type EvaluateOptions = {
  /** All by default. */
  readonly indices?: ArrayLike<number>;
  readonly batchSize?: number;
  /** Spikes are counted on this many of the first images, rounded up to whole batches. */
  readonly activityImages?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: Progress;
};

/** Evaluates on images of a set. */
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
  }: EvaluateOptions = {},
): Promise<Evaluation> {
  const n = indices.length;
  const {classes} = network.graph;
  const confusion = Array.from({length: classes}, () => new Array<number>(classes).fill(0));
  const activity = activityCount(network);
  const isDnn = nodesOf(network.graph, "relu").length > 0;
  const dnn = dnnCount(network);
  const long = network.graph.T > MOST_AT_ONCE;
  const all: number[] = [];
  let [loss, correct] = [0, 0];
  for (let start = 0; start < n; start += batchSize) {
    signal?.throwIfAborted();
    const chosen = Array.from({length: Math.min(batchSize, n - start)}, (_, i) => indices[start + i]!);
    const {x, labels} = batchOf(data, set, chosen, {scale: scaleFor(network.graph)});
    const counting = start < activityImages;
    const encode = randomKey(0, "evaluate", start);
    const {logits, spikes, observed} = long
      ? longForward(network, x, encode)
      : wholeForward(network, x, encode, counting, isDnn);
    const predicted = tidy(() => logits.argMax(1).dataSync());
    loss += tidy(() => crossEntropy(logits, labels).dataSync()[0]!) * chosen.length;
    all.push(...predicted);
    for (const [i, index] of chosen.entries()) {
      const label = set.labels[index]!;
      ++confusion[label]![predicted[i]!]!;
      if (predicted[i] === label) ++correct;
    }
    if (counting) activity.add(spikes, chosen.length);
    if (counting && isDnn) dnn.add(observed, chosen.length);
    dispose([x, labels, logits, ...[spikes, observed.activations, observed.inputs].flatMap((made) => Object.values(made))]); // prettier-ignore
    onProgress?.(Math.min(start + batchSize, n), n, "evaluating");
    await giveWay(signal);
  }
  return {
    ...{accuracy: correct / n, n, loss: loss / n, confusion, predicted: all},
    ...activity.means(),
    ...(isDnn && {dnn: dnn.means()}),
  };
}

type Seen = {
  readonly logits: Tensor2D;
  /** [T, B, ...], or summed over time, [1, B, ...]. */
  readonly spikes: Tensors;
  readonly observed: Pick<Observed, "activations" | "inputs">;
};

/** All timesteps at once. */
function wholeForward(network: Network, x: Tensor, encode: RandomKey, counting: boolean, isDnn: boolean): Seen {
  const observe = {spikes: counting, activations: counting && isDnn, inputs: counting && isDnn};
  const {logits, outputs, observed} = forward(network, x, {training: false, observe, encode});
  outputs.dispose();
  return {logits, spikes: observed.spikes, observed};
}

/** Timestep by timestep, in memory that does not grow with T. */
function longForward(network: Network, x: Tensor, encode: RandomKey): Seen {
  const {logits, counts} = forwardCounting(network, x, {encode});
  return {logits, spikes: counts, observed: {activations: {}, inputs: {}}};
}

type Activity = Pick<
  Evaluation,
  "firingRates" | "meanFiringRate" | "spikes" | "synOpsByLayer" | "synOps" | "bitSynOps"
>;

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Counts spikes and synaptic operations of batches, by population. */
function activityCount({graph}: Network): {add(spikes: Tensors, images: number): void; means(): Activity} {
  const counts = populationsOf(graph).map(({name, readers}) => ({
    name,
    readers,
    spikes: 0,
    neurons: 0,
    synOps: 0,
    bitSynOps: 0,
  }));
  const bitsOf = ({layer}: SpikeReader): number => bitsOfWeight(nodeOf(graph, layer));
  let images = 0;
  return {
    add(spikes, n) {
      images += n;
      for (const count of counts) {
        const s = spikes[count.name]!;
        const activity = activityOf(s, count.readers, bitsOf);
        count.spikes += activity.spikes;
        count.neurons += (s.size / s.shape[0]) * graph.T;
        count.synOps += activity.synOps;
        count.bitSynOps += activity.bitSynOps;
      }
    },
    means: () => {
      const counted = counts.filter(({neurons}) => neurons > 0);
      return {
        firingRates: Object.fromEntries(counted.map(({name, spikes, neurons}) => [name, spikes / neurons])),
        meanFiringRate: counted.length
          ? total(counted.map(({spikes}) => spikes)) / total(counted.map(({neurons}) => neurons))
          : 0,
        spikes: total(counted.map(({spikes}) => spikes)) / images,
        synOpsByLayer: Object.fromEntries(counted.map(({name, synOps}) => [name, synOps / images])),
        synOps: total(counted.map(({synOps}) => synOps)) / images,
        bitSynOps: total(counted.map(({bitSynOps}) => bitSynOps)) / images,
      };
    },
  };
}

/** Counts zeros and effective multiply-accumulates of batches. */
function dnnCount({graph}: Network): {add(observed: Seen["observed"], images: number): void; means(): DnnActivity} {
  const zeros = new Map<string, {nonZero: number; size: number}>();
  const macs = new Map<string, number>();
  let images = 0;
  return {
    add({activations, inputs}, n) {
      images += n;
      for (const [id, x] of Object.entries(activations)) {
        const before = zeros.get(id) ?? {nonZero: 0, size: 0};
        zeros.set(id, {nonZero: before.nonZero + nonZeros(x), size: before.size + x.size});
      }
      for (const [id, x] of Object.entries(inputs))
        macs.set(id, (macs.get(id) ?? 0) + effectiveMacsOf(x, nodeOf(graph, id).op));
    },
    means: () => {
      const counts = [...zeros.values()];
      const byLayer = [...macs].map(([id, count]) => [id, count / images] as const);
      return {
        zerosByLayer: Object.fromEntries([...zeros].map(([id, {nonZero, size}]) => [id, 1 - nonZero / size])),
        zeros: 1 - total(counts.map(({nonZero}) => nonZero)) / total(counts.map(({size}) => size)),
        effectiveMacsByLayer: Object.fromEntries(byLayer),
        effectiveMacs: total(byLayer.map(([, count]) => count)),
      };
    },
  };
}
