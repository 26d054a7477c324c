// The part of a graph that feedback ties together, timestep by timestep (SNASNet, arXiv 2201.10355):
//
//   n_j[t] = b_j[t] + Σ_{i<j} f_ij(n_i[t]),     b_j[t+1] = Σ_{i>j} f_ij(n_i[t]),     b_j[0] = 0
//
// Every node is applied by its definition or kernel for one timestep; the neurons' states are handed on. Gradients flow through
// both (backpropagation through time).

import type {GraphNode} from "../graphs/graph.js";
import {mostSpikesPool} from "../layers/pool.js";
import type {NeuronState} from "../neurons/steps.js";
import {addN, concat, split, type Tensor, type Tensor4D} from "../tf.js";
import {applyNode, fire, zerosOf} from "./apply.js";
import type {Given} from "./fused.js";
import {oneTimestep, overTime, type Pass} from "./pass.js";
import type {Step} from "./plan.js";

type SteppedStep = Extract<Step, {kind: "stepped"}>;

/** What is handed from a timestep to the next: states by node, and the values that delayed connections read. */
export type Memory = {readonly states: Map<string, NeuronState>; readonly before: ReadonlyMap<string, Tensor>};

const total = (terms: readonly Tensor[]): Tensor => (terms.length === 1 ? terms[0]! : addN([...terms]));

/** One node at one timestep; x [B, ...] of its inputs. */
export function valueAt(
  node: GraphNode,
  now: ReadonlyMap<string, Tensor>,
  {states, before}: Memory,
  pass: Pass,
): Tensor {
  const {id, op, inputs} = node;
  const undelayed = inputs.filter(({delay}) => delay === undefined).map(({from}) => now.get(from)!);
  if (op.kind === "neurons") {
    const [x] = undelayed;
    const {s, last} = fire({...node, op}, x!.reshape([1, ...x!.shape]), pass, states.get(id));
    states.set(id, last);
    return s.reshape(x!.shape);
  }
  if (op.kind === "maxPool" && op.by) {
    const {y, counts} = mostSpikesPool(undelayed[0] as Tensor4D, op.window, states.get(id)?.counts as Tensor4D);
    states.set(id, {counts});
    return y;
  }
  if (op.kind !== "add") return applyNode(node, undelayed, pass);
  const fed = inputs.flatMap(({from, delay}) => (delay !== undefined && before.has(from) ? [before.get(from)!] : []));
  const terms = fed.length ? [total(fed), ...undelayed] : undelayed;
  return terms.length ? total(terms) : zerosOf(node, pass);
}

/** Runs the step's nodes for every timestep; `valueOf` gives what lies outside. */
export function runStepped({nodes, reads, gives}: SteppedStep, valueOf: (id: string) => Tensor, pass: Pass): Given {
  const outside = reads.map((id) => [id, split(overTime(pass, id, valueOf(id)), pass.T)] as const);
  const step = oneTimestep(pass);
  const collected = new Map<string, Tensor[]>(gives.map((id) => [id, []]));
  const states = new Map<string, NeuronState>();
  let before: ReadonlyMap<string, Tensor> = new Map();
  for (let t = 0; t < pass.T; ++t) {
    const now = new Map(outside.map(([id, parts]) => [id, parts[t]!]));
    for (const node of nodes) now.set(node.id, valueAt(node, now, {states, before}, step));
    for (const [id, values] of collected) values.push(now.get(id)!);
    before = now;
  }
  return [...collected].map(([id, values]) => [id, concat(values)] as const);
}
