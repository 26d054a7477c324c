// A layer of neurons and all that reads its spikes, as one operation:
//
//   s = LIF(x)  or  s = LIF(BN(x)),   y_i = conv(s, w_i)  or  mean of s over windows
//
// A neuron has no weights, so edges that leave one node read one spike train. It exists as bits alone, which the backward pass
// keeps beside x: potentials, and x's normalisation, are computed again there.

import type {NeuronSpec} from "../architectures/neuron.js";
import {batchNormEvaluate, batchNormTrain} from "../layers/batchNorm.js";
import {neuron} from "../neurons/neuron.js";
import {engine, type Scalar, scalar, type Tensor, type Tensor1D, type Tensor2D, type Tensor4D} from "../tf.js";
import {batchNormGradients, evaluationGradients, statisticsOf} from "./batchNorm.js";
import {engineOn} from "./engine.js";
import {fire, fireGradient, learntRate, type Population} from "./firing.js";
import {read, readDefinition, type Reader, readGradients} from "./readers.js";
import {composite, recipeOf} from "./register.js";
import type {Spikes} from "./spikeConv.js";
import type {SpikeTrain} from "./spikeTrain.js";

/** Mean and biased variance of each group of rows, [G, C]. */
export type Statistics = {readonly mean: Tensor2D; readonly variance: Tensor2D};

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
  /** PLIF's parameter. */
  readonly w?: Scalar | undefined;
  readonly norm?: NormBefore | undefined;
  readonly readers: readonly Reader[];
  /** Sees the spikes; nothing is kept. */
  readonly onSpikes?: ((train: SpikeTrain) => void) | undefined;
};

export type SpikingResult = {
  /** One for each reader: [T·B, H', W', C'] of a convolution, [T·B, ⌊H/p⌋, ⌊W/p⌋, C] of a mean. */
  readonly outputs: Tensor[];
  /** The statistics of outputs that were asked for and came with them. */
  readonly known: (Statistics | undefined)[];
  /** The statistics that x was normalised with, where it was with its own. */
  readonly statistics?: Statistics;
};

/** The same composed of its definitions. */
export function spikingDefinition({x, spec, T, constant, w, norm, readers, onSpikes}: SpikingLayer): SpikingResult {
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
  const spikes = neuron(unfolded, spec, {...(w && {w})}).s.reshape(repeated.shape);
  onSpikes?.({T, shape: spikes.shape, spikes});
  const outputs = readers.map((reader) => readDefinition(spikes, reader));
  return {outputs, known: outputs.map(() => undefined), ...(statistics && {statistics})};
}

/** Whether convolutions may give means over windows (`pool` of a reader): where no gradient is recorded, and the engine is on. */
export const poolsAhead = (): boolean => engineOn() && !engine().isTapeOn();

type Inputs = Record<string, Tensor>;

/** Neurons over T timesteps and what reads their spikes. */
export function spiking(layer: SpikingLayer): SpikingResult {
  if (!engineOn()) return spikingDefinition(layer);
  const {x, spec, T, constant = false, w, norm, readers, onSpikes} = layer;
  const C = x.shape.at(-1)!;
  const population: Population = {spec, T, constant, rate: learntRate(spec, w)};
  const filters = readers.flatMap((reader, i) => (reader.kind === "conv" ? [[`w${i}`, reader.w] as const] : []));
  const given = norm && "mean" in norm.statistics ? norm.statistics : undefined;
  const groups = norm && "groups" in norm.statistics ? norm.statistics.groups : undefined;
  const inputs: Inputs = {
    x,
    ...Object.fromEntries(filters),
    ...(w && {w}),
    ...(norm && {gamma: norm.gamma, beta: norm.beta}),
    ...given,
  };
  // How many tensors each reader gives: its output, and two of statistics.
  const counts = readers.map((reader) => (reader.kind === "conv" && reader.groups ? 3 : 1));
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
      const outputs = readers.flatMap((reader) => read(fired, reader));
      spikes = {shape: fired.shape, rate: fired.rate};
      save([fired.bits, ...(again ? [] : [x]), ...(scale ? [scale.gamma, scale.beta, scale.mean, scale.variance] : []), ...filters.map(([, f]) => f)]); // prettier-ignore
      return [...outputs, ...seen];
    },
    gradient: (dys, [bits, ...rest]) => {
      if (readers.some((reader) => reader.kind === "conv" && (reader.pool ?? 1) > 1)) throw new Error("no gradient of a pooled reader"); // prettier-ignore
      const saved = again ? again() : rest.shift();
      const [gamma, beta, mean, variance] = norm ? rest.splice(0, 4) : [];
      const kept = readers.map(
        (reader): Reader => (reader.kind === "conv" ? {...reader, w: rest.shift() as Tensor4D} : reader),
      );
      const wanted = counts.map((_, i) => dys[counts.slice(0, i).reduce((n, c) => n + c, 0)]!);
      const {ds, dw} = readGradients({...spikes!, bits: bits!}, kept, wanted);
      const scale = norm && {gamma: gamma!, beta: beta!, mean: mean!, variance: variance!};
      const {dx: current, drate} = fireGradient(ds, saved!, population, scale);
      const gradients: Record<string, Tensor> = {};
      dw.forEach((d, i) => d && (gradients[`w${i}`] = d));
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
  const pair = ([mean, variance]: Tensor[]): Statistics => ({mean: mean as Tensor2D, variance: variance as Tensor2D});
  const [outputs, known]: [Tensor[], SpikingResult["known"]] = [[], []];
  for (const count of counts) {
    const [output, ...seen] = results.splice(0, count);
    outputs.push(output!);
    known.push(seen.length ? pair(seen) : undefined);
  }
  return {outputs, known, ...(results.length && {statistics: pair(results)})};
}
