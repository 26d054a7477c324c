// A whole network timestep by timestep, in evaluation: states are handed on, so that memory does not grow with T.
//
//   logits after t timesteps = what follows the mean over time, of (1/t)·Σ_{t' <= t} outputs[t']
//
// What is the same at every timestep is computed once. The logits after T timesteps are those of `forward`.

import {check} from "../check.js";
import {constantNodes} from "../graphs/constant.js";
import {type Graph, type GraphNode, inputOf} from "../graphs/graph.js";
import {weightedNodes} from "../graphs/populations.js";
import type {NeuronState} from "../neurons/steps.js";
import type {RandomKey} from "../random.js";
import {dispose, keep, slice, type Tensor, type Tensor2D, tidy} from "../tf.js";
import {applyNode} from "./apply.js";
import type {Network, Tensors} from "./parameters.js";
import {newPass, oneTimestep, type Pass} from "./pass.js";
import {outputsOf} from "./plan.js";
import {valueAt} from "./stepped.js";
import {weightsOf} from "./weights.js";

export type Timestep = {
  /** Timesteps done, from 1. */
  readonly t: number;
  /** Mean logits of the timesteps so far, [B, classes]. */
  readonly logits: Tensor2D;
};

export type StepwiseOptions = {
  /** As many timesteps as the graph has unless given. */
  readonly T?: number;
  /** Names the draws of stochastic encodings. */
  readonly encode?: RandomKey | undefined;
  /** Sees the spikes [B, ...] of every population at every timestep; they are freed afterwards. */
  readonly onSpikes?: (population: string, spikes: Tensor, t: number) => void;
  /** Sees the logits after every timestep; they are freed afterwards. */
  readonly onTimestep?: (step: Timestep) => void;
};

/** A graph's nodes by when they are computed: once, at every timestep, or of the mean over time. */
type Parts = {readonly once: readonly GraphNode[]; readonly stepped: readonly GraphNode[]; readonly last: readonly GraphNode[]}; // prettier-ignore

const parted = new WeakMap<Graph, Parts>();

function partsOf(graph: Graph): Parts {
  const known = parted.get(graph);
  if (known) return known;
  const mean = graph.nodes.findLastIndex(({op}) => op.kind === "meanOverTime");
  const {op} = graph.nodes[mean]!;
  if (op.kind === "meanOverTime") check("prefixes", op.prefixes, op.prefixes === undefined, "none: a search over T has no single number of timesteps"); // prettier-ignore
  const constant = constantNodes(graph);
  const before = graph.nodes.slice(0, mean);
  const parts = {
    once: before.filter(({id, op: {kind}}) => kind !== "input" && constant.has(id)),
    stepped: before.filter(({id, op: {kind}}) => kind !== "input" && !constant.has(id)),
    last: graph.nodes.slice(mean + 1),
  };
  parted.set(graph, parts);
  return parts;
}

/** The input's value at timestep t, from that of all timesteps [T·B, ...] or the one for all [B, ...]. */
const inputAt = (encoded: Tensor, t: number, B: number): Tensor =>
  encoded.shape[0] === B
    ? encoded
    : slice(encoded, [t * B, ...encoded.shape.slice(1).map(() => 0)], [B, ...encoded.shape.slice(1)]);

/** What a timestep leaves to the next one. */
type Left = {
  readonly states: Readonly<Record<string, NeuronState>>;
  /** Of the nodes that delayed connections read. */
  readonly before: Readonly<Record<string, Tensor>>;
  /** Sum of the outputs so far. */
  readonly sum: Tensor;
};

const tensorsOf = ({states, before, sum}: Left): Tensor[] => [
  ...Object.values(states).flatMap((state) => Object.values(state)),
  ...Object.values(before),
  sum,
];

type Around = {readonly graph: Graph; readonly pass: Pass; readonly delayed: ReadonlySet<string>; readonly outputs: string}; // prettier-ignore

/** One timestep. `values` are those that are the same at every one, and the input's. */
function step(
  values: ReadonlyMap<string, Tensor>,
  left: Left | undefined,
  {graph, pass, delayed, outputs}: Around,
  onSpikes: ((population: string, spikes: Tensor) => void) | undefined,
): Left {
  return tidy(() => {
    const now = new Map(values);
    const states = new Map(Object.entries(left?.states ?? {}));
    const before = new Map(Object.entries(left?.before ?? {}));
    for (const node of partsOf(graph).stepped) {
      const value = valueAt(node, now, {states, before}, pass);
      now.set(node.id, value);
      if (node.op.kind === "neurons") onSpikes?.(node.id, value);
    }
    const own = now.get(outputs)!;
    return {
      states: Object.fromEntries(states),
      before: Object.fromEntries([...delayed].map((id) => [id, now.get(id)!.clone()])),
      sum: left ? left.sum.add(own) : own.clone(),
    };
  });
}

/** The logits of the mean of the outputs so far. */
function logitsOf(sum: Tensor, t: number, {graph, pass}: Around): Tensor2D {
  return tidy(() => {
    const mean = sum.div(t);
    const values = new Map([[graph.nodes.findLast(({op}) => op.kind === "meanOverTime")!.id, mean]]);
    for (const node of partsOf(graph).last)
      values.set(node.id, applyNode(node, node.inputs.map(({from}) => values.get(from)!), pass)); // prettier-ignore
    return values.get(graph.nodes.at(-1)!.id) as Tensor2D;
  });
}

/** Runs a network on samples x, scaled, over its timesteps one after the other. Returns the last logits, [B, classes]. */
export function forwardStepwise(network: Network, x: Tensor, options: StepwiseOptions = {}): Tensor2D {
  const {graph} = network;
  const {T = graph.T, encode, onSpikes, onTimestep} = options;
  const input = inputOf(graph);
  const timed = input.op.encoding === "none";
  const B = x.shape[timed ? 1 : 0]!;
  const whole = newPass({...network, graph: T === graph.T ? graph : {...graph, T}}, B, {training: false, encode});
  const pass = oneTimestep(whole);
  const delayed = new Set(graph.nodes.flatMap(({inputs}) => inputs.flatMap(({from, delay}) => (delay ? [from] : []))));
  const around = {graph, pass, delayed, outputs: outputsOf(graph)};
  const [encoded, constants, made] = tidy(() => {
    const first = applyNode(input, [x], whole);
    const values: Record<string, Tensor> = {[input.id]: first};
    for (const {id, ...rest} of partsOf(graph).once)
      values[id] = applyNode({id, ...rest}, rest.inputs.map(({from}) => values[from]!), pass); // prettier-ignore
    for (const {id} of weightedNodes(graph)) weightsOf(pass, id); // once for all timesteps
    return [first, values, Object.fromEntries(pass.weights)] as [Tensor, Tensors, Tensors];
  });
  const learnt = new Set(Object.values(network.parameters));
  let left: Left | undefined;
  let logits: Tensor2D | undefined;
  try {
    for (let t = 1; t <= T; ++t) {
      const at = inputAt(encoded, t - 1, B);
      const values = new Map([...Object.entries(constants), [input.id, at] as const]);
      const next = step(values, left, around, onSpikes && ((population, spikes) => onSpikes(population, spikes, t)));
      if (at !== encoded) at.dispose();
      if (left) dispose(tensorsOf(left).filter((tensor) => !tensorsOf(next).includes(tensor)));
      left = next;
      logits?.dispose();
      logits = logitsOf(left.sum, t, around);
      onTimestep?.({t, logits});
    }
  } finally {
    const own = Object.values(made).filter((weights) => !learnt.has(weights));
    dispose([...Object.values(constants), ...own, ...(left ? tensorsOf(left) : [])]);
  }
  return logits!;
}

/** More timesteps than this are run one after the other by whoever needs no more than logits and counts of spikes. */
export const MOST_AT_ONCE = 32;

/** What a network says of samples x after all timesteps, and the spikes of each neuron summed over them, [1, B, ...] by population. */
export function forwardCounting(
  network: Network,
  x: Tensor,
  options: Pick<StepwiseOptions, "encode"> = {},
): {readonly logits: Tensor2D; readonly counts: Readonly<Record<string, Tensor>>} {
  const counts: Record<string, Tensor> = {};
  const onSpikes = (population: string, spikes: Tensor): void => {
    const before = counts[population];
    counts[population] = keep(before ? before.add(spikes) : spikes.expandDims(0));
    before?.dispose();
  };
  return {logits: forwardStepwise(network, x, {...options, onSpikes}), counts};
}
