// Every population of spiking neurons: how many neurons, and what one of their spikes sets in motion; and the same of every
// activation, populations and ReLUs alike.
//
//   synOps = Σ over populations of (spikes · fan-out)
//
// A k×k convolution to C channels has fan-out k²·C in the interior; at the border part of the kernel hangs over the
// edge. With stride s and padding (k − 1)/2 along one axis the pairs (input, output) that touch are counted exactly, so
// `meanFanOut` is the mean over all neurons and neurons·meanFanOut the connections that exist.

import {type Connection, type Graph, type GraphNode, nodeOf, nodesOf, type Shape, sizeOf} from "./graph.js";
import type {NeuronSpec} from "./neuron.js";
import {opEntry} from "./ops.js";

/** Activations that reach a node without meeting weights; `window`: side of the windows that they were averaged or reduced over. */
type Source = {
  /** The id of the node that gives them. */
  readonly from: string;
  readonly window: number;
  readonly averaged: boolean;
  /** Whether values are still 0 or 1. */
  readonly binary: boolean;
};

/** Pairs of an input and an output position that touch along an axis of `side` positions. */
export function touches(side: number, kernelSize: number, stride: number): number {
  const reach = (kernelSize - 1) / 2;
  let count = 0;
  for (let centre = 0; centre < side; centre += stride)
    count += Math.min(side - 1, centre + reach) - Math.max(0, centre - reach) + 1;
  return count;
}

/** Outputs of a k-wide kernel with this stride that see each of `side` positions. */
export function outputsSeeing(side: number, kernelSize: number, stride: number): number[] {
  const half = kernelSize >> 1;
  return Array.from({length: side}, (_, i) => {
    let count = 0;
    for (let o = 0; o * stride < side; ++o) if (Math.abs(o * stride - i) <= half) ++count;
    return count;
  });
}

/** A node with weights that spikes of a population meet. */
export type SpikeReader = {
  /** The node's id. */
  readonly layer: string;
  readonly kind: "conv2d" | "linear";
  /** Side of the kernel, 1 of a linear layer; its stride; its output channels or units. */
  readonly kernelSize: number;
  readonly stride: number;
  readonly channels: number;
  /** Side of the windows of the pooling in between, 1 where there is none. */
  readonly window: number;
  /** Whether average pooling lies between, so that the weights meet fractions. */
  readonly pooled: boolean;
  /** Weights that one spike meets, away from the border. */
  readonly fanOut: number;
  /** The same, mean over all neurons. */
  readonly meanFanOut: number;
  /** Weights that the spikes of all neurons together meet. */
  readonly connections: number;
};

/** Neurons or ReLUs, and the weights that what they give meets. */
export type Activation = {
  /** The node's id. */
  readonly name: string;
  readonly kind: "neurons" | "relu";
  /** [H, W, C] or [F]. */
  readonly shape: Shape;
  /** Of one sample. */
  readonly neurons: number;
  readonly readers: readonly SpikeReader[];
};

export type Population = Activation & {readonly neuron: NeuronSpec};

/** The activations that a node's value is made of; undefined where it is another value. */
type Sources = readonly Source[] | undefined;

/** Over windows that much larger, averaged or no longer binary where that is said. */
const changed = (
  sources: Sources,
  {window = 1, averaged, binary}: {window: number | undefined; averaged: boolean; binary: boolean},
): Sources =>
  sources?.map((source) => ({
    from: source.from,
    window: source.window * window,
    averaged: source.averaged || averaged,
    binary: source.binary && binary,
  }));

/** Which activations are followed: spikes alone, or those of ReLUs too. */
type Followed = "spikes" | "all";

const traced = {
  spikes: new WeakMap<Graph, ReadonlyMap<string, Sources>>(),
  all: new WeakMap<Graph, ReadonlyMap<string, Sources>>(),
};

/** What each node's value is made of: spikes stay spikes through pooling, sums, concatenation and flattening. */
function sourcesOf(graph: Graph, followed: Followed = "spikes"): ReadonlyMap<string, Sources> {
  const known = traced[followed].get(graph);
  if (known) return known;
  const found = new Map<string, Sources>();
  traced[followed].set(graph, found);
  const together = (inputs: readonly Connection[]): Sources => {
    const each = inputs.map(({from}) => found.get(from));
    return inputs.length > 0 && each.every((sources) => sources !== undefined) ? each.flatMap((s) => s) : undefined;
  };
  for (const {id, op, inputs} of graph.nodes) {
    const becomes = opEntry(op).spikes(op);
    const fires = becomes === "fires";
    if (fires || (followed === "all" && op.kind === "relu"))
      found.set(id, [{from: id, window: 1, averaged: false, binary: fires}]);
    else if (becomes === "ends") found.set(id, undefined);
    else {
      const window = opEntry(op).reach?.(op).window;
      const averaged = becomes === "averages" && window !== 1;
      found.set(id, changed(together(inputs), {window, averaged, binary: !averaged && becomes !== "scales"}));
    }
  }
  return found;
}

/** Nodes with weights, in topological order. */
export const weightedNodes = (graph: Graph): GraphNode[] =>
  graph.nodes.filter(({op}) => op.kind === "conv2d" || op.kind === "linear");

/** What a node with weights meets: analog values, spikes, or spikes after average pooling, which are fractions. */
export type Meets = "analog" | "spikes" | "pooledSpikes";

const meeting = new WeakMap<Graph, ReadonlyMap<string, Meets>>();
const binary = new WeakMap<Graph, ReadonlySet<string>>();

/** Nodes with weights whose input is 0 or 1: spikes that nothing has averaged, added up or scaled. */
export function meetingBits(graph: Graph): ReadonlySet<string> {
  let known = binary.get(graph);
  if (known) return known;
  const sources = sourcesOf(graph);
  const isBinary = ({inputs}: GraphNode): boolean => sources.get(inputs[0]!.from)?.every((s) => s.binary) ?? false;
  known = new Set(weightedNodes(graph).filter(isBinary).map(({id}) => id)); // prettier-ignore
  binary.set(graph, known);
  return known;
}

/** That of every node with weights, by id. */
export function metBy(graph: Graph): ReadonlyMap<string, Meets> {
  let known = meeting.get(graph);
  if (known) return known;
  const sources = sourcesOf(graph);
  known = new Map(
    weightedNodes(graph).map(({id, inputs}) => {
      const met = sources.get(inputs[0]!.from);
      return [id, met === undefined ? "analog" : met.some(({averaged}) => averaged) ? "pooledSpikes" : "spikes"];
    }),
  );
  meeting.set(graph, known);
  return known;
}

function readerOf({id, op}: GraphNode, {window, averaged}: Source, input: Shape, neurons: number): SpikeReader {
  const common = {layer: id, window, pooled: averaged};
  if (op.kind === "conv2d") {
    const [h, w, c] = input as [number, number, number];
    const {kernelSize, stride, channels} = op;
    const pairs = touches(h, kernelSize, stride) * touches(w, kernelSize, stride);
    const connections = window ** 2 * c * channels * pairs;
    const own = {kind: op.kind, kernelSize, stride, channels, fanOut: kernelSize ** 2 * channels};
    return {...common, ...own, connections, meanFanOut: connections / neurons};
  }
  const channels = (op as {units: number}).units;
  const own = {kind: "linear", kernelSize: 1, stride: 1, channels, fanOut: channels, meanFanOut: channels} as const;
  return {...common, ...own, connections: neurons * channels};
}

/** By node, the weights that its activations meet. */
function readersOf(graph: Graph, followed: Followed): ReadonlyMap<string, readonly SpikeReader[]> {
  const sources = sourcesOf(graph, followed);
  const readers = new Map<string, SpikeReader[]>();
  for (const node of weightedNodes(graph)) {
    const read = node.inputs[0]!.from;
    for (const source of sources.get(read) ?? []) {
      const neurons = sizeOf(nodeOf(graph, source.from).shape);
      const list = readers.get(source.from) ?? [];
      readers.set(source.from, [...list, readerOf(node, source, nodeOf(graph, read).shape, neurons)]);
    }
  }
  return readers;
}

const populations = new WeakMap<Graph, readonly Population[]>();

/** Every population, in order of computation. */
export function populationsOf(graph: Graph): readonly Population[] {
  let known = populations.get(graph);
  if (known) return known;
  const readers = readersOf(graph, "spikes");
  known = nodesOf(graph, "neurons").map(({id, op, shape}) => ({
    ...{name: id, kind: op.kind, neuron: op.neuron, shape, neurons: sizeOf(shape)},
    readers: readers.get(id) ?? [],
  }));
  populations.set(graph, known);
  return known;
}

const activations = new WeakMap<Graph, readonly Activation[]>();

/** Every population and every ReLU, in order of computation; the readers of a ReLU are the weights that its values meet. */
export function activationsOf(graph: Graph): readonly Activation[] {
  let known = activations.get(graph);
  if (known) return known;
  const readers = readersOf(graph, "all");
  known = graph.nodes.flatMap(({id, op: {kind}, shape}) =>
    kind === "neurons" || kind === "relu"
      ? [{name: id, kind, shape, neurons: sizeOf(shape), readers: readers.get(id) ?? []}]
      : [],
  );
  activations.set(graph, known);
  return known;
}
