// What a network is, as plain data: a graph of operations. No tensor here.
//
// Nodes stand in topological order; a connection may have a delay of one timestep (feedback) and then may come from any node.
// Shapes are those of one sample at one timestep. The last node gives the logits. Parameters, forward pass, costs, receptive
// field, populations and drawings are folds over this list: none of them knows a family of networks.

import {InputError} from "../check.js";
import type {EncodingName} from "./encoding.js";
import type {NeuronSpec} from "./neuron.js";
import type {WeightFormat} from "./weightFormat.js";

/** Of one sample at one timestep: [H, W, C] of maps, [F] of vectors. */
export type Shape = readonly number[];

/** A value that a node reads; with a delay, the value of the timestep before, nothing at the first. */
export type Connection = {readonly from: string; readonly delay?: 1};

export type GraphOp =
  | {readonly kind: "input"; readonly encoding: EncodingName}
  /** k×k filters, padding (k − 1)/2. The filter is the parameter of the node's own name. */
  | {
      readonly kind: "conv2d";
      readonly kernelSize: number;
      readonly stride: 1 | 2;
      readonly channels: number;
      readonly bias: boolean;
    }
  | {readonly kind: "linear"; readonly units: number; readonly bias: boolean}
  /**
   * Batch statistics for each timestep, jointly over all of them, or once: of an input that is the same at every timestep.
   */
  | {readonly kind: "batchNorm"; readonly statistics: "perTimestep" | "joint" | "once"}
  /** A population: as many neurons as values come in. */
  | {readonly kind: "neurons"; readonly neuron: NeuronSpec}
  | {readonly kind: "relu"}
  /** Mean over windows. `same`: stride 1 and zeros around, counted in the divisor; `none`: a remainder at the far borders is left out. */
  | {readonly kind: "avgPool"; readonly window: number; readonly stride: number; readonly padding: "same" | "none"}
  /**
   * Maximum over windows that lie side by side; a remainder at the far borders is left out. `by: "spikeCount"`: at each timestep
   * the spike, or none, of the neuron in the window that has spiked most so far, as a spiking network's stand-in for the maximum
   * of rates.
   */
  | {readonly kind: "maxPool"; readonly window: number; readonly by?: "spikeCount"}
  /** The mean of each channel over its whole map. */
  | {readonly kind: "globalAvgPool"}
  /** The sum of what comes in; zeros where nothing does. */
  | {readonly kind: "add"}
  /**
   * The sum of what comes in, weighted by the softmax of a parameter of as many numbers as there are choices; those beyond the
   * inputs are for nothing. Nodes of one parameter share it.
   */
  | {readonly kind: "mix"; readonly parameter: string; readonly choices: number}
  /** Along channels. */
  | {readonly kind: "concat"}
  | {readonly kind: "flatten"}
  /** In training, one mask for all timesteps. */
  | {readonly kind: "dropout"; readonly rate: number}
  /**
   * With `prefixes`, which is then T, a mixture of the means of the first 1, 2, … T timesteps, weighted by the softmax of the
   * parameter `timesteps`: a search over T.
   */
  | {readonly kind: "meanOverTime"; readonly prefixes?: number}
  /** Means of `voters` neighbours each. */
  | {readonly kind: "vote"; readonly voters: number};

export type OpKind = GraphOp["kind"];
export type OpOf<K extends OpKind> = Extract<GraphOp, {kind: K}>;

export type GraphNode<O extends GraphOp = GraphOp> = {
  readonly id: string;
  readonly op: O;
  readonly inputs: readonly Connection[];
  readonly shape: Shape;
  /** Of ops with weights; 32 bits and all of them where it is absent. */
  readonly weights?: WeightFormat;
};

export type Graph = {
  readonly nodes: readonly GraphNode[];
  /** Timesteps. */
  readonly T: number;
  readonly classes: number;
};

/** Values of a shape. */
export const sizeOf = (shape: Shape): number => shape.reduce((n, d) => n * d, 1);

const byId = new WeakMap<Graph, ReadonlyMap<string, GraphNode>>();

/** The node of an id. */
export function nodeOf(graph: Graph, id: string): GraphNode {
  let nodes = byId.get(graph);
  if (!nodes) byId.set(graph, (nodes = new Map(graph.nodes.map((node) => [node.id, node]))));
  const node = nodes.get(id);
  if (!node) throw new InputError(`no node ${id} in this graph`);
  return node;
}

/** Whether a node's op is of this kind. */
export const isKind = <K extends OpKind>(node: GraphNode, kind: K): node is GraphNode<OpOf<K>> => node.op.kind === kind;

/** The nodes of a kind, in topological order. */
export const nodesOf = <K extends OpKind>(graph: Graph, kind: K): GraphNode<OpOf<K>>[] =>
  graph.nodes.filter((node): node is GraphNode<OpOf<K>> => isKind(node, kind));

/** The nodes that read each node within a timestep or, where `delayed`, over a delay too. */
export function consumersOf(graph: Graph, {delayed = true} = {}): ReadonlyMap<string, readonly GraphNode[]> {
  const found = new Map<string, GraphNode[]>(graph.nodes.map(({id}) => [id, []]));
  for (const node of graph.nodes)
    for (const {from, delay} of node.inputs) if (delayed || delay === undefined) found.get(from)!.push(node);
  return found;
}

/** The sides of the kernels of a graph's convolutions, ascending. */
export const kernelSizesOf = (graph: Graph): number[] =>
  [...new Set(nodesOf(graph, "conv2d").map(({op}) => op.kernelSize))].sort((a, b) => a - b);

/** The node that samples enter. */
export const inputOf = (graph: Graph): GraphNode<OpOf<"input">> => nodesOf(graph, "input")[0]!;
