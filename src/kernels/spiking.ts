// A layer of neurons and all that reads its spikes, as one operation:
//
//   s = LIF(x)  or  s = LIF(BN(x)),   y_i = conv(s, w_i)  or  mean of s over windows
//
// A neuron has no weights, so edges that leave one node read one spike train. It exists as bits alone, which the backward pass
// keeps beside x: potentials, and x's normalisation, are computed again there.

import type {NeuronSpec} from "../graphs/neuron.js";
import {batchNormEvaluate, batchNormTrain} from "../layers/batchNorm.js";
import {avgPool} from "../layers/pool.js";
import {neuron} from "../neurons/neuron.js";
import type {Learnt} from "../neurons/steps.js";
import {dispose, engine, scalar, type Tensor, type Tensor1D, type Tensor2D, type Tensor4D} from "../tf.js";
import {batchNormGradients, evaluationGradients, statisticsOf} from "./batchNorm.js";
import {engineOn} from "./engine.js";
import {isCompiled} from "./neuron.js";
import {fire, fireGradient, learntRate, type Population} from "./firing.js";
import {
  type PooledNorm,
  consume,
  consumeDefinition,
  type Consumer,
  consumerGradients,
  type Received,
  type Statistics,
} from "./consumers.js";
import {composite, isLarge, recipeOf, remake} from "./register.js";
import {spikeConv, type Spikes} from "./spikeConv.js";
import type {SpikeTrain} from "./spikeTrain.js";

/** Batch normalisation before a layer of neurons. */
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

/** The same composed of its definitions. */
export function spikingDefinition({
  x,
  spec,
  T,
  constant,
  learnt,
  norm,
  consumers,
  onSpikes,
}: SpikingLayer): SpikingResult {
  const C = x.shape.at(-1)!;
  let current = x;
  let statistics: SpikingResult["statistics"];
  if (norm && "groups" in norm.statistics) {
    const {groups} = norm.statistics;
    const {y, mean, variance} = batchNormTrain(x.reshape([groups, x.size / C / groups, C]), norm.gamma, norm.beta);
    [current, statistics] = [y.reshape(x.shape), {mean, variance}];
  } else if (norm) {
    const {mean, variance} = norm.statistics as {mean: Tensor1D; variance: Tensor1D};
    current = batchNormEvaluate(x, norm.gamma, norm.beta, mean, variance);
  }
  const repeated = constant ? current.tile([T, ...x.shape.slice(1).map(() => 1)]) : current;
  const unfolded = repeated.reshape([T, repeated.shape[0] / T, ...x.shape.slice(1)]);
  const spikes = neuron(unfolded, spec, {learnt}).s.reshape(repeated.shape);
  onSpikes?.({T, shape: spikes.shape, spikes});
  const made = consumers.map((consumer) => consumeDefinition(spikes, consumer));
  return {outputs: made.map(({y}) => y), known: made.map((m) => m.statistics), ...(statistics && {statistics})};
}

/** The same where a consumer normalises with given statistics and gradients are recorded: normalised after what has gradients. */
function withGivenStatistics(layer: SpikingLayer): SpikingResult {
  const plain = layer.consumers.map((consumer) =>
    consumer.kind === "conv" && consumer.pooledNorm?.given ? {...consumer, pooledNorm: undefined} : consumer,
  );
  const result = spiking({...layer, consumers: plain});
  const outputs = result.outputs.map((y, i) => {
    const consumer = layer.consumers[i]!;
    if (consumer === plain[i] || consumer.kind !== "conv" || !consumer.pooledNorm?.given) return y;
    const {gamma, beta, p, given} = consumer.pooledNorm;
    return avgPool(batchNormEvaluate(y, gamma, beta, given.mean, given.variance) as Tensor4D, p);
  });
  return {...result, outputs};
}

const pooledNormOf = (consumer: Consumer): PooledNorm | undefined =>
  consumer.kind === "conv" ? consumer.pooledNorm : undefined;
/** Whether the map of a convolution is made again for the gradient instead of kept. */
const hasLargeMap = (consumer: Consumer, [N, H, W]: readonly number[]): boolean =>
  consumer.kind === "conv" && isLarge((N! * H! * W! * consumer.w.shape[3]) / (consumer.stride ?? 1) ** 2);

type Inputs = Record<string, Tensor>;

/** Neurons over T timesteps and what reads their spikes. */
export function spiking(layer: SpikingLayer): SpikingResult {
  const {spec} = layer;
  if (!engineOn() || !isCompiled(spec)) return spikingDefinition(layer);
  const {x, T, constant = false, learnt, norm, consumers, onSpikes} = layer;
  const recorded = engine().isTapeOn();
  if (recorded && consumers.some((consumer) => pooledNormOf(consumer)?.given)) return withGivenStatistics(layer);
  const C = x.shape.at(-1)!;
  const w = learnt?.w;
  const population: Population = {spec, T, constant, rate: learntRate(spec, w)};
  const filters = consumers.flatMap((consumer, i) =>
    consumer.kind === "conv" ? [[`w${i}`, consumer.w] as const] : [],
  );
  const scales = consumers.flatMap((consumer, i) => {
    const {gamma, beta} = pooledNormOf(consumer) ?? {};
    return gamma && beta ? [[`gamma${i}`, gamma] as const, [`beta${i}`, beta] as const] : [];
  });
  const given = norm && "mean" in norm.statistics ? norm.statistics : undefined;
  const groups = norm && "groups" in norm.statistics ? norm.statistics.groups : undefined;
  const inputs: Inputs = {
    x,
    ...Object.fromEntries([...filters, ...scales]),
    ...(w && {w}),
    ...(norm && {gamma: norm.gamma, beta: norm.beta}),
    ...given,
  };
  // How many tensors each consumer gives: its output, and two of statistics.
  const counts = consumers.map((consumer) => (consumer.kind === "conv" && consumer.groups ? 3 : 1));
  const again = recipeOf(x);
  let spikes: Omit<Spikes, "bits"> | undefined;
  const made = composite<Inputs>({
    inputs,
    forward: (save) => {
      const seen = groups ? statisticsOf({x: x.reshape([groups, x.size / C / groups, C])}, {}) : [];
      const [mean, variance] = given ? [given.mean, given.variance] : seen;
      const scale = norm && {gamma: norm.gamma, beta: norm.beta, mean: mean!, variance: variance!};
      const fired = fire(x, population, scale);
      onSpikes?.({T, shape: fired.shape, bits: fired.bits});
      const made = consumers.map((consumer) =>
        consume(fired, consumer, recorded && !hasLargeMap(consumer, fired.shape)),
      );
      spikes = {shape: fired.shape, rate: fired.rate};
      save([
        fired.bits,
        ...(again ? [] : [x]),
        ...(scale ? [scale.gamma, scale.beta, scale.mean, scale.variance] : []),
        ...made.flatMap(({outputs: [, ...own], map}, i) => {
          const pooledNorm = pooledNormOf(consumers[i]!);
          return pooledNorm ? [pooledNorm.gamma, ...own, ...(map ? [map] : [])] : [];
        }),
        ...filters.map(([, f]) => f),
      ]);
      return [...made.flatMap(({outputs}) => outputs), ...seen];
    },
    gradient: (dys, [bits, ...rest]) => {
      const saved = again ? again() : rest.shift();
      const [gamma, beta, mean, variance] = norm ? rest.splice(0, 4) : [];
      const train = {...spikes!, bits: bits!};
      const gradients: Record<string, Tensor> = {};
      const received = consumers.map((consumer, i): Received => {
        const dy = dys[counts.slice(0, i).reduce((n, c) => n + c, 0)]!;
        if (!pooledNormOf(consumer)) return {dy};
        const [factor, mu, sigma2] = rest.splice(0, 3) as [Tensor1D, Tensor2D, Tensor2D];
        const map = hasLargeMap(consumer, train.shape) ? undefined : rest.shift()!;
        return {dy, normalised: {gamma: factor, mean: mu, variance: sigma2, map}};
      });
      const kept = consumers.map(
        (consumer): Consumer => (consumer.kind === "conv" ? {...consumer, w: rest.shift() as Tensor4D} : consumer),
      );
      const {ds, own} = consumerGradients(train, kept, received);
      dispose(received.map(({dy}) => dy));
      const scale = norm && {gamma: gamma!, beta: beta!, mean: mean!, variance: variance!};
      const {dx: current, drate} = fireGradient(ds, saved!, population, scale);
      own.forEach(({dw, dgamma, dbeta}, i) => {
        if (dw) gradients[`w${i}`] = dw;
        if (dgamma && dbeta) Object.assign(gradients, {[`gamma${i}`]: dgamma, [`beta${i}`]: dbeta});
      });
      if (w) gradients.w = scalar(drate * population.rate! * (1 - population.rate!));
      if (!scale) return {...gradients, x: current};
      if (given) {
        const thunks = evaluationGradients(current, saved!, scale);
        return {...gradients, ...Object.fromEntries(Object.entries(thunks).map(([name, make]) => [name, make()]))};
      }
      const [found] = batchNormGradients(current, [{...scale, x: saved!}]);
      return {...gradients, x: found!.dx, gamma: found!.dgamma, beta: found!.dbeta};
    },
  });
  const results = [...made]; // tfjs keeps the list itself
  let [index, filter] = [0, -filters.length];
  consumers.forEach((consumer, i) => {
    const from = consumer.kind === "conv" ? filter++ : undefined; // its filter's place among what was saved, from the end
    const make = (saved: readonly Tensor[]): Tensor => {
      const train = {...spikes!, bits: saved[0]!};
      if (consumer.kind === "pool") return consume(train, consumer, false).outputs[0]!;
      return spikeConv(train, saved.at(from!)!, consumer.stride)[0]!;
    };
    if (!pooledNormOf(consumer)) remake(made, make, {index, expensive: consumer.kind === "conv"});
    index += counts[i]!;
  });
  const pair = ([mean, variance]: Tensor[]): Statistics => ({mean: mean as Tensor2D, variance: variance as Tensor2D});
  const [outputs, known]: [Tensor[], SpikingResult["known"]] = [[], []];
  for (const count of counts) {
    const [output, ...seen] = results.splice(0, count);
    outputs.push(output!);
    known.push(seen.length ? pair(seen) : undefined);
  }
  return {outputs, known, ...(results.length && {statistics: pair(results)})};
}
