// The graph of SNASNet's macro network (arXiv 2201.10355):
//
//   stem ─ cell ─ [reduction ─ cell]* ─ BN ─ neurons ─ pool p ─ flatten ─ linear ─ neurons ─ linear ─ voting
//
// Names, which records and initial weights go by: stem.conv, stem.bn; cell1.v0 is the value of node 0 of cell 1, cell1.n0 the
// population that fires for it (cell1.n0@0.5 with a threshold of its own), read by all convolutions that leave the node, since a
// neuron has no weights; cell1.e01.conv and cell1.e01.bn lie on the edge from node 0 to node 1. reduction1.bnIn, reduction1 (its
// population), reduction1.conv, reduction1.bnOut; last.bn, last; fc1, head (its population), fc2. Of a DNN each population is a
// ReLU of the same name.

import type {Graph, GraphOp} from "../graphs/graph.js";
import {graphBuilder, type GraphBuilder} from "../graphs/build.js";
import type {NeuronSpec} from "../graphs/neuron.js";
import {encodingEntry} from "../graphs/encoding.js";
import {type Architecture, isDnn, sidesOf} from "./architecture.js";
import {type Cell, type Edge, edgesOf, hasFeedback} from "./cell.js";
import {arrivesBy, buildEdge, isConvolution} from "./ops.js";

/** Side of the windows of a reduction's pooling. */
const REDUCTION_POOL = 2;

/** Channels of stage i's cell, from 0. */
export const stageChannels = (a: Pick<Architecture, "channels">, i: number): number => a.channels * 2 ** i;

/** What fires, or the ReLU in its place. */
const activation = (a: Architecture, neuron = a.neuron): GraphOp =>
  isDnn(a) ? {kind: "relu"} : {kind: "neurons", neuron};

/** Batch statistics: once, where a DNN sees the same values at every timestep. */
function normalisationOf(a: Architecture): GraphOp {
  const {constant} = encodingEntry(a.encoding ?? "direct");
  const once = isDnn(a) && constant && !a.cells.some(hasFeedback);
  return {kind: "batchNorm", statistics: once ? "once" : a.normalisation};
}

/** The graph of an architecture that has been validated. */
export function snasnetGraph(a: Architecture): Graph {
  const b = graphBuilder(a.T);
  const encoding = a.encoding ?? "direct";
  const constant = encodingEntry(encoding).constant;
  const images = b.add("input", {kind: "input", encoding}, [], {shape: [...sidesOf(a), a.input.channels]});
  const stem = {kind: "conv2d", kernelSize: 3, stride: a.stemStride, channels: a.channels, bias: false} as const;
  b.add("stem.conv", stem, [images]);
  let value = b.add("stem.bn", {kind: "batchNorm", statistics: constant ? "once" : a.normalisation}, ["stem.conv"]);
  a.cells.forEach((cell, i) => {
    if (i > 0) value = addReduction(b, a, `reduction${i}`, value);
    value = addCell(b, a, cell, i, value);
  });
  return addHead(b, a, value);
}

const thresholds = new WeakMap<NeuronSpec, Map<number, NeuronSpec>>();

/** The neuron with another threshold: one record for each, since a search asks for the same ones again and again. */
function withThreshold(neuron: NeuronSpec, threshold: number): NeuronSpec {
  const known = thresholds.get(neuron) ?? new Map<number, NeuronSpec>();
  thresholds.set(neuron, known);
  const own = known.get(threshold) ?? {...neuron, threshold};
  known.set(threshold, own);
  return own;
}

/** The nodes of stage i's cell, whose input is `input`; returns the value of its last node. */
function addCell(b: GraphBuilder, a: Architecture, cell: Cell, i: number, input: string): string {
  const stage = `cell${i + 1}`;
  const channels = stageChannels(a, i);
  const shape = b.shapeOf(input);
  const stepped = hasFeedback(cell);
  const {forward, feedback} = edgesOf(cell);
  const values = cell.map((_, node) => `${stage}.v${node}`);

  /** The population that fires for a node's value: one for each threshold, since a neuron has no weights. */
  const made = new Set<string>();
  const population = (node: number, threshold: number | undefined): string => {
    const own = threshold !== undefined && threshold !== a.neuron.threshold;
    const name = `${stage}.n${node}${own ? `@${threshold}` : ""}`;
    if (made.has(name)) return name;
    const neuron = own ? withThreshold(a.neuron, threshold) : a.neuron;
    made.add(b.add(name, activation(a, neuron), [values[node]!]));
    return name;
  };
  const endsOf = ({from, to}: Edge) => ({name: `${stage}.e${from}${to}`, value: values[from]!});
  const build = (edge: Edge): void =>
    buildEdge(edge.op, {
      ...endsOf(edge),
      builder: b,
      spikes: (threshold) => population(edge.from, threshold),
      channels,
      norm: normalisationOf(a),
    });

  for (let node = 0; node < cell.length; ++node) {
    const into = (edge: Edge): boolean => edge.to === node;
    const delayed = feedback.filter(into).map((edge) => ({from: arrivesBy(edge.op, endsOf(edge))!, delay: 1}) as const);
    const now = forward.filter(into).map((edge) => arrivesBy(edge.op, endsOf(edge))!);
    b.add(values[node]!, {kind: "add"}, [...delayed, ...(node === 0 ? [input] : []), ...now], {shape});
    const leaving = forward.filter(({from}) => from === node);
    // Through time all at once, what needs no spikes comes first; stepped, the edges follow in their order.
    const ordered = stepped ? leaving : [...leaving].sort((x, y) => +isConvolution(x.op) - +isConvolution(y.op));
    ordered.forEach(build);
  }
  feedback.forEach(build);
  return values.at(-1)!;
}

/** BN ─ neurons ─ 3x3 convolution C → 2C ─ BN ─ 2x2 average pooling. */
function addReduction(b: GraphBuilder, a: Architecture, name: string, input: string): string {
  const channels = 2 * b.shapeOf(input).at(-1)!;
  const batchNorm = normalisationOf(a);
  b.add(`${name}.bnIn`, batchNorm, [input]);
  b.add(name, activation(a), [`${name}.bnIn`]);
  b.add(`${name}.conv`, {kind: "conv2d", kernelSize: 3, stride: 1, channels, bias: false}, [name]);
  b.add(`${name}.bnOut`, batchNorm, [`${name}.conv`]);
  const pool = {kind: "avgPool", window: REDUCTION_POOL, stride: REDUCTION_POOL, padding: "none"} as const;
  return b.add(`${name}.pool`, pool, [`${name}.bnOut`]);
}

function addHead(b: GraphBuilder, a: Architecture, input: string): Graph {
  const {hidden, voters, dropout} = a.head;
  b.add("last.bn", normalisationOf(a), [input]);
  let value = b.add("last", activation(a), ["last.bn"]);
  if (a.pool > 1) value = b.add("pool", {kind: "avgPool", window: a.pool, stride: a.pool, padding: "none"}, [value]);
  b.add("flatten", {kind: "flatten"}, [value]);
  b.add("dropout", {kind: "dropout", rate: dropout}, ["flatten"]);
  b.add("fc1", {kind: "linear", units: hidden, bias: false}, ["dropout"]);
  b.add("head", activation(a), ["fc1"]);
  b.add("fc2", {kind: "linear", units: a.classes * voters, bias: true}, ["head"]);
  b.add("mean", {kind: "meanOverTime", ...(a.searchesT && {prefixes: a.T})}, ["fc2"]);
  b.add("logits", {kind: "vote", voters}, ["mean"]);
  return b.build();
}
