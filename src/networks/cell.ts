// A cell's forward pass: nodes are sums of their incoming edges; a convolution reads its node's spike train.
//
// Forward cells take all timesteps at once. With feedback edges, time is stepped: what a feedback edge carries at t is added
// to its target node at t + 1 (nothing at t = 0), after the forward edges have been summed there (SNASNet, arXiv 2201.10355):
//
//   n_j[t] = Σ_{i<j} f_ij(n_i[t]) + b_j[t],     b_j[t+1] = Σ_{i>j} f_ij(n_i[t])
//
// A LIF has no weights, so the convolutions that leave a node share one spike train (one for each distinct threshold). The stem's
// output is the same at every timestep: nodes that depend on nothing else are kept once, [B, H, W, C].

import type {Architecture} from "../architectures/architecture.js";
import {edgesOf, parseOp} from "../architectures/cell.js";
import {lifName, type Stage} from "../architectures/stages.js";
import {avgPool3} from "../kernels/index.js";
import {addN, concat, dispose, split, type Tensor, type Tensor4D, zerosLike} from "../tf.js";
import type {Currents, Layers} from "./layers.js";

/** What ends at a node: convolutions, to be normalised, and what is added as it is. */
type Incoming = {readonly terms: {readonly name: string; readonly y: Tensor}[]; readonly addends: Tensor[]};

/** The sum of what ends at a node, which is used up but for addends in `shared`. */
function valueOf(layers: Layers, {terms, addends}: Incoming, like: Tensor, shared: ReadonlySet<Tensor>): Tensor {
  if (terms.length + addends.length === 0) return zerosLike(like);
  const value = terms.length === 0 && addends.length === 1 ? addends[0]!.clone() : layers.sum(terms, addends);
  dispose([...terms.map(({y}) => y), ...addends.filter((addend) => !shared.has(addend))]);
  return value;
}

/** Input and output [T·B, H, W, C]; the input may be the same at every timestep. Maps are freed as soon as they are used. */
export function forwardCell(a: Architecture, layers: Layers, stage: Stage, input: Currents): Tensor4D {
  const {name: stageName, cell} = stage;
  const {forward} = edgesOf(cell);
  const incoming = cell.map((): Incoming => ({terms: [], addends: []}));
  incoming[0]!.addends.push(input.x);
  const rows = input.constant ? input.x.shape[0] * a.T : input.x.shape[0];
  const values: Tensor[] = [];
  const shared = new Set([input.x]);
  for (let node = 0; node < cell.length; ++node) {
    const value = valueOf(layers, incoming[node]!, input.x, shared);
    values.push(value);
    shared.add(value);
    const constant = value.shape[0] !== rows;
    const trains = new Map<string, {threshold: number | undefined; edges: {name: string; to: number}[]}>();
    for (const {from, to, op} of forward) {
      if (from !== node) continue;
      const parsed = parseOp(op);
      if (parsed.kind === "conv") {
        const lif = lifName(a, stageName, node, parsed.threshold);
        if (!trains.has(lif)) trains.set(lif, {threshold: parsed.threshold, edges: []});
        trains.get(lif)!.edges.push({name: `${stageName}.e${from}${to}`, to});
      } else incoming[to]!.addends.push(parsed.kind === "avgPool" ? avgPool3(value as Tensor4D) : value);
    }
    for (const [lif, {threshold, edges}] of trains) {
      const readers = edges.map(({name}) => ({conv: name}));
      const maps = layers.spiking(lif, {x: value, constant}, readers, {threshold});
      edges.forEach(({name, to}, i) => incoming[to]!.terms.push({name: `${name}.bn`, y: maps[i]!}));
    }
    const wanted = new Set(incoming.slice(node + 1).flatMap(({addends}) => addends));
    for (const old of values) if (!wanted.has(old) && node < cell.length - 1) old.dispose();
  }
  values.slice(0, -1).forEach((old) => old.dispose());
  const last = values.at(-1)!;
  return (last.shape[0] === rows ? last : last.tile([a.T, 1, 1, 1])) as Tensor4D;
}

/** Spikes of a node, computed on first use. */
type SpikesOf = (node: number, value: Tensor4D, threshold: number | undefined) => Tensor4D;

const total = (terms: Tensor4D[]): Tensor4D => (terms.length === 1 ? terms[0]! : addN(terms));

/** What edge from → to carries for the node value `x` of one timestep. */
function carry(layers: Layers, stage: Stage, from: number, to: number, x: Tensor4D, spikesOf: SpikesOf): Tensor4D {
  const op = parseOp(stage.cell[from]![to]!);
  if (op.kind === "conv") {
    const name = `${stage.name}.e${from}${to}`;
    return layers.norm(`${name}.bn`, layers.conv(name, spikesOf(from, x, op.threshold)), 1);
  }
  return op.kind === "avgPool" ? avgPool3(x) : x;
}

/** The same, timestep by timestep, for cells with feedback edges. */
export function feedbackCell(a: Architecture, layers: Layers, stage: Stage, {x, constant}: Currents): Tensor4D {
  const input = constant ? x.tile([a.T, 1, 1, 1]) : x;
  const {name: stageName, cell} = stage;
  const {forward, feedback} = edgesOf(cell);
  const potentials = new Map<string, Tensor4D>();
  let buffers: (Tensor4D | undefined)[] = cell.map(() => undefined);
  const outputs: Tensor4D[] = [];
  for (const current of split(input, a.T)) {
    const trains = new Map<string, Tensor4D>();
    const spikesOf: SpikesOf = (node, value, threshold) => {
      const name = lifName(a, stageName, node, threshold);
      if (!trains.has(name)) {
        const {s, v} = layers.lifStep(name, value, potentials.get(name), threshold);
        potentials.set(name, v);
        trains.set(name, s);
      }
      return trains.get(name)!;
    };
    const values: Tensor4D[] = [];
    const incoming: Tensor4D[][] = cell.map((_, node) => (buffers[node] ? [buffers[node]] : []));
    incoming[0]!.push(current as Tensor4D);
    for (let node = 0; node < cell.length; ++node) {
      values.push(incoming[node]!.length ? total(incoming[node]!) : zerosLike(current as Tensor4D));
      for (const {from, to} of forward)
        if (from === node) incoming[to]!.push(carry(layers, stage, from, to, values[node]!, spikesOf));
    }
    const fed: Tensor4D[][] = cell.map(() => []);
    for (const {from, to} of feedback) fed[to]!.push(carry(layers, stage, from, to, values[from]!, spikesOf));
    buffers = fed.map((terms) => (terms.length ? total(terms) : undefined));
    outputs.push(values.at(-1)!);
  }
  return concat(outputs);
}
