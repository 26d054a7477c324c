// A population of neurons over T timesteps, and all that consumes its spikes:
//
//   s = neuron(x)  or  s = neuron(BN(x)),        y_i = consumer_i(s)
//
// A neuron has no weights, so the edges that leave one node consume one spike train.

import type {NeuronSpec} from "../graphs/neuron.js";
import {neuron} from "../neurons/neuron.js";
import type {Learnt} from "../neurons/steps.js";
import type {Tensor, Tensor1D} from "../tf.js";
import * as norms from "./batchNorm.js";
import {consume, type Consumer, type Statistics} from "./consumers.js";
import type {SpikeTrain} from "./spikeTrain.js";

/** Batch normalisation of the currents. */
export type NormBefore = {
  readonly gamma: Tensor1D;
  readonly beta: Tensor1D;
  /** Its own statistics for each of so many groups of its rows, where they are known already; or others to use, [C]. */
  readonly statistics:
    | {readonly groups: number; readonly known?: Statistics | undefined}
    | {readonly mean: Tensor1D; readonly variance: Tensor1D};
};

export type SpikingLayer = {
  /** Currents [T·B, H, W, C] or [T·B, C]; [B, ...] where `constant`. */
  readonly x: Tensor;
  readonly spec: NeuronSpec;
  readonly T: number;
  /** One current for all timesteps. */
  readonly constant?: boolean;
  /** What the neurons learn: `learntOf(spec)`. */
  readonly learnt?: Learnt | undefined;
  readonly norm?: NormBefore | undefined;
  readonly consumers: readonly Consumer[];
  /** Sees the spikes; nothing is kept. */
  readonly onSpikes?: ((train: SpikeTrain) => void) | undefined;
};

export type SpikingResult = {
  /** One for each consumer: [T·B, H', W', C'] of a convolution, [T·B, ⌊H/p⌋, ⌊W/p⌋, C] of a mean. */
  readonly outputs: Tensor[];
  /** The statistics of outputs that were asked for and came with them. */
  readonly known: (Statistics | undefined)[];
  /** The statistics that x was normalised with, where it was with its own. */
  readonly statistics?: Statistics;
};

/** The currents after their normalisation, and the statistics [G, C] where they are x's own. */
export function normalisedCurrents(
  {x, norm}: Pick<SpikingLayer, "x" | "norm">,
  {batchNormTrain, batchNormEvaluate}: Pick<typeof norms, "batchNormTrain" | "batchNormEvaluate"> = norms,
): {readonly currents: Tensor; readonly statistics?: Statistics} {
  if (!norm) return {currents: x};
  const {gamma, beta, statistics} = norm;
  if ("mean" in statistics) return {currents: batchNormEvaluate(x, gamma, beta, statistics.mean, statistics.variance)};
  const rows = x.size / gamma.size / statistics.groups;
  const {y, ...own} = batchNormTrain(x.reshape([statistics.groups, rows, gamma.size]), gamma, beta);
  return {currents: y.reshape(x.shape), statistics: own};
}

/** Spikes [T·B, ...] of a population under currents [T·B, ...], or [B, ...] where they are `constant`. */
export function spikesOf(currents: Tensor, {spec, T, constant, learnt}: SpikingLayer): Tensor {
  const x = constant ? currents.tile([T, ...currents.shape.slice(1).map(() => 1)]) : currents;
  return neuron(x.reshape([T, x.shape[0] / T, ...x.shape.slice(1)]), spec, {learnt}).s.reshape(x.shape);
}

/** Neurons over T timesteps and what consumes their spikes. */
export function spiking(layer: SpikingLayer): SpikingResult {
  const {currents, statistics} = normalisedCurrents(layer);
  const spikes = spikesOf(currents, layer);
  layer.onSpikes?.({T: layer.T, shape: spikes.shape, spikes});
  const consumed = layer.consumers.map((consumer) => consume(spikes, consumer));
  return {
    outputs: consumed.map(({y}) => y),
    known: consumed.map((made) => made.statistics),
    ...(statistics && {statistics}),
  };
}
