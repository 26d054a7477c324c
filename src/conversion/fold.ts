// Batch normalisation folded into the weights before it:
//
//   γ·(W·x + b − μ)/√(σ² + ε) + β  =  (g·W)·x + (β + g·(b − μ)),     g = γ/√(σ² + ε), channel by channel
//
// A normalisation that reads anything else than weights of its own (a sum, a pooled map) stays: with running statistics it is a gain
// and a current for each channel.

import {graphBuilder} from "../graphs/build.js";
import {consumersOf, type Graph, type GraphNode, isKind, nodeOf, type OpOf} from "../graphs/graph.js";
import {parametersOf, weightsName} from "../graphs/ops.js";
import {EPSILON} from "../layers/batchNorm.js";
import {frozen} from "../networks/freeze.js";
import {disposeNetwork, type Network, type Tensors} from "../networks/parameters.js";
import {tensor, type Tensor} from "../tf.js";

export type Weighted = GraphNode<OpOf<"conv2d"> | OpOf<"linear">>;

export const isWeighted = (node: GraphNode): node is Weighted => isKind(node, "conv2d") || isKind(node, "linear");

/** By normalisation, the layer that it goes into. */
function foldsOf(graph: Graph): ReadonlyMap<string, Weighted> {
  const consumers = consumersOf(graph);
  const found = new Map<string, Weighted>();
  for (const node of graph.nodes) {
    if (!isKind(node, "batchNorm")) continue;
    const [{from, delay} = {from: "", delay: undefined}] = node.inputs;
    const before = nodeOf(graph, from);
    if (delay === undefined && isWeighted(before) && consumers.get(before.id)!.length === 1) found.set(node.id, before);
  }
  return found;
}

/** The graph without those normalisations, whose readers read the layer. */
function foldedGraph(graph: Graph, folds: ReadonlyMap<string, Weighted>): Graph {
  const builder = graphBuilder(graph.T);
  const biased = new Set([...folds.values()].map(({id}) => id));
  for (const {id, op, inputs, shape, weights} of graph.nodes) {
    if (folds.has(id)) continue;
    const from = inputs.map((input) => ({...input, from: folds.get(input.from)?.id ?? input.from}));
    builder.add(id, biased.has(id) ? ({...op, bias: true} as Weighted["op"]) : op, from, {shape, weights});
  }
  return builder.build();
}

/** Factor and addend of each channel. */
function affineOf(id: string, {parameters, statistics}: Network): {gain: Float64Array; shift: Float64Array} {
  const values = (source: Tensors, part: string): Float32Array => source[`${id}.${part}`]!.dataSync() as Float32Array;
  const [gamma, beta] = [values(parameters, "gamma"), values(parameters, "beta")];
  const [mean, variance] = [values(statistics, "mean"), values(statistics, "variance")];
  const gain = Float64Array.from(gamma, (value, c) => value / Math.sqrt(variance[c]! + EPSILON));
  return {gain, shift: Float64Array.from(beta, (value, c) => value - gain[c]! * mean[c]!)};
}

/** Values [..., C], each times the factor of its channel. */
export function scaledChannels(x: Tensor, factorOf: (channel: number) => number): Tensor {
  const [values, channels] = [x.dataSync(), x.shape.at(-1)!];
  return tensor(
    Float32Array.from(values, (value, i) => value * factorOf(i % channels)),
    x.shape,
  );
}

/**
 * The network without the normalisations that can be folded, and equal logits in evaluation. Weights that a format makes in the forward
 * pass are made first. Its tensors are its own.
 */
export function foldNormalisation(given: Network): Network {
  const network = frozen(given);
  const folded = foldedNetwork(network);
  disposeNetwork(network);
  return folded;
}

function foldedNetwork(network: Network): Network {
  const {graph, parameters, statistics} = network;
  const folds = foldsOf(graph);
  const made = new Map<string, Tensor>();
  for (const [norm, layer] of folds) {
    const {gain, shift} = affineOf(norm, network);
    made.set(
      weightsName(layer),
      scaledChannels(parameters[weightsName(layer)]!, (c) => gain[c]!),
    );
    const bias = parameters[`${layer.id}.bias`]?.dataSync();
    made.set(`${layer.id}.bias`, tensor(Float32Array.from(shift, (value, c) => value + gain[c]! * (bias?.[c] ?? 0)))); // prettier-ignore
  }
  const folded = foldedGraph(graph, folds);
  const names = folded.nodes.flatMap((node) => {
    const [input] = node.inputs;
    return parametersOf(node, input ? nodeOf(folded, input.from).shape : []).map(({name}) => name);
  });
  const kept = Object.entries(statistics).filter(([name]) => !folds.has(name.replace(/\.(mean|variance)$/, "")));
  return {
    graph: folded,
    parameters: Object.fromEntries(names.map((name) => [name, made.get(name) ?? parameters[name]!.clone()])),
    statistics: Object.fromEntries(kept.map(([name, value]) => [name, value.clone()])),
  };
}
