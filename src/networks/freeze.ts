// What a search of weights leaves: the network that it chose, to be trained on, and the weights themselves.
//
//   decoded   bits are those of the largest β; W and S stay learnt, and the forward pass still makes the weights of them
//   frozen    the weights that the forward pass made are the parameters; nothing makes them any more

import {withWeights} from "../graphs/build.js";
import type {GraphNode} from "../graphs/graph.js";
import {weightsName} from "../graphs/ops.js";
import {choicesOf, type WeightFormat} from "../graphs/weightFormat.js";
import {type Tensor, tidy} from "../tf.js";
import {type Network, parameterShapes, type Tensors} from "./parameters.js";
import {madeWeights} from "./weights.js";

const copied = (values: Tensors): Tensors =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.clone()]));

/** A network of another graph of the same nodes, with tensors of its own: those of `made`, others copied. */
function networkWith(graph: Network["graph"], {parameters, statistics}: Network, made: Map<string, Tensor>): Network {
  const own = parameterShapes(graph).map(({name}) => [name, made.get(name) ?? parameters[name]!.clone()] as const);
  return {graph, parameters: Object.fromEntries(own), statistics: copied(statistics)};
}

/** Bits of the largest β, the first of equal ones; of each node with weights, those that it has. */
export function chosenBits(node: GraphNode, {parameters}: Pick<Network, "parameters">): number | undefined {
  const {weights} = node;
  if (!weights) return undefined;
  const choices = choicesOf(weights);
  if (weights.sharedBits === undefined) return choices[0];
  const beta = [...parameters[weights.sharedBits]!.dataSync()];
  return choices[Math.max(0, beta.indexOf(Math.max(...beta)))];
}

/** The network with the bits that its search chose, W and scores as they are; free both. Formats without a choice stay. */
export function decoded(network: Network): Network {
  const graph = withWeights(network.graph, (node) => {
    if (!node.weights) return undefined;
    const {sharedBits: _chooser, ...format} = node.weights;
    return {...format, bits: chosenBits(node, network)!};
  });
  return networkWith(graph, network, new Map());
}

/** What stays of a format once its weights are made: a mixture of several numbers of bits fits none of them. */
function keptFormat({bits, kept, quantiser, pruning}: WeightFormat): WeightFormat {
  if (quantiser === undefined) return {bits, kept, ...(pruning && {pruning})};
  return {bits: Array.isArray(bits) ? 32 : bits, kept};
}

/** The network whose weights are those that the forward pass makes, with the same logits; free both. */
export function frozen(network: Network): Network {
  const made = new Map<string, Tensor>();
  const graph = withWeights(network.graph, (node) => {
    if (!node.weights) return undefined;
    if (node.weights.quantiser !== undefined) {
      const weights = tidy(() => madeWeights(node, network.parameters).add(0)); // no −0 among those that are pruned
      made.set(weightsName(node), weights);
    }
    return keptFormat(node.weights);
  });
  return networkWith(graph, network, made);
}
