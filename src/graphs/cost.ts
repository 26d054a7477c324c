// What a network costs, in closed form, before anything is built: folds over its graph.
//
//   params = Σ over nodes of what they learn: k²·Cin·Cout and biases, 2 per normalised channel, 1 per population where τ is learnt
//   macs   = multiply-accumulates per sample of weights that meet analog values; once where those are the same at each timestep
//   acs    = additions per sample of weights that meet spikes: T · connections when every neuron fires at every timestep
//
// Convention for weights that average pooling hands fractions (SNASNet's fc1): by default each spike before the pooling adds
// weights (`fc1: "acs"`, the pooling's 1/p² being part of them). `fc1: "macs"` counts them as multiplying fractions at each
// timestep instead, as counters do that ask whether a layer's input is binary.
// MACs count the zero padding, as operation counters do; ACs do not, since no spike comes from there. Pooling, batch
// normalisation and the neurons' own arithmetic have no weights to fetch and are not counted.

import {inRange} from "../ranges.js";
import {constantNodes} from "./constant.js";
import {consumersOf, type Graph, type GraphNode, nodeOf, sizeOf} from "./graph.js";
import {statesOf} from "./neuron.js";
import {parametersOf, type ParameterShape, SEARCHED_ROLES} from "./ops.js";
import {metBy, populationsOf, type Population, type SpikeReader, weightedNodes} from "./populations.js";
import {receptiveField} from "./receptiveField.js";
import {meanBits, type Shares} from "./weightFormat.js";

/** How work is counted where average pooling precedes weights. */
export type Convention = {readonly fc1?: "macs" | "acs"};

export const FLOAT_BYTES = 4;

const sumOf = <T>(list: readonly T[], value: (item: T) => number): number =>
  list.reduce((sum, item) => sum + value(item), 0);

/** What a node learns for the network; not what only a search has, such as scores of weights. */
function learntBy(graph: Graph, node: GraphNode): readonly ParameterShape[] {
  const [input] = node.inputs;
  const all = parametersOf(node, input ? nodeOf(graph, input.from).shape : []);
  return all.filter(({role}) => !SEARCHED_ROLES.includes(role));
}

/** Numbers that a node learns. */
export const paramsOfNode = (graph: Graph, node: GraphNode): number =>
  sumOf(learntBy(graph, node), ({shape}) => sizeOf(shape));

/** Bits that a weight of a node takes on average, where pruned ones take none; `bits` where it says nothing. */
export const bitsOfWeight = ({weights}: GraphNode, bits = 32, shares?: Shares): number =>
  weights ? weights.kept * meanBits(weights, shares) : bits;

/** Weights of a node, without its bias. */
export function weightsOfNode(graph: Graph, {op, inputs}: GraphNode): number {
  if (op.kind !== "conv2d" && op.kind !== "linear") return 0;
  const input = nodeOf(graph, inputs[0]!.from).shape;
  return op.kind === "conv2d" ? op.kernelSize ** 2 * input[2]! * op.channels : input[0]! * op.units;
}

const counted = new WeakMap<Graph, ReadonlyMap<GraphNode, number>>();

/** The nodes that learn, and how many numbers each. */
function learningNodes(graph: Graph): ReadonlyMap<GraphNode, number> {
  let known = counted.get(graph);
  if (known) return known;
  const all = graph.nodes.map((node) => [node, paramsOfNode(graph, node)] as const);
  known = new Map(all.filter(([, params]) => params > 0));
  counted.set(graph, known);
  return known;
}

/** Trainable parameters. */
export const paramsOf = (graph: Graph): number => sumOf([...learningNodes(graph).values()], (params) => params);

/** Whether a node belongs to the head: linear layers and the populations that they feed. */
function inHead(graph: Graph, {op, inputs}: GraphNode): boolean {
  if (op.kind === "linear") return true;
  const [input] = inputs;
  return (
    op.kind !== "conv2d" && input !== undefined && input.delay === undefined && inHead(graph, nodeOf(graph, input.from))
  );
}

/** Parameters of all but the head: what a cell's wiring and kernels decide. */
export const paramsWithoutHead = (graph: Graph): number =>
  sumOf([...learningNodes(graph)], ([node, params]) => (inHead(graph, node) ? 0 : params));

/**
 * Bits of a node's weights, without its bias: at `bits` each, or as its format says; where bits are searched, the mean of the
 * choices by their shares (equal ones where `shares` does not know them).
 */
export function weightBitsOfNode(graph: Graph, node: GraphNode, bits = 32, shares?: Shares): number {
  const {weights} = node;
  return weightsOfNode(graph, node) * (weights ? weights.kept * meanBits(weights, shares) : bits);
}

/** Bits of the weights of all convolutions and linear layers: what LitE-SNN calls the size. No masks, biases and normalisations. */
export const weightBits = (graph: Graph, bits = 32, shares?: Shares): number =>
  sumOf(weightedNodes(graph), (node) => weightBitsOfNode(graph, node, bits, shares));

/**
 * Bytes of all parameters, rounded up: at `bits` each, but for nodes whose weights say another precision or which fraction of
 * them is kept.
 */
export function weightBytes(graph: Graph, bits = 32, shares?: Shares): number {
  inRange("bits", bits);
  const total = sumOf([...learningNodes(graph)], ([node, all]) => {
    const others = all - weightsOfNode(graph, node);
    return weightBitsOfNode(graph, node, bits, shares) + others * bits;
  });
  return Math.ceil(total / 8 - 1e-6); // n · (k/n) may be more than k in its last bit
}

/** Multiply-accumulates of one pass over dense values, padding counted: what a DNN of this shape would do. */
export const macsOfNode = (graph: Graph, node: GraphNode): number =>
  weightsOfNode(graph, node) * sizeOf(node.shape.slice(0, -1));

/** Multiply-accumulates per sample; once of what does not change over T. */
export function macsOf(graph: Graph, {fc1 = "acs"}: Convention = {}): number {
  const constant = constantNodes(graph);
  const met = metBy(graph);
  const multiplies = ({id}: GraphNode): boolean =>
    met.get(id) === "analog" || (met.get(id) === "pooledSpikes" && fc1 === "macs");
  const times = ({id}: GraphNode): number => (constant.has(id) ? 1 : graph.T);
  return sumOf(weightedNodes(graph).filter(multiplies), (node) => macsOfNode(graph, node) * times(node));
}

const adds = (reader: SpikeReader, {fc1 = "acs"}: Convention): boolean => !reader.pooled || fc1 === "acs";

/** Synaptic operations that one spike causes: the mean over a population's neurons, and that of an interior neuron. */
export function synOpsPerSpike(
  {readers: all}: Pick<Population, "readers">,
  convention: Convention = {},
): {mean: number; interior: number} {
  const readers = all.filter((reader) => adds(reader, convention));
  return {mean: sumOf(readers, ({meanFanOut}) => meanFanOut), interior: sumOf(readers, ({fanOut}) => fanOut)};
}

/** Additions per sample when every neuron fires at each of the T timesteps. */
export function worstCaseAcs(graph: Graph, convention: Convention = {}): number {
  const readers = populationsOf(graph).flatMap(({readers}) => readers.filter((reader) => adds(reader, convention)));
  return graph.T * sumOf(readers, ({connections}) => connections);
}

/**
 * What is kept as numbers: the outputs of weights, of ReLUs, and spikes where something other than weights reads them (pooling,
 * flattening). Spikes that weights alone read are bits and not counted.
 */
export function numberNodes(graph: Graph): readonly GraphNode[] {
  const consumers = consumersOf(graph);
  const asNumbers = ({id, op}: GraphNode): boolean =>
    op.kind === "conv2d" ||
    op.kind === "linear" ||
    op.kind === "relu" ||
    (op.kind === "neurons" &&
      consumers.get(id)!.some((reader) => reader.op.kind !== "conv2d" && reader.op.kind !== "linear"));
  return graph.nodes.filter(asNumbers);
}

/** That for one sample and timestep at 32 bits, none reused. */
export const activationBytes = (graph: Graph): number =>
  FLOAT_BYTES * sumOf(numberNodes(graph), ({shape}) => sizeOf(shape));

/** What one sample carries from a timestep to the next at 32 bits: the neurons' states, and the sums that feedback leaves. */
export function stateBytes(graph: Graph): number {
  const states = sumOf(populationsOf(graph), ({neuron, neurons}) => statesOf(neuron).length * neurons);
  const targets = graph.nodes.filter(({inputs}) => inputs.some(({delay}) => delay !== undefined));
  return FLOAT_BYTES * (states + sumOf(targets, ({shape}) => sizeOf(shape)));
}

export type Cost = {
  readonly params: number;
  readonly paramsWithoutHead: number;
  /** Precision of the weights that do not say their own. */
  readonly bits: number;
  readonly weightBytes: number;
  /** Per sample, under the convention `fc1`. */
  readonly macs: number;
  /** Of weights that meet an input that is the same at every timestep. */
  readonly stemMacs: number;
  readonly worstCaseAcs: number;
  /** Multiply-accumulates of a DNN of the same shape, one pass. */
  readonly dnnMacs: number;
  readonly activationBytes: number;
  readonly stateBytes: number;
  readonly neurons: number;
  /** In pixels, along one axis. */
  readonly receptiveField: number;
  readonly fc1: "macs" | "acs";
};

/** All costs in one record. */
export function graphCost(graph: Graph, {bits = 32, fc1 = "acs"}: Convention & {readonly bits?: number} = {}): Cost {
  const constant = constantNodes(graph);
  const weighted = weightedNodes(graph);
  return {
    params: paramsOf(graph),
    paramsWithoutHead: paramsWithoutHead(graph),
    bits,
    weightBytes: weightBytes(graph, bits),
    macs: macsOf(graph, {fc1}),
    stemMacs: sumOf(weighted.filter(({id}) => constant.has(id)), (node) => macsOfNode(graph, node)), // prettier-ignore
    worstCaseAcs: worstCaseAcs(graph, {fc1}),
    dnnMacs: sumOf(weighted, (node) => macsOfNode(graph, node)),
    activationBytes: activationBytes(graph),
    stateBytes: stateBytes(graph),
    neurons: sumOf(populationsOf(graph), ({neurons}) => neurons),
    receptiveField: receptiveField(graph),
    fc1,
  };
}
