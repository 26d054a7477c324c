// A cell's forward pass: nodes are sums of their incoming edges; a convolution reads its node's spike train.
//
// Forward cells take all timesteps at once. With feedback edges, time is stepped: what a feedback edge carries at t is added
// to its target node at t + 1 (nothing at t = 0), after the forward edges have been summed there (SNASNet, arXiv 2201.10355):
//
//   n_j[t] = Σ_{i<j} f_ij(n_i[t]) + b_j[t],     b_j[t+1] = Σ_{i>j} f_ij(n_i[t])
//
// A LIF has no weights, so the convolutions that leave a node share one spike train (one for each distinct threshold).

import type {Architecture} from "../architectures/architecture.js";
import {edgesOf, parseOp} from "../architectures/cell.js";
import {lifName, type Stage} from "../architectures/stages.js";
import {avgPool3} from "../kernels/index.js";
import {addN, concat, split, type Tensor4D, zerosLike} from "../tf.js";
import type {Layers} from "./layers.js";

/** Spikes of a node, computed on first use. */
type SpikesOf = (node: number, value: Tensor4D, threshold: number | undefined) => Tensor4D;

const total = (terms: Tensor4D[]): Tensor4D => (terms.length === 1 ? terms[0]! : addN(terms));

/** What edge from → to carries for the node value `x`. */
function carry(
  layers: Layers,
  stage: Stage,
  from: number,
  to: number,
  x: Tensor4D,
  spikesOf: SpikesOf,
  groups?: number,
): Tensor4D {
  const op = parseOp(stage.cell[from]![to]!);
  if (op.kind === "conv") {
    const name = `${stage.name}.e${from}${to}`;
    return layers.norm(`${name}.bn`, layers.conv(name, spikesOf(from, x, op.threshold)), groups);
  }
  return op.kind === "avgPool" ? avgPool3(x) : x;
}

/** Input and output [T·B, H, W, C]. */
export function forwardCell(a: Architecture, layers: Layers, stage: Stage, input: Tensor4D): Tensor4D {
  const {name: stageName, cell} = stage;
  const trains = new Map<string, Tensor4D>();
  const spikesOf: SpikesOf = (node, value, threshold) => {
    const name = lifName(a, stageName, node, threshold);
    if (!trains.has(name)) trains.set(name, layers.lif(name, value, threshold));
    return trains.get(name)!;
  };
  const incoming: Tensor4D[][] = cell.map(() => []);
  incoming[0]!.push(input);
  const values: Tensor4D[] = [];
  const {forward} = edgesOf(cell);
  for (let node = 0; node < cell.length; ++node) {
    values.push(incoming[node]!.length ? total(incoming[node]!) : zerosLike(input));
    for (const {from, to} of forward)
      if (from === node) incoming[to]!.push(carry(layers, stage, from, to, values[node]!, spikesOf));
  }
  return values.at(-1)!;
}

/** The same, timestep by timestep, for cells with feedback edges. */
export function feedbackCell(a: Architecture, layers: Layers, stage: Stage, input: Tensor4D): Tensor4D {
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
        if (from === node) incoming[to]!.push(carry(layers, stage, from, to, values[node]!, spikesOf, 1));
    }
    const fed: Tensor4D[][] = cell.map(() => []);
    for (const {from, to} of feedback) fed[to]!.push(carry(layers, stage, from, to, values[from]!, spikesOf, 1));
    buffers = fed.map((terms) => (terms.length ? total(terms) : undefined));
    outputs.push(values.at(-1)!);
  }
  return concat(outputs);
}
