// What an architecture costs, in closed form, before anything is built.
//
//   params = Σ over layers (k²·Cin·Cout + bias + 2 per normalised channel), + 1 per LIF where τ is learnt
//   macs   = multiply-accumulates per image of layers that meet analog values: the stem, once
//   acs    = additions per image of layers that meet spikes: T · connections when every neuron fires at every timestep
//
// Convention for fc1, which average pooling hands fractions: by default each spike before the pooling adds H weights
// (`fc1: "acs"`, the pooling's 1/p² being part of the weights). `fc1: "macs"` counts fc1 as multiplying its fractions at each
// timestep instead, as counters do that ask whether a layer's input is binary. At pool 1 it meets spikes and adds either way.
// MACs count the zero padding, as operation counters do; ACs do not, since no spike comes from there. Skip and average pooling
// edges, batch normalisation and the neurons' own arithmetic have no weights to fetch and are not counted.

import {checkRange} from "../check.js";
import type {Architecture} from "./architecture.js";
import {edgesOf} from "./cell.js";
import {type LifReader, type LifShape, lifsOf} from "./lifs.js";
import {receptiveField} from "./receptiveField.js";
import {type LayerShape, layersOf, stagesOf} from "./stages.js";

/** How the hidden layer's work is counted where average pooling precedes it. */
export type Convention = {readonly fc1?: "macs" | "acs"};

const FLOAT_BYTES = 4;
const HEAD = ["fc1", "fc2"];

export const weightsOf = ({kernelSize, cin, cout}: LayerShape): number => kernelSize ** 2 * cin * cout;

/** Weights, bias and the scale and shift of its batch normalisations. */
export const paramsOfLayer = (layer: LayerShape): number =>
  weightsOf(layer) + (layer.hasBias ? layer.cout : 0) + layer.norms.reduce((sum, {channels}) => sum + 2 * channels, 0);

const sumOf = <T>(list: readonly T[], value: (item: T) => number): number =>
  list.reduce((sum, item) => sum + value(item), 0);

/** What costs are counted from; made once where several are wanted. */
export type Shapes = {readonly layers: readonly LayerShape[]; readonly lifs: readonly LifShape[]};

export function shapesOf(a: Architecture): Shapes {
  const layers = layersOf(a);
  return {layers, lifs: lifsOf(a, layers)};
}

/** Trainable parameters. */
export function paramsOf(a: Architecture, {layers, lifs} = shapesOf(a)): number {
  return sumOf(layers, paramsOfLayer) + (a.neuron.model === "plif" ? lifs.length : 0);
}

/** Parameters of all but the two linear layers and the LIF between them: what a cell's wiring and kernels decide. */
export function paramsWithoutHead(a: Architecture, {layers, lifs} = shapesOf(a)): number {
  const body = layers.filter(({name}) => !HEAD.includes(name));
  return sumOf(body, paramsOfLayer) + (a.neuron.model === "plif" ? lifs.length - 1 : 0);
}

/** Bytes of all parameters at `bits` each, rounded up. */
export const weightBytes = (a: Architecture, bits = 32, shapes = shapesOf(a)): number =>
  Math.ceil((paramsOf(a, shapes) * checkRange("bits", bits, 1, 32)) / 8);

/** Multiply-accumulates of one pass over dense values, padding counted: what a DNN of this shape would do. */
export const macsOfLayer = (layer: LayerShape): number => weightsOf(layer) * layer.sideOut ** 2;

const multiplies = (layer: LayerShape, {fc1 = "acs"}: Convention): boolean =>
  layer.input === "analog" || (layer.input === "pooledSpikes" && fc1 === "macs");

/** Multiply-accumulates per image. The stem runs once, since its input does not change over T. */
export function macsOf(a: Architecture, convention: Convention = {}, {layers} = shapesOf(a)): number {
  const analog = layers.filter((layer) => multiplies(layer, convention));
  return sumOf(analog, (layer) => macsOfLayer(layer) * (layer.name === "stem" ? 1 : a.T));
}

const adds = (reader: LifReader, {fc1 = "acs"}: Convention): boolean => !reader.pooled || fc1 === "acs";

/** Synaptic operations that one spike of `lif` causes: the mean over its neurons, and that of an interior neuron. */
export function synOpsPerSpike(lif: LifShape, convention: Convention = {}): {mean: number; interior: number} {
  const readers = lif.readers.filter((reader) => adds(reader, convention));
  return {mean: sumOf(readers, ({meanFanOut}) => meanFanOut), interior: sumOf(readers, ({fanOut}) => fanOut)};
}

/** Additions per image when every neuron fires at each of the T timesteps. */
export function worstCaseAcs(a: Architecture, convention: Convention = {}, {lifs} = shapesOf(a)): number {
  const readers = lifs.flatMap((lif) => lif.readers.filter((reader) => adds(reader, convention)));
  return a.T * sumOf(readers, ({connections}) => connections);
}

/** Outputs of all layers for one image and one timestep at 32 bits, none reused: training keeps T times this. */
export const activationBytes = (a: Architecture, {layers} = shapesOf(a)): number =>
  FLOAT_BYTES * sumOf(layers, ({cout, sideOut}) => cout * sideOut ** 2);

/** What one image carries from a timestep to the next at 32 bits: membranes, and the sums that feedback edges leave. */
export function stateBytes(a: Architecture, {lifs} = shapesOf(a)): number {
  const buffers = sumOf(stagesOf(a), ({cell, channels, side}) => {
    const targets = new Set(edgesOf(cell).feedback.map(({to}) => to));
    return targets.size * channels * side ** 2;
  });
  return FLOAT_BYTES * (sumOf(lifs, ({neurons}) => neurons) + buffers);
}

export type Cost = {
  readonly params: number;
  readonly paramsWithoutHead: number;
  /** Precision of the weights. */
  readonly bits: number;
  readonly weightBytes: number;
  /** Per image, under the convention `fc1`. */
  readonly macs: number;
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
export function costOf(a: Architecture, {bits = 32, fc1 = "acs"}: Convention & {readonly bits?: number} = {}): Cost {
  const shapes = shapesOf(a);
  return {
    params: paramsOf(a, shapes),
    paramsWithoutHead: paramsWithoutHead(a, shapes),
    bits,
    weightBytes: weightBytes(a, bits, shapes),
    macs: macsOf(a, {fc1}, shapes),
    stemMacs: macsOfLayer(shapes.layers[0]!),
    worstCaseAcs: worstCaseAcs(a, {fc1}, shapes),
    dnnMacs: sumOf(shapes.layers, macsOfLayer),
    activationBytes: activationBytes(a, shapes),
    stateBytes: stateBytes(a, shapes),
    neurons: sumOf(shapes.lifs, ({neurons}) => neurons),
    receptiveField: receptiveField(a),
    fc1,
  };
}
