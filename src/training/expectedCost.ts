// What a network under search costs on average over its choices, in a form through which gradients reach them:
//
//   memory       Σ_n a_n·k_n·b_n·w_n                                    bits
//   bitSynOps    Σ_t ψ̂_t · Σ_{τ≤t} Σ_n a_n·k_n·b_n·c_n·r_n[τ]           per image                        (LitE-SNN, arXiv 2401.14652)
//
// over the nodes n with weights: w_n weights, of which the fraction k_n is kept at b_n bits, Σ_b softmax(β)_b·b where they are searched;
// a_n the weight of the choice that n belongs to, else 1; ψ̂ the weights of the numbers of timesteps. c_n counts the pairs of a neuron
// and a place of the output that it reaches, borders exactly, and r_n[τ] are the spikes per neuron that reach n at τ, counted and
// constants to the gradient. Weights that meet analog values, as in the stem, cause none.
//
// In units of the network's own: the same with 4 bits everywhere, equal weights of all choices, and all T timesteps.

import {type Choice, choiceOfNodes} from "../graphs/choices.js";
import {weightsOfNode} from "../graphs/cost.js";
import type {Graph, GraphNode} from "../graphs/graph.js";
import {populationsOf, weightedNodes} from "../graphs/populations.js";
import {choicesOf} from "../graphs/weightFormat.js";
import {choiceWeights} from "../layers/mix.js";
import type {Network} from "../networks/parameters.js";
import {scalar, type Scalar, stack, type Tensor1D, tensor1d, tensor2d} from "../tf.js";

/** Bits of a weight in the unit. */
const UNIT_BITS = 4;
const FLOAT_BITS = 32;

/** How a cost counts nodes that belong to a choice: by its weight, or whole, as the authors' code counts memory. */
export type Counting = "weighted" | "whole";

type Searched = Pick<Network, "graph" | "parameters">;

/** k_n·b_n: bits that a weight of the node takes on average. */
function bitsOf({weights}: GraphNode, parameters: Network["parameters"]): Scalar | number {
  if (!weights) return FLOAT_BITS;
  const bits = choicesOf(weights);
  if (weights.sharedBits === undefined) return weights.kept * bits[0]!;
  const shares = choiceWeights(parameters[weights.sharedBits] as Tensor1D);
  return shares.mul(tensor1d([...bits])).sum().mul<Scalar>(weights.kept); // prettier-ignore
}

/** a_n·k_n·b_n of each of these nodes, [N]. */
function factorsOf(nodes: readonly GraphNode[], {graph, parameters}: Searched, counting: Counting): Tensor1D {
  const choice = choiceOfNodes(graph);
  const weightOf = ({parameter, index}: Choice): Scalar => choiceWeights(parameters[parameter] as Tensor1D).slice([index], [1]).asScalar(); // prettier-ignore
  return stack(
    nodes.map((node) => {
      const own = choice.get(node.id);
      const bits = bitsOf(node, parameters);
      const each = typeof bits === "number" ? scalar(bits) : bits;
      return own && counting === "weighted" ? each.mul(weightOf(own)) : each;
    }),
  ) as Tensor1D;
}

/** The same in the unit: numbers. */
function unitFactors(nodes: readonly GraphNode[], graph: Graph, counting: Counting): number[] {
  const choice = choiceOfNodes(graph);
  return nodes.map(({id, weights}) => {
    const choices = counting === "weighted" ? (choice.get(id)?.choices ?? 1) : 1;
    return (UNIT_BITS * (weights?.kept ?? 1)) / choices;
  });
}

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

/** The bits of all weights, and how many there are in the unit. */
export function memoryCost(network: Searched, counting: Counting = "weighted"): {bits: Scalar; unit: number} {
  const nodes = weightedNodes(network.graph);
  const weights = nodes.map((node) => weightsOfNode(network.graph, node));
  return {
    bits: factorsOf(nodes, network, counting).mul(tensor1d(weights)).sum(),
    unit: dot(unitFactors(nodes, network.graph, counting), weights),
  };
}

/** Sums of the first 1, 2, … numbers. */
function cumulative(x: readonly number[]): number[] {
  let sum = 0;
  return x.map((value) => (sum += value));
}

/** Spikes that reach each node times the outputs that each reaches, c_n·r_n[τ], [node][T]; by population, counts over B images. */
function operationsOf(
  graph: Graph,
  counts: Readonly<Record<string, readonly number[]>>,
  B: number,
): Map<string, number[]> {
  const operations = new Map<string, number[]>();
  for (const {name, neurons, readers} of populationsOf(graph))
    for (const {layer, connections} of readers) {
      const before = operations.get(layer);
      const own = counts[name]!.map((count) => (count / B / neurons) * connections);
      operations.set(layer, before ? before.map((x, t) => x + own[t]!) : own);
    }
  return operations;
}

/** The bit operations of an image until a stop after t timesteps, with the weight p_t; and those of the unit. */
export function bitSynOpsCost(
  network: Searched,
  counts: Readonly<Record<string, readonly number[]>>,
  {B, p}: {readonly B: number; readonly p: Tensor1D},
): {operations: Scalar; unit: number} {
  const operations = operationsOf(network.graph, counts, B);
  const nodes = weightedNodes(network.graph).filter(({id}) => operations.has(id));
  const until = nodes.map(({id}) => cumulative(operations.get(id)!)); // [N][T]
  const factors = factorsOf(nodes, network, "weighted");
  const byStop: Tensor1D = factors.reshape([1, nodes.length]).matMul(tensor2d(until)).as1D(); // [T]
  return {
    operations: byStop.mul(p).sum(),
    unit: dot(unitFactors(nodes, network.graph, "weighted"), until.map((each) => each.at(-1)!)), // prettier-ignore
  };
}
