// How each op is applied to tensors: one entry a kind, no default. Inputs and outputs are folded, [T·B, ...] with time the slowest,
// or [B, ...] where a value is the same at every timestep. Fused forms of several nodes stand in fused.ts.

import {encode} from "../encoding/encode.js";
import {type GraphNode, nodesOf, type OpKind, type OpOf} from "../graphs/graph.js";
import {learntOf} from "../graphs/neuron.js";
import {TIMESTEPS} from "../graphs/ops.js";
import {meetingBits, metBy} from "../graphs/populations.js";
import {
  avgPool,
  avgPool3,
  batchNormEvaluate,
  batchNormTrain,
  conv2d,
  normalisedSum,
  spikesOverTime,
  type SpikesOverTime,
  withSpikeTrain,
} from "../kernels/index.js";
import {choiceWeights, mix} from "../layers/mix.js";
import {maxPool, mostSpikesPool} from "../layers/pool.js";
import {mixedPrefixes} from "../layers/prefixes.js";
import {neuron} from "../neurons/neuron.js";
import type {NeuronState} from "../neurons/steps.js";
import {random, randomKey, type RandomKey} from "../random.js";
import {concat, split, type Tensor, tensor, type Tensor1D, type Tensor2D, type Tensor4D, zeros} from "../tf.js";
import {byDefinition, learntBy, normOf, note, noteActivation, noteUpdate, onSpikesOf, overTime, type Pass, unfolded, wants} from "./pass.js"; // prettier-ignore
import {weightsOf} from "./weights.js";

type Apply<K extends OpKind> = (node: GraphNode<OpOf<K>>, inputs: readonly Tensor[], pass: Pass) => Tensor;

/** Statistics of a batch normalisation: one group where it is joint or once, else one for each timestep at hand. */
export const groupsOf = ({op}: GraphNode<OpOf<"batchNorm">>, pass: Pass): number =>
  op.statistics === "perTimestep" ? pass.T : 1;

/** BN of [rows, ..., C]; in training with the batch's own statistics, which are noted. */
export function normalise(node: GraphNode<OpOf<"batchNorm">>, x: Tensor, pass: Pass): Tensor {
  const groups = groupsOf(node, pass);
  const {gamma, beta, statistics} = normOf(pass, node.id, groups);
  if ("mean" in statistics) return batchNormEvaluate(x, gamma, beta, statistics.mean, statistics.variance);
  const channels = gamma.size;
  const rows = x.size / channels / groups;
  const {y, ...seen} = batchNormTrain(x.reshape([groups, rows, channels]), gamma, beta);
  noteUpdate(pass, node.id, seen, rows);
  return y.reshape(x.shape);
}

/** Currents [T, B, ...] through a population, from a state or from rest; what is to be observed is noted. */
export function fire(node: GraphNode<OpOf<"neurons">>, x: Tensor, pass: Pass, state?: NeuronState): SpikesOverTime {
  const {id, op} = node;
  const {observe = {}, firing = "spikes"} = pass.options;
  const onSpikes = onSpikesOf(pass);
  const learnt = learntBy(pass, id, Object.keys(learntOf(op.neuron)));
  let fired: SpikesOverTime;
  if (byDefinition(pass)) {
    const {s, u, ...states} = neuron(x, op.neuron, {state, learnt, firing});
    if (observe.membranes) note(pass.notes.observed.membranes, id, u);
    const lastOf = (value: Tensor): Tensor => value.slice(x.shape[0] - 1, 1).squeeze([0]);
    fired = {s, last: Object.fromEntries(Object.entries(states).map(([name, value]) => [name, lastOf(value)]))};
  } else fired = spikesOverTime(x, op.neuron, {state, learnt});
  if (observe.spikes) note(pass.notes.observed.spikes, id, fired.s);
  if (wants(pass, "after")) noteActivation(pass, "after", id, fired.s.mean(0));
  if (onSpikes) {
    const [T, B, ...rest] = fired.s.shape as [number, number, ...number[]];
    withSpikeTrain(fired.s.reshape([T * B, ...rest]), T, (train) => onSpikes(id, train));
  }
  return fired;
}

/** Whether a convolution's input is bits, 0 or 1, in this pass. */
const meetsBits = ({id}: GraphNode, {graph, options}: Pass): boolean =>
  (options.firing ?? "spikes") === "spikes" && meetingBits(graph).has(id);

/** Notes what a node with weights reads, where that is asked for and no spikes. */
function noteInput({id}: GraphNode, x: Tensor, {graph, options, notes}: Pass): void {
  if (options.observe?.inputs && metBy(graph).get(id) === "analog") note(notes.observed.inputs, id, x);
}

/** Every timestep's spikes of those that have spiked most so far. */
function mostSpikes(node: GraphNode<OpOf<"maxPool">>, x: Tensor, pass: Pass): Tensor {
  let counts: Tensor4D | undefined;
  const pooled = split(overTime(pass, node.inputs[0]!.from, x), pass.T).map((s) => {
    const {y, counts: now} = mostSpikesPool(s as Tensor4D, node.op.window, counts);
    counts = now;
    return y;
  });
  return concat(pooled);
}

/** Key of a dropout node: the pass's own where it is the only one. */
function dropoutKey(node: GraphNode, key: RandomKey, {graph}: Pass): RandomKey {
  const all = nodesOf(graph, "dropout");
  return all.length === 1
    ? key
    : key.split(
        "dropout",
        all.findIndex(({id}) => id === node.id),
      );
}

/** Inverted dropout with one mask for all timesteps. */
function drop(node: GraphNode<OpOf<"dropout">>, x: Tensor, pass: Pass): Tensor {
  const {dropout} = pass.options;
  const {rate} = node.op;
  if (!dropout || rate === 0) return x.clone();
  const times = pass.constant.has(node.id) ? 1 : pass.T;
  const shape = [x.shape[0] / times, ...x.shape.slice(1)];
  const stream = random(dropoutKey(node, dropout, pass));
  const mask = new Float32Array(x.size / times);
  for (let i = 0; i < mask.length; ++i) mask[i] = stream.uniform() < rate ? 0 : 1 / (1 - rate);
  return x
    .reshape([times, ...shape])
    .mul(tensor(mask, [1, ...shape]))
    .reshape(x.shape);
}

/** All inputs for every timestep unless every one of them is constant. */
function aligned(node: GraphNode, inputs: readonly Tensor[], pass: Pass): Tensor[] {
  if (pass.constant.has(node.id)) return [...inputs];
  return inputs.map((x, i) => overTime(pass, node.inputs[i]!.from, x));
}

/** A node's value [B, ...]: the mean over the timesteps at hand where it changes; apart from the value, which may be freed. */
const overall = ({id}: GraphNode, value: Tensor, pass: Pass): Tensor =>
  pass.constant.has(id) || pass.T === 1 ? value.clone() : unfolded(pass, value).mean(0);

/** How every op is applied; `inputs` are the values of the node's undelayed inputs, in order. */
export const APPLY: {readonly [K in OpKind]: Apply<K>} = {
  input: ({op}, [x], {T, options}) => {
    if (op.encoding === "direct") return x!.clone();
    if (op.encoding === "none") return x!.reshape([x!.shape[0] * x!.shape[1]!, ...x!.shape.slice(2)]);
    const key = options.encode ?? options.dropout?.split("encode") ?? randomKey(0, "encode");
    const encoded = encode(op.encoding, x!, T, key); // [T, B, ...]
    return encoded.reshape([-1, ...x!.shape.slice(1)]);
  },
  conv2d: (node, [x], pass) => {
    noteInput(node, x!, pass);
    const filter = weightsOf<Tensor4D>(pass, node.id);
    const y = conv2d(x as Tensor4D, filter, node.op.stride, {spikes: meetsBits(node, pass)});
    return node.op.bias ? y.add(pass.parameters[`${node.id}.bias`]!) : y;
  },
  linear: (node, [x], pass) => {
    noteInput(node, x!, pass);
    const {id} = node;
    const weight = weightsOf<Tensor2D>(pass, id);
    const y = x!.reshape([-1, weight.shape[0]]).matMul(weight); // [T·B, out]
    const bias = pass.parameters[`${id}.bias`];
    return bias ? y.add(bias as Tensor1D) : y;
  },
  batchNorm: (node, [x], pass) =>
    normalise(node, node.op.statistics === "once" ? x! : overTime(pass, node.inputs[0]!.from, x!), pass),
  neurons: (node, [x], pass) => {
    const current = overTime(pass, node.inputs[0]!.from, x!);
    return fire(node, unfolded(pass, current), pass).s.reshape(current.shape);
  },
  relu: (node, [x], pass) => {
    const y = x!.relu();
    if (pass.options.observe?.activations) note(pass.notes.observed.activations, node.id, y);
    if (wants(pass, "before")) noteActivation(pass, "before", node.id, overall(node, x!, pass));
    if (wants(pass, "after")) noteActivation(pass, "after", node.id, overall(node, y, pass));
    return y;
  },
  avgPool: ({op}, [x]) => (op.padding === "same" ? avgPool3(x as Tensor4D) : avgPool(x as Tensor4D, op.window).clone()),
  maxPool: (node, [x], pass) => (node.op.by ? mostSpikes(node, x!, pass) : maxPool(x as Tensor4D, node.op.window)),
  globalAvgPool: (_node, [x]) => x!.mean([1, 2]),
  add: (node, inputs, pass) => normalisedSum([], aligned(node, inputs, pass)).value,
  mix: (node, inputs, pass) =>
    mix(aligned(node, inputs, pass), choiceWeights(pass.parameters[node.op.parameter] as Tensor1D)),
  concat: (node, inputs, pass) => concat(aligned(node, inputs, pass), -1),
  flatten: (_node, [x]) => x!.reshape([x!.shape[0], -1]),
  dropout: (node, [x], pass) => drop(node, x!, pass),
  meanOverTime: (node, [x], pass) => {
    if (pass.constant.has(node.inputs[0]!.from)) return x!.clone();
    if (node.op.prefixes === undefined) return unfolded(pass, x!).mean(0);
    return mixedPrefixes(unfolded(pass, x!), choiceWeights(pass.parameters[TIMESTEPS] as Tensor1D));
  },
  vote: ({op}, [x]) => {
    const [B, units] = x!.shape as [number, number];
    return x!.reshape([B, units / op.voters, op.voters]).mean(2);
  },
};

/** Applies one node. */
export const applyNode = (node: GraphNode, inputs: readonly Tensor[], pass: Pass): Tensor =>
  (APPLY[node.op.kind] as Apply<OpKind>)(node as never, inputs, pass);

/** Zeros in place of a node's value. */
export const zerosOf = ({id, shape}: GraphNode, {B, T, constant}: Pass): Tensor =>
  zeros([constant.has(id) ? B : T * B, ...shape]);
