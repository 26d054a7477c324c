// A network that can be differentiated as it stands: neurons give the surrogate's own smooth step instead of spikes, and
// gradients pass through the reset. What is computed does not change when the reset is no longer a constant for gradients.

import type {GraphNode} from "../graphs/graph.js";
import type {Network} from "../networks/parameters.js";

const attached = (node: GraphNode): GraphNode =>
  node.op.kind === "neurons" ? {...node, op: {...node.op, neuron: {...node.op.neuron, detachReset: false}}} : node;

/** The same network, its resets part of the gradient; to be run with `firing: "smooth"`. */
export const differentiable = (network: Network): Network => {
  const {graph} = network;
  return {...network, graph: {...graph, nodes: graph.nodes.map(attached)}};
};
