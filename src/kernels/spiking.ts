// A population of neurons and what consumes its spikes, as one operation: the spikes exist as bits alone, which the backward pass
// keeps beside x; it rematerialises potentials and normalised currents.
//
// A neuron that the kernels do not know (compiledNeurons.ts), or one that starts charged, is unrolled by its definition; its spikes are packed to bits for the
// same consumers.

import {startOf} from "../graphs/neuron.js";
import {batchNormEvaluate as evaluationDefinition} from "../layers/batchNorm.js";
import type {Consumed, Consumer, PooledNorm, Statistics} from "../layers/consumers.js";
import {avgPool} from "../layers/pool.js";
import {
  normalisedCurrents,
  spikesOf,
  spiking as definition,
  type SpikingLayer,
  type SpikingResult,
} from "../layers/spiking.js";
import {dispose, engine, type Tensor, type Tensor4D, tidy} from "../tf.js";
import {batchNormEvaluate, batchNormTrain} from "./batchNorm.js";
import {compiled} from "./compiled.js";
import {type Dynamics, dynamicsOf, learntGradientsOf} from "./compiledNeurons.js";
import {consumerGradients} from "./consumerGradients.js";
import {consume, parametersOf, rematerialisable, type SavedConsumption} from "./consumers.js";
import {differentiable} from "./differentiable.js";
import {fire, fireGradient} from "./firing.js";
import {batchNormGradients, evaluationGradientsNow} from "./normGradients.js";
import {groupStatistics, type Scale} from "./normStatistics.js";
import {cheapSource, valueOf} from "./rematerialise.js";
import type {Spikes} from "./spikeConv.js";
import {packSpikes} from "./spikeTrain.js";

type Made = {readonly consumed: readonly Consumed[]; readonly statistics?: Statistics | undefined};

/** Reports the spikes to `onSpikes` and runs every consumer. */
function consumeAll(
  spikes: Spikes,
  {T, consumers, onSpikes}: SpikingLayer,
  recorded: boolean,
): {consumed: Consumed[]; saved: SavedConsumption} {
  onSpikes?.({T, shape: spikes.shape, bits: spikes.bits});
  const made = consumers.map((consumer) => consume(spikes, consumer, recorded));
  return {consumed: made.map(({consumed}) => consumed), saved: {spikes, consumers: made.map(({saved}) => saved)}};
}

/** The gradients of x and of what normalised it, from that of the normalised currents. */
function currentGradients(
  dy: Tensor,
  x: Tensor,
  scale: Scale | undefined,
  given: boolean,
): {x: Tensor; norm?: Partial<Record<keyof Scale, Tensor>>} {
  if (!scale) return {x: dy};
  if (given) {
    const {x: dx, ...norm} = evaluationGradientsNow(dy, x, scale);
    return {x: dx, norm};
  }
  const [found] = batchNormGradients(dy, [{...scale, x}]);
  return {x: found!.dx, norm: {gamma: found!.dgamma, beta: found!.dbeta}};
}

/** Normalisation, neurons and consumers in one. */
function fused(layer: SpikingLayer, dynamics: Dynamics): Made {
  const {x, T, constant = false, learnt, norm, consumers} = layer;
  const population = {dynamics, T, constant};
  const recorded = engine().isTapeOn();
  const given = norm && "mean" in norm.statistics ? norm.statistics : undefined;
  return differentiable({
    inputs: {
      ...{x, learnt, consumers: consumers.map(parametersOf)},
      norm: norm && {gamma: norm.gamma, beta: norm.beta, mean: given?.mean, variance: given?.variance},
    },
    forward: () => {
      const own = norm && "groups" in norm.statistics ? groupStatistics(x, norm.statistics.groups) : undefined;
      const scale = norm && {gamma: norm.gamma, beta: norm.beta, ...(given ?? own!)};
      const {consumed, saved} = consumeAll(fire({x, scale, ...population}), layer, recorded);
      return {outputs: {consumed, statistics: own}, saved: {...saved, x: cheapSource(x), scale}};
    },
    rematerialise: ({consumed}) => rematerialisable(consumed, consumers),
    gradient: ({consumed}, {spikes, scale, ...saved}) => {
      const dys = consumed.map(({y}) => y);
      const {ds, parameters} = consumerGradients(spikes, saved.consumers, dys);
      dispose(dys);
      const currents = valueOf(saved.x);
      const {dx, decayRateGradient} = fireGradient({ds, x: currents, scale, ...population});
      return {
        ...currentGradients(dx, currents, scale, given !== undefined),
        ...{consumers: parameters, learnt: learnt && learntGradientsOf(dynamics, decayRateGradient)},
      };
    },
  });
}

/** Neurons unrolled by their definition, and the same consumers. */
function unrolled(layer: SpikingLayer): Made {
  const {consumers} = layer;
  const recorded = engine().isTapeOn();
  return tidy(() => {
    const {currents, statistics} = normalisedCurrents(layer, {batchNormTrain, batchNormEvaluate});
    const s = spikesOf(currents, layer);
    const {consumed} = differentiable({
      inputs: {s, consumers: consumers.map(parametersOf)},
      forward: () => {
        const {consumed, saved} = consumeAll(packSpikes({spikes: s}), layer, recorded);
        return {outputs: {consumed}, saved};
      },
      rematerialise: ({consumed}) => rematerialisable(consumed, consumers),
      gradient: ({consumed}, saved) => {
        const {ds, parameters} = consumerGradients(saved.spikes, saved.consumers, consumed.map(({y}) => y)); // prettier-ignore
        return {s: ds, consumers: parameters};
      },
    });
    return {consumed, statistics};
  });
}

/** A consumer whose pooled normalisation uses given statistics: the fused one has no gradients. */
type Given = Consumer & {readonly pooledNorm: PooledNorm & {readonly given: NonNullable<PooledNorm["given"]>}};

const isGiven = (consumer: Consumer): consumer is Given =>
  consumer.kind === "conv" && consumer.pooledNorm?.given !== undefined;

/** Such a consumer as a convolution alone, followed by the definitions of normalisation and pooling, which have gradients. */
function withoutGiven(layer: SpikingLayer, run: (layer: SpikingLayer) => SpikingResult): SpikingResult {
  const plain = layer.consumers.map((consumer) =>
    isGiven(consumer) ? {...consumer, pooledNorm: undefined} : consumer,
  );
  const result = run({...layer, consumers: plain});
  const outputs = result.outputs.map((y, i) => {
    const consumer = layer.consumers[i]!;
    if (!isGiven(consumer)) return y;
    const {gamma, beta, p, given} = consumer.pooledNorm;
    return avgPool(evaluationDefinition(y, gamma, beta, given.mean, given.variance) as Tensor4D, p);
  });
  return {...result, outputs};
}

function run(layer: SpikingLayer): SpikingResult {
  if (engine().isTapeOn() && layer.consumers.some(isGiven)) return withoutGiven(layer, run);
  const dynamics = startOf(layer.spec) === 0 ? dynamicsOf(layer.spec, layer.learnt) : undefined;
  const {consumed, statistics} = dynamics ? fused(layer, dynamics) : unrolled(layer);
  return {
    outputs: consumed.map(({y}) => y),
    known: consumed.map((made) => made.statistics),
    ...(statistics && {statistics}),
  };
}

/** Neurons over T timesteps and what consumes their spikes. */
export const spiking = compiled({definition, kernel: run});
