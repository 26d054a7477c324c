// A DNN of ReLUs as a spiking network whose rates are its activations (Rueckauer et al., Front. Neurosci. 2017).
//
// A ReLU becomes a population of IF neurons that subtract their threshold when they fire, so that under a constant current z the
// spikes of T timesteps are those of the rate z/θ, cut to 0 … 1, up to one spike. λ is what a neuron stands for that always fires.
//
//   layers       θ = 1; W ← W·λ_before/λ, b ← b/λ: currents and thresholds alike for every layer
//   thresholds   θ = λ; W ← W·λ_before: currents keep the DNN's units, so that sums of several branches stay right
//
// Both give the same spikes where both can be had. Biases are constant currents; the image is a constant current (direct encoding).
// A normalisation that cannot be folded (conversion/fold.ts) stays, as a gain and a current. A maximum over windows of rates is the
// spike train of the neuron that has spiked most so far.

import {check, checkName, invalid} from "../check.js";
import {graphBuilder, type GraphBuilder} from "../graphs/build.js";
import {consumersOf, type Graph, type GraphNode, inputOf, nodeOf, nodesOf, type OpKind} from "../graphs/graph.js";
import {type NeuronSpec, neuronOf} from "../graphs/neuron.js";
import {weightsName} from "../graphs/ops.js";
import {inRange} from "../ranges.js";
import {EPSILON} from "../layers/batchNorm.js";
import type {Network} from "../networks/parameters.js";
import {ones, type Tensor, tensor, tidy, zeros} from "../tf.js";
import {foldNormalisation, scaledChannels, type Weighted} from "./fold.js";
import type {Scales} from "./scales.js";

/** Where scales go: into the weights of each layer, or into the thresholds of each population. */
export const BALANCES = {layers: "weights divided by their layer's scale", thresholds: "a threshold for each population"} as const; // prettier-ignore
export type Balance = keyof typeof BALANCES;

/** The membrane potential before the first timestep, as a fraction of the threshold. */
export const STARTS = {zero: 0, half: 0.5} as const;

/** What the last layer does: its potentials accumulate without spikes, or it spikes too, which loses negative outputs. */
export const READOUTS = {potentials: "currents accumulate", spikes: "neurons fire"} as const;

export type ConversionOptions = {
  /** Timesteps T of the spiking network. */
  readonly T: number;
  readonly scales: Scales;
  /** `thresholds` unless given. */
  readonly balance?: Balance;
  /** `zero` unless given; `half` rounds rates to the nearest in place of down. */
  readonly start?: keyof typeof STARTS;
  /** `potentials` unless given. */
  readonly readout?: keyof typeof READOUTS;
};

const NO_DNN = "a DNN, whose activations are ReLUs: train one with --activation relu";

/** Throws what keeps a graph from being converted. */
export function checkConvertible(graph: Graph): void {
  const input = inputOf(graph);
  check("encoding", input.op.encoding, input.op.encoding === "direct", "direct: a converted network reads constant currents"); // prettier-ignore
  for (const {id, op, inputs} of graph.nodes) {
    if (op.kind === "neurons" || op.kind === "mix") throw invalid("network", `${op.kind} in ${id}`, NO_DNN);
    if (inputs.some(({delay}) => delay !== undefined))
      throw invalid("network", `feedback to ${id}`, "a DNN without feedback");
  }
  check("activations", nodesOf(graph, "relu").length, nodesOf(graph, "relu").length > 0, "at least one ReLU");
}

/** What value 1 of a node stands for in the DNN, one number for all or one for each channel. */
type Unit = readonly number[];

const unitAt = (unit: Unit, channel: number): number => unit[channel % unit.length]!;
const sameUnit = (a: Unit, b: Unit): boolean => {
  const most = Math.max(a.length, b.length);
  return Array.from({length: most}).every((_, c) => unitAt(a, c) === unitAt(b, c));
};
const ONE: Unit = [1];

/** A conversion under way: the DNN, what is made of it, and the unit of each node so far. */
type Work = {
  readonly from: Network;
  readonly options: Required<ConversionOptions>;
  readonly builder: GraphBuilder;
  readonly parameters: Record<string, Tensor>;
  readonly statistics: Record<string, Tensor>;
  readonly units: Map<string, Unit>;
  /** Nodes whose values are spikes, or averages of them. */
  readonly spiking: Set<string>;
};

/** Ops that keep the unit of what they read. */
const LINEAR = ["avgPool", "globalAvgPool", "flatten", "dropout"];

/** The ReLU that a node's values reach and nothing else does. */
function onlyRelu(graph: Graph, id: string): GraphNode | undefined {
  const [reader, ...others] = consumersOf(graph).get(id)!;
  if (!reader || others.length > 0) return undefined;
  if (reader.op.kind === "relu") return reader;
  return LINEAR.includes(reader.op.kind) ? onlyRelu(graph, reader.id) : undefined;
}

/** The unit that the outputs of weights get. */
function ownUnit({from, options: {balance, scales}}: Work, id: string): Unit {
  const relu = balance === "layers" ? onlyRelu(from.graph, id) : undefined;
  return relu ? [scales.activations[relu.id]!] : ONE;
}

/** A gain for each channel, as a normalisation with mean 0 and variance 1. */
function addGain({builder, parameters, statistics, units}: Work, from: string, to: Unit): string {
  const id = `${from}.gain`;
  if (units.has(id)) return id;
  const unit = units.get(from)!;
  builder.add(id, {kind: "batchNorm", statistics: "joint"}, [from]);
  const channels = builder.shapeOf(id).at(-1)!;
  const gains = Float32Array.from({length: channels}, (_, c) => (unitAt(unit, c) / unitAt(to, c)) * Math.sqrt(1 + EPSILON)); // prettier-ignore
  parameters[`${id}.gamma`] = tensor(gains);
  parameters[`${id}.beta`] = zeros([channels]);
  statistics[`${id}.mean`] = zeros([channels]);
  statistics[`${id}.variance`] = ones([channels]);
  units.set(id, to);
  return id;
}

/** The id of a value in the unit that is asked for. */
const inUnit = (work: Work, id: string, unit: Unit): string =>
  sameUnit(work.units.get(id)!, unit) ? id : addGain(work, id, unit);

/** A layer with weights: what it reads has the unit u, what it gives the unit v: W·u/v, b/v. */
function addWeighted(work: Work, node: Weighted): void {
  const {from, builder, parameters, units} = work;
  const [read, own] = [units.get(node.inputs[0]!.from)!, ownUnit(work, node.id)];
  const name = weightsName(node);
  parameters[name] = tidy(() => {
    const w = from.parameters[name]!; // [..., Cin, Cout]
    const rows = w.shape.at(-2)!;
    const factors = tensor(
      Float32Array.from({length: rows}, (_, c) => unitAt(read, c) / own[0]!),
      [rows, 1],
    );
    return w.mul(factors);
  });
  if (node.op.bias) parameters[`${node.id}.bias`] = tidy(() => from.parameters[`${node.id}.bias`]!.div(own[0]!));
  builder.add(node.id, node.op, node.inputs, {weights: node.weights});
  units.set(node.id, own);
}

/** A normalisation that stays: γ·u/v, β/v and the mean over u. */
function addNorm(work: Work, {id, inputs}: GraphNode): void {
  const {from, builder, parameters, statistics, units} = work;
  const [read, own] = [units.get(inputs[0]!.from)!, ownUnit(work, id)];
  const {[`${id}.gamma`]: gamma, [`${id}.beta`]: beta} = from.parameters;
  const {[`${id}.mean`]: mean, [`${id}.variance`]: variance} = from.statistics;
  builder.add(id, {kind: "batchNorm", statistics: "joint"}, inputs);
  parameters[`${id}.gamma`] = scaledChannels(gamma!, (c) => unitAt(read, c) / own[0]!);
  parameters[`${id}.beta`] = tidy(() => beta!.div(own[0]!));
  statistics[`${id}.mean`] = scaledChannels(mean!, (c) => 1 / unitAt(read, c));
  statistics[`${id}.variance`] = variance!.clone();
  units.set(id, own);
}

function neuronFor({options: {start}}: Work, threshold: number): NeuronSpec {
  const fraction = STARTS[start];
  return neuronOf("if", {threshold, reset: "soft", ...(fraction && {start: fraction})});
}

/** A population in place of a ReLU; what it reads must have the unit that its scale says, or 1. */
function addPopulation(work: Work, {id, inputs}: GraphNode): void {
  const {builder, units, spiking, options} = work;
  const scale = options.scales.activations[id]!;
  const {from} = inputs[0]!;
  const layered = options.balance === "layers";
  if (layered && !sameUnit(units.get(from)!, [scale]))
    throw invalid("balance", "layers", `thresholds: ${id} reads more than one layer's own values, which no scale of a layer fits`); // prettier-ignore
  const current = layered ? from : inUnit(work, from, ONE);
  builder.add(id, {kind: "neurons", neuron: neuronFor(work, layered ? 1 : scale)}, [current]);
  units.set(id, [scale]);
  spiking.add(id);
}

/** Values that are summed, in one unit. */
function addSum(work: Work, {id, inputs, op, shape}: GraphNode): void {
  const {builder, units} = work;
  const read = inputs.map(({from}) => units.get(from)!);
  const unit = read.every((other) => sameUnit(other, read[0]!)) ? (read[0] ?? ONE) : ONE;
  builder.add(id, op, inputs.map(({from}) => inUnit(work, from, unit)), {shape}); // prettier-ignore
  units.set(id, unit);
}

function addConcat({builder, units}: Work, {id, inputs, op}: GraphNode): void {
  builder.add(id, op, inputs);
  units.set(id, inputs.flatMap(({from}) => Array.from({length: builder.shapeOf(from).at(-1)!}, (_, c) => unitAt(units.get(from)!, c)))); // prettier-ignore
}

/** A maximum of rates goes by counts of spikes; one of values that do not change over time is what it was. */
function addMaxPool({from, builder, units, spiking}: Work, node: GraphNode): void {
  const {op, id, inputs} = node;
  if (op.kind !== "maxPool") return;
  const source = inputs[0]!.from;
  const analog = !spiking.has(source);
  if (analog && reluBefore(from.graph, source))
    throw invalid("network", `maxPool in ${id}, of values that are no ReLU's`, "maximum pooling right after a ReLU, or average pooling"); // prettier-ignore
  builder.add(id, analog ? op : {...op, by: "spikeCount"}, inputs);
  units.set(id, units.get(source)!);
  if (!analog) spiking.add(id);
}

/** Whether a ReLU lies before a node. */
function reluBefore(graph: Graph, id: string): boolean {
  const {op, inputs} = nodeOf(graph, id);
  return op.kind === "relu" || inputs.some(({from}) => reluBefore(graph, from));
}

/** Neurons that fire for the outputs. */
function addReadout(work: Work, from: string): string {
  const {builder, units, options} = work;
  if (options.readout === "potentials") return inUnit(work, from, ONE);
  const id = `${from}.spikes`;
  builder.add(id, {kind: "neurons", neuron: neuronFor(work, options.scales.outputs)}, [inUnit(work, from, ONE)]);
  units.set(id, [options.scales.outputs]);
  return inUnit(work, id, ONE);
}

/** Ops that keep what they read: as it is, in its unit, spikes as spikes. */
function addSame({builder, units, spiking}: Work, {id, op, inputs}: GraphNode): void {
  builder.add(id, op, inputs);
  const {from} = inputs[0]!;
  units.set(id, units.get(from)!);
  if (spiking.has(from)) spiking.add(id);
}

function addMean(work: Work, {id, op, inputs}: GraphNode): void {
  work.builder.add(id, op, [addReadout(work, inputs[0]!.from)]);
  work.units.set(id, ONE);
}

function addInput({builder, units}: Work, {id, op, shape}: GraphNode): void {
  builder.add(id, op, [], {shape});
  units.set(id, ONE);
}

const refused = (_work: Work, {id, op}: GraphNode): never => {
  throw invalid("network", `${op.kind} in ${id}`, NO_DNN);
};

/** What each op becomes. */
const ADD: {readonly [K in OpKind]: (work: Work, node: GraphNode<never>) => void} = {
  input: addInput,
  conv2d: addWeighted,
  linear: addWeighted,
  batchNorm: addNorm,
  relu: addPopulation,
  neurons: refused,
  mix: refused,
  add: addSum,
  concat: addConcat,
  maxPool: addMaxPool,
  avgPool: addSame,
  globalAvgPool: addSame,
  flatten: addSame,
  dropout: addSame,
  meanOverTime: addMean,
  vote: addSame,
};

/**
 * The spiking network of a DNN. Its tensors are its own. Throws where an op has no spiking counterpart, or where scales of layers do not
 * fit the graph.
 */
export function convertNetwork(dnn: Network, options: ConversionOptions): Network {
  const {T, scales, balance = "thresholds", start = "zero", readout = "potentials"} = options;
  inRange("timesteps", T);
  checkName("balance", balance, BALANCES);
  checkName("start", start, STARTS);
  checkName("readout", readout, READOUTS);
  checkConvertible(dnn.graph);
  const from = foldNormalisation(dnn);
  const made = {parameters: {}, statistics: {}, units: new Map<string, Unit>(), spiking: new Set<string>()};
  const work: Work = {from, options: {T, scales, balance, start, readout}, builder: graphBuilder(T), ...made};
  try {
    for (const node of from.graph.nodes) ADD[node.op.kind](work, node as GraphNode<never>);
    return {graph: work.builder.build(), parameters: work.parameters, statistics: work.statistics};
  } finally {
    for (const value of [...Object.values(from.parameters), ...Object.values(from.statistics)]) value.dispose();
  }
}
