// Consumers of spikes that are bits: convolutions, with their batch normalisation and pooling, pooling alone, and firing rates.

import type {Consumed, Consumer, ConvConsumer, Statistics} from "../layers/consumers.js";
import {type Tensor, type Tensor1D, tidy} from "../tf.js";
import {unwritten, writeImages} from "./inputGradient.js";
import {pooledNorm} from "./pooledNorm.js";
import {asMap, pooledShape} from "./pool.js";
import {address, kernel, output} from "./engine.js";
import {operation} from "./operation.js";
import {isLarge} from "./rematerialise.js";
import {spikeConv, type Spikes} from "./spikeConv.js";
import {spikesOfGroups} from "./spikeTrain.js";

const poolBits = operation("PoolBits", ({spikes, p}: {readonly spikes: Spikes; readonly p: number}) => {
  const y = output(pooledShape(spikes.shape, p));
  kernel("poolBits")(address(spikes.bits), address(y), ...asMap(spikes.shape), p);
  return y;
});

/** Spikes a timestep of each neuron; only one timestep's spikes exist as floats at a time. */
const rateOf = (spikes: Spikes, T: number): Tensor =>
  tidy(() => {
    const count = unwritten([spikes.shape[0]! / T, ...spikes.shape.slice(1)]);
    spikesOfGroups(spikes, T).forEach((own, t) => {
      const x = poolBits({spikes: own, p: 1});
      writeImages({x, to: count, from: 0, add: t > 0});
      x.dispose();
    });
    return count.div(T);
  });

/** What the gradient of a consumer needs. */
export type SavedConsumer = {
  readonly consumer: Consumer;
  /** Where its map is normalised, there or by a sum: with what statistics [G, C], γ, and the map, unless that is rematerialised. */
  readonly normalised?: (Statistics & {readonly gamma: Tensor1D; readonly map: Tensor | undefined}) | undefined;
};

/** The parameters of a consumer, for which there are gradients. */
export const parametersOf = (
  consumer: Consumer,
): {readonly w?: Tensor; readonly gamma?: Tensor; readonly beta?: Tensor} => {
  if (consumer.kind !== "conv") return {};
  const {w, pooledNorm, deferredNorm} = consumer;
  const norm = pooledNorm ?? deferredNorm;
  return norm ? {w, gamma: norm.gamma, beta: norm.beta} : {w};
};

/** Whether the map of a convolution is rematerialised for the gradient instead of kept. */
const hasLargeMap = ({w, stride = 1}: ConvConsumer, [N, H, W]: readonly number[]): boolean =>
  isLarge((N! * H! * W! * w.shape[3]) / stride ** 2);

/** What a consumer makes of spikes, and what its gradient needs; only `recorded` consumers keep their maps. */
export function consume(
  spikes: Spikes,
  consumer: Consumer,
  recorded: boolean,
): {readonly consumed: Consumed; readonly saved: SavedConsumer} {
  if (consumer.kind === "pool") return {consumed: {y: poolBits({spikes, p: consumer.p})}, saved: {consumer}};
  if (consumer.kind === "rate") return {consumed: {y: rateOf(spikes, consumer.T)}, saved: {consumer}};
  const {w, stride, groups, pooledNorm: norm, deferredNorm: deferred} = consumer;
  if (!norm) {
    const consumed = spikeConv(spikes, w, {stride, groups});
    const normalised = deferred && {...consumed.statistics!, gamma: deferred.gamma, map: undefined};
    return {consumed, saved: {consumer, normalised}};
  }
  const keeps = recorded && !hasLargeMap(consumer, spikes.shape);
  // BN is one factor and one summand a channel: the mean of its values is its value of the mean.
  const {y: map, statistics} = spikeConv(spikes, w, {stride, groups, pool: keeps ? 1 : norm.p});
  const {gamma, beta, given} = norm;
  const scale = given ?? statistics!;
  const y = pooledNorm({y: map, gamma, beta, mean: scale.mean, variance: scale.variance, p: keeps ? norm.p : 1});
  if (!keeps) map.dispose();
  const normalised = statistics && {...statistics, gamma, map: keeps ? map : undefined};
  return {consumed: {y, statistics}, saved: {consumer, normalised}};
}

/** What the gradient of all consumers of one spike train needs. */
export type SavedConsumption = {readonly spikes: Spikes; readonly consumers: readonly SavedConsumer[]};

type Rematerialisable = {
  readonly output: Tensor;
  readonly expensive: boolean;
  readonly from: (saved: SavedConsumption) => Tensor;
};

/** The outputs that can be rematerialised: those without normalisation, but for rates, which are small. */
export const rematerialisable = (
  consumed: readonly Consumed[],
  consumers: readonly Consumer[],
): readonly Rematerialisable[] =>
  consumers.flatMap((consumer, i) => {
    if (consumer.kind === "rate" || (consumer.kind === "conv" && consumer.pooledNorm)) return [];
    const from: Rematerialisable["from"] = ({spikes, consumers: saved}) => {
      const {consumer: kept} = saved[i]!;
      const plain = kept.kind === "conv" ? {...kept, groups: 0, deferredNorm: undefined} : kept;
      return consume(spikes, plain, false).consumed.y;
    };
    return [{output: consumed[i]!.y, expensive: consumer.kind === "conv", from}];
  });
