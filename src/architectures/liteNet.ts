// LitE-SNN's backbone (arXiv 2401.14652, after SpikeDHS and Auto-DeepLab), at any width.
//
//   stem ─ cell ─ cell ─ … ─ mean of each map ─ classifier ─ mean over time
//
// A cell at level ℓ of the path has F·2^ℓ channels a node and maps of 1/2^ℓ of the image's sides. It reads two inputs, the outputs of
// the cells before it (s1) and before that (s0), both the stem's at the start; each of its nodes is one population, and its output
// the spikes of its last nodes side by side. The stem is a 3×3 convolution, normalised, that charges a population.
//
// How inputs are made smaller where the level rises is not known to us in detail; here they are averaged over windows and charge a
// population, a spiking pooling, which all readers share, so that what meets weights is always bits. The authors' auxiliary
// classifier for training is left out.
//
// Names: cell1.e4.conv and cell1.e4.bn lie on edge 4 (cell1.e0.skip.conv of a skip from s0), cell1.v0 is the current of node 0, cell1.n0 its population; cell1 is the output,
// cell1.half the same at half the resolution, cell1.quarter at a quarter.

import {check, checkName, checkOptions} from "../check.js";
import {graphBuilder, type GraphBuilder} from "../graphs/build.js";
import {type EncodingName, encodingEntry} from "../graphs/encoding.js";
import type {Graph} from "../graphs/graph.js";
import {checkNeuron, LITE_NEURON, type NeuronSpec} from "../graphs/neuron.js";
import {inRange} from "../ranges.js";
import {checkLiteCell, edgesOfPairs, type LiteEdge, type LiteOp, nodesIn, numberOfEdge} from "./liteCell.js";
import {checkWeightPlan, COMPCONV, type WeightPlan} from "./weightPlan.js";

export type LiteNet = {
  readonly family: "lite";
  /** Sides of the images in pixels, one number for squares, and their channels. */
  readonly input: {readonly size: number | readonly [height: number, width: number]; readonly channels: number};
  readonly classes: number;
  /** The level of each cell; it never falls. */
  readonly path: readonly number[];
  /** Of every cell. */
  readonly edges: readonly LiteEdge[];
  /** Channels F of a node at level 0. */
  readonly filters: number;
  /** How many of a cell's last nodes are its output. */
  readonly outputs: number;
  /** Timesteps T. */
  readonly T: number;
  readonly neuron: NeuronSpec;
  readonly normalisation: "perTimestep" | "joint";
  readonly encoding?: EncodingName;
  /** Whether a search chooses how many timesteps the network takes, T at the most. */
  readonly searchesT?: true;
  /** How weights are pruned and quantised; parts are stem, cell1, cell2, …, classifier. */
  readonly weights?: WeightPlan;
};

/** The path of the paper's eight cells. */
export const LITE_PATH: readonly number[] = [0, 0, 1, 1, 1, 2, 2, 2];

/** The two architectures that the authors' code gives as examples, at the width and depth that it trains them with. */
export const LITE_PUBLISHED = {
  readme: {
    pairs: [[1, 0], [0, 0], [2, 1], [3, 1], [7, 1], [5, 1]], // prettier-ignore
    bits: [1, 4, 2, 2, 2, 2, 1, 4],
  },
  leaStereo: {
    pairs: [[0, 1], [1, 0], [4, 0], [3, 0], [7, 1], [6, 1]], // prettier-ignore
    bits: [4, 4, 4, 4, 2, 4, 1, 4],
  },
} as const satisfies Readonly<Record<string, {pairs: readonly (readonly [number, number])[]; bits: readonly number[]}>>;

/** The weights of a network whose cells have these bits; stem and classifier have 4. Without `bits` each cell chooses its own. */
export function liteWeights(bits?: readonly number[]): WeightPlan {
  const cells = (bits ?? []).map((own, i) => [`cell${i + 1}`, {bits: own}] as const);
  return {...COMPCONV, parts: {stem: {bits: 4}, classifier: {bits: 4}, ...Object.fromEntries(cells)}};
}

/** A network small enough for a laptop, of three cells; every field can be replaced. */
export function liteNet(changes: Partial<Omit<LiteNet, "family">> = {}): LiteNet {
  return validateLiteNet({
    family: "lite",
    input: {size: 32, channels: 3},
    classes: 10,
    path: [0, 1, 2],
    edges: edgesOfPairs(LITE_PUBLISHED.readme.pairs),
    filters: 8,
    outputs: 3,
    T: 4,
    neuron: LITE_NEURON,
    normalisation: "perTimestep",
    ...changes,
  });
}

/** One of the published examples as its authors train it: eight cells, 48 filters, three nodes, five timesteps. */
export function publishedLiteNet(name: keyof typeof LITE_PUBLISHED): LiteNet {
  const {pairs, bits} = LITE_PUBLISHED[checkName("published LitE-SNN", name, LITE_PUBLISHED)];
  return liteNet({path: LITE_PATH, edges: edgesOfPairs(pairs), filters: 48, T: 5, weights: liteWeights(bits)});
}

const FIELDS: Readonly<Record<keyof LiteNet, true>> = {
  family: true,
  input: true,
  classes: true,
  path: true,
  edges: true,
  filters: true,
  outputs: true,
  T: true,
  neuron: true,
  normalisation: true,
  encoding: true,
  searchesT: true,
  weights: true,
};

const sides = ({input: {size}}: LiteNet): readonly [number, number] => (typeof size === "number" ? [size, size] : size);

function checkPath({path}: LiteNet): void {
  const rises = (level: number, i: number): boolean => Number.isInteger(level) && level >= (path[i - 1] ?? 0);
  check("path", path, Array.isArray(path) && path.length > 0 && path.every(rises), "levels from 0 that never fall");
  inRange("cells", path.length, "cells of the path");
  check("path", path, path.at(-1)! <= 6, "levels up to 6");
}

/** Returns `net`, or throws an InputError that says what to change. */
export function validateLiteNet(net: LiteNet): LiteNet {
  checkOptions("lite", net, Object.keys(FIELDS));
  inRange("inputChannels", net.input.channels);
  for (const side of sides(net)) inRange("inputSize", side);
  inRange("classes", net.classes);
  inRange("channels", net.filters, "filters");
  inRange("timesteps", net.T, "T");
  checkPath(net);
  const nodes = nodesIn(checkLiteCell(net.edges));
  check("outputs", net.outputs, Number.isInteger(net.outputs) && net.outputs > 0 && net.outputs <= nodes, `an integer from 1 to ${nodes}, the nodes of a cell`); // prettier-ignore
  checkNeuron(net.neuron);
  checkName("normalisation", net.normalisation, {perTimestep: 0, joint: 0});
  if (net.encoding !== undefined) encodingEntry(net.encoding);
  if (net.searchesT !== undefined) check("searchesT", net.searchesT, net.searchesT === true, "true, or none");
  if (net.weights !== undefined) checkWeightPlan(net.weights);
  liteGraph(net);
  return net;
}

/** A value of the network and the level of its resolution. */
type Spikes = {readonly id: string; readonly level: number};

/** What a cell's edges are built with. */
type Place = {
  readonly b: GraphBuilder;
  readonly net: LiteNet;
  readonly channels: number;
  /** Ids of s0, s1, n0, n1, … */
  readonly states: string[];
};

/** A convolution and its normalisation; returns the id of what arrives. */
function addConvolution({b, net, channels}: Place, name: string, from: string): string {
  b.add(`${name}.conv`, {kind: "conv2d", kernelSize: 3, stride: 1, channels, bias: false}, [from]);
  return b.add(`${name}.bn`, {kind: "batchNorm", statistics: net.normalisation}, [`${name}.conv`]);
}

/** How every op of an edge is built; each returns the id of what arrives. */
const BUILD: {readonly [O in LiteOp]: (place: Place, edge: LiteEdge, name: string) => string} = {
  conv: (place, {from}, name) => addConvolution(place, name, place.states[from]!),
  skip: (place, {from}, name) =>
    from < 2 ? addConvolution(place, `${name}.skip`, place.states[from]!) : place.states[from]!,
  mixed: (place, edge, name) => {
    const each = LITE_CHOICES.map((op) => BUILD[op](place, edge, name));
    const op = {kind: "mix", parameter: alphaOf(edge), choices: each.length} as const;
    return place.b.add(`${name}.mix`, op, each);
  },
};

/** The choices of a mixed edge, in the order of their weights. */
export const LITE_CHOICES = ["skip", "conv"] as const;

/** The parameter that weights skip (first) and convolution on a mixed edge, of every cell. */
export const alphaOf = (edge: Pick<LiteEdge, "from" | "to">): string => `alpha.e${numberOfEdge(edge)}`;

const DOWN = ["half", "quarter"];

/** Spikes at a level's resolution: themselves, or pooled ones that charge a population of their own, made on first use. */
function atLevel(b: GraphBuilder, {neuron}: LiteNet, made: Set<string>, spikes: Spikes, level: number): string {
  const fall = level - spikes.level;
  if (fall === 0) return spikes.id;
  const window = 2 ** fall;
  const id = `${spikes.id}.${DOWN[fall - 1] ?? `down${window}`}`;
  if (made.has(id)) return id;
  made.add(id);
  b.add(`${id}.pool`, {kind: "avgPool", window, stride: window, padding: "none"}, [spikes.id]);
  return b.add(id, {kind: "neurons", neuron}, [`${id}.pool`]);
}

/** The nodes of a cell; returns the id of its output. */
function addCell(b: GraphBuilder, net: LiteNet, cell: string, channels: number, inputs: readonly string[]): string {
  const place: Place = {b, net, channels, states: [...inputs]};
  const nodes = nodesIn(net.edges);
  for (let node = 0; node < nodes; ++node) {
    const into = net.edges.filter(({to}) => to === node);
    const arriving = into.map((edge) => BUILD[edge.op](place, edge, `${cell}.e${numberOfEdge(edge)}`));
    b.add(`${cell}.v${node}`, {kind: "add"}, arriving);
    place.states.push(b.add(`${cell}.n${node}`, {kind: "neurons", neuron: net.neuron}, [`${cell}.v${node}`]));
  }
  return b.add(cell, {kind: "concat"}, place.states.slice(-net.outputs));
}

/** Its graph. */
export function liteGraph(net: LiteNet): Graph {
  const {encoding = "direct", filters, outputs, normalisation, neuron} = net;
  const b = graphBuilder(net.T);
  const constant = encodingEntry(encoding).constant;
  b.add("input", {kind: "input", encoding}, [], {shape: [...sides(net), net.input.channels]});
  b.add("stem.conv", {kind: "conv2d", kernelSize: 3, stride: 1, channels: filters * outputs, bias: false}, ["input"]);
  b.add("stem.bn", {kind: "batchNorm", statistics: constant ? "once" : normalisation}, ["stem.conv"]);
  const stem: Spikes = {id: b.add("stem", {kind: "neurons", neuron}, ["stem.bn"]), level: 0};
  const made = new Set<string>();
  let [s0, s1] = [stem, stem];
  net.path.forEach((level, i) => {
    const inputs = [s0, s1].map((spikes) => atLevel(b, net, made, spikes, level));
    const id = addCell(b, net, `cell${i + 1}`, filters * 2 ** level, inputs);
    [s0, s1] = [s1, {id, level}];
  });
  b.add("means", {kind: "globalAvgPool"}, [s1.id]);
  b.add("classifier", {kind: "linear", units: net.classes, bias: false}, ["means"]);
  b.add("logits", {kind: "meanOverTime", ...(net.searchesT && {prefixes: net.T})}, ["classifier"]);
  return b.build();
}
