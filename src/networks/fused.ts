// Several nodes computed as one, as networks/plan.ts finds them: a population with all that reads its spikes, and a sum with the
// normalisations that end there.

import type {GraphNode, OpOf} from "../graphs/graph.js";
import {learntOf} from "../graphs/neuron.js";
import {avgPool, type Consumer, conv2d, normalisedSum, spiking, type SpikingResult} from "../kernels/index.js";
import {choiceWeights} from "../layers/mix.js";
import {type Tensor, type Tensor1D, type Tensor4D, unstack} from "../tf.js";
import {fire, groupsOf, normalise, zerosOf} from "./apply.js";
import {byDefinition, learntBy, normOf, note, noteActivation, noteUpdate, onSpikesOf, overTime, type Pass, unfolded, wants} from "./pass.js"; // prettier-ignore
import type {SpikeConsumer, Step} from "./plan.js";
import {weightsOf} from "./weights.js";

type PopulationStep = Extract<Step, {kind: "population"}>;
type SumStep = Extract<Step, {kind: "sum"}>;
type Norm = GraphNode<OpOf<"batchNorm">>;

/** The values of a step's nodes, by id. */
export type Given = readonly (readonly [id: string, value: Tensor])[];

/** The same from definitions, node by node: where potentials are observed or neurons are smooth. */
function definedPopulation({node, norm, input, consumers}: PopulationStep, x: Tensor, pass: Pass): Given {
  const repeated = norm ? normalise(norm, overTime(pass, input, x), pass) : overTime(pass, input, x);
  const spikes = fire(node, unfolded(pass, repeated), pass).s.reshape<Tensor4D>(repeated.shape as Tensor4D["shape"]);
  const asBits = (pass.options.firing ?? "spikes") === "spikes";
  return consumers.map((consumer): [string, Tensor] => {
    if (consumer.kind === "spikes") return [consumer.gives, spikes];
    if (consumer.kind === "pool") return [consumer.gives, avgPool(spikes, consumer.window)];
    const {conv, norm: after, window} = consumer;
    const y = conv2d(spikes, weightsOf<Tensor4D>(pass, conv.id), conv.op.stride, {spikes: asBits});
    if (window === undefined) return [consumer.gives, y];
    return [consumer.gives, avgPool(normalise(after!, y, pass) as Tensor4D, window)];
  });
}

/** γ and β of a normalisation after a convolution; in evaluation the running statistics too. */
function scaleOf(pass: Pass, {id}: Norm) {
  const {gamma, beta, statistics} = normOf(pass, id, 1);
  return {gamma, beta, given: "mean" in statistics ? statistics : undefined};
}

/** What the kernels are told of a consumer; in training maps that will be normalised come with their statistics. */
function consumerFor(consumer: SpikeConsumer, pass: Pass): Consumer {
  if (consumer.kind === "spikes") return {kind: "pool", p: 1};
  if (consumer.kind === "pool") return {kind: "pool", p: consumer.window};
  const {conv, norm, window} = consumer;
  return {
    kind: "conv",
    w: weightsOf<Tensor4D>(pass, conv.id),
    stride: conv.op.stride,
    ...(pass.options.training && norm && {groups: groupsOf(norm, pass)}),
    pooledNorm: window === undefined ? undefined : {...scaleOf(pass, norm!), p: window},
    deferredNorm: pass.kept.get(conv.id) === false ? scaleOf(pass, norm!) : undefined,
  };
}

/** A population over all timesteps, its spikes kept as bits, and every value made of them. */
export function runPopulation(step: PopulationStep, x: Tensor, pass: Pass): Given {
  if (byDefinition(pass)) return definedPopulation(step, x, pass);
  const {node, norm, input, consumers} = step;
  const {observe = {}} = pass.options;
  const onSpikes = onSpikesOf(pass);
  const current = norm ? overTime(pass, input, x) : x;
  const told = consumers.map((consumer) => consumerFor(consumer, pass));
  if (observe.spikes) told.push({kind: "pool", p: 1});
  if (wants(pass, "after")) told.push({kind: "rate", T: pass.T});
  const result = spiking({
    x: current,
    constant: !norm && pass.constant.has(input),
    spec: node.op.neuron,
    T: pass.T,
    learnt: learntBy(pass, node.id, Object.keys(learntOf(node.op.neuron))),
    norm: norm && normOf(pass, norm.id, groupsOf(norm, pass)),
    consumers: told,
    onSpikes: onSpikes && ((train) => onSpikes(node.id, train)),
  });
  noteStatistics(step, result, current, pass);
  const outputs = [...result.outputs];
  if (wants(pass, "after")) noteActivation(pass, "after", node.id, outputs.pop()!);
  if (observe.spikes) note(pass.notes.observed.spikes, node.id, unfolded(pass, outputs.pop()!));
  return consumers.map(({gives}, i) => [gives, outputs[i]!]);
}

/** Keeps the statistics that came with maps for the sums that normalise them, and notes those that were used. */
function noteStatistics(
  {norm, consumers}: PopulationStep,
  {known, statistics, outputs}: SpikingResult,
  x: Tensor,
  pass: Pass,
): void {
  known.forEach((seen, i) => {
    const consumer = consumers[i];
    if (!seen || consumer?.kind !== "conv") return;
    const {conv, norm: after, window} = consumer;
    const [H, W] = conv.shape as [number, number];
    if (window === undefined) pass.known.set(conv.id, seen);
    else noteUpdate(pass, after!.id, seen, (outputs[i]!.shape[0] * H * W) / groupsOf(after!, pass));
  });
  if (norm && statistics) noteUpdate(pass, norm.id, statistics, x.size / statistics.mean.size);
}

/** How a sum's input enters: times its weight in a mixture; a weight of a normalised map is one of its γ and β. */
function weighing({op, inputs}: GraphNode, {parameters}: Pass): <T extends Tensor>(x: T, id: string) => T {
  if (op.kind !== "mix") return (x) => x;
  const weights = unstack(choiceWeights(parameters[op.parameter] as Tensor1D));
  return (x, id) => x.mul(weights[inputs.findIndex(({from}) => from === id)]!);
}

/** Σ BN(y) + Σ addends, each with its weight in a mixture; an addend that is constant enters at every timestep. The maps y are used up. */
export function runSum({node, terms, addends}: SumStep, valueOf: (id: string) => Tensor, pass: Pass): Tensor {
  if (terms.length + addends.length === 0) return zerosOf(node, pass);
  const weighed = weighing(node, pass);
  const added = addends.map((id) => weighed(valueOf(id), id));
  if (terms.length === 0 && added.length === 1) return added[0]!.clone();
  const told = terms.map(({conv, norm}) => {
    const {gamma, beta, statistics} = normOf(pass, norm.id, groupsOf(norm, pass), pass.known.get(conv));
    return {
      y: valueOf(conv),
      gamma: weighed(gamma, norm.id),
      beta: weighed(beta, norm.id),
      statistics,
      deferred: byDefinition(pass) || !pass.kept.has(conv) ? undefined : !pass.kept.get(conv),
    };
  });
  const {value, statistics} = normalisedSum(told, added, {last: true});
  terms.forEach(({norm}, i) => {
    const seen = statistics[i];
    if (seen) noteUpdate(pass, norm.id, seen, told[i]!.y.size / seen.mean.size);
  });
  return value;
}
