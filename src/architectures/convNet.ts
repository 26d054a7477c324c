// A plain convolutional network, spiking or not: a list of layers, one after the other, as plain data.
//
//   conv      k×k convolution ─ batch normalisation ─ activation
//   pool      average or maximum over windows
//   linear    [flatten] ─ [dropout] ─ linear ─ activation
//   readout   [flatten] ─ [dropout] ─ linear to classes·voters ─ mean over time ─ vote      always the last, made from `classes`
//
// The activation is a population of `neuron`, or ReLU where `neuron` is null. With direct encoding the first convolution and
// its normalisation run once.

import {check, checkName, checkOptions, invalid} from "../check.js";
import {inRange} from "../ranges.js";
import {graphBuilder} from "../graphs/build.js";
import {type EncodingName, encodingEntry} from "../graphs/encoding.js";
import type {Graph, Shape} from "../graphs/graph.js";
import {checkNeuron, type NeuronSpec, SNASNET_NEURON} from "../graphs/neuron.js";
import {isKernelSize, KERNEL_SIZE_RULE} from "../graphs/ops.js";
import {checkWeightPlan, type WeightPlan} from "./weightPlan.js";

export type ConvNetLayer =
  | {
      readonly kind: "conv";
      readonly channels: number;
      /** 3 unless given. */ readonly kernelSize?: number;
      readonly stride?: 1 | 2;
    }
  | {
      readonly kind: "avgPool" | "maxPool";
      /** Side and step of the windows, 2 unless given. */ readonly window?: number;
    }
  | {readonly kind: "linear"; readonly units: number; readonly dropout?: number};

export type ConvNet = {
  readonly family: "convNet";
  /** Sides of the images in pixels, one number for squares, and their channels. */
  readonly input: {readonly size: number | readonly [height: number, width: number]; readonly channels: number};
  readonly classes: number;
  readonly layers: readonly ConvNetLayer[];
  /** Output units for each class, averaged into its vote. */
  readonly voters: number;
  /** Timesteps T. */
  readonly T: number;
  /** null: ReLU, a DNN. */
  readonly neuron: NeuronSpec | null;
  readonly normalisation: "perTimestep" | "joint";
  readonly encoding?: EncodingName;
  /** How weights are pruned and quantised; at 32 bits, all of them, where it is absent. */
  readonly weights?: WeightPlan;
};

/** A network small enough for a laptop; every field can be replaced. `neuron: null` makes it a DNN, of one timestep. */
export function convNet(changes: Partial<Omit<ConvNet, "family">> = {}): ConvNet {
  return validateConvNet({
    family: "convNet",
    input: {size: 32, channels: 3},
    classes: 10,
    layers: [
      {kind: "conv", channels: 16},
      {kind: "avgPool"},
      {kind: "conv", channels: 32},
      {kind: "avgPool"},
      {kind: "linear", units: 64},
    ],
    voters: 10,
    T: changes.neuron === null ? 1 : 4,
    neuron: SNASNET_NEURON,
    normalisation: "perTimestep",
    ...changes,
  });
}

const LAYER_FIELDS: Readonly<Record<ConvNetLayer["kind"], readonly string[]>> = {
  conv: ["kind", "channels", "kernelSize", "stride"],
  avgPool: ["kind", "window"],
  maxPool: ["kind", "window"],
  linear: ["kind", "units", "dropout"],
};
const FIELDS: Readonly<Record<keyof ConvNet, true>> = {
  family: true,
  input: true,
  classes: true,
  layers: true,
  voters: true,
  T: true,
  neuron: true,
  normalisation: true,
  encoding: true,
  weights: true,
};

function checkLayer(layer: ConvNetLayer): void {
  checkOptions(`${layer.kind} layer`, layer, LAYER_FIELDS[checkName("layer", layer.kind, LAYER_FIELDS)]);
  if (layer.kind === "conv") {
    inRange("channels", layer.channels);
    const {kernelSize = 3, stride = 1} = layer;
    check("kernel size", kernelSize, isKernelSize(kernelSize), KERNEL_SIZE_RULE);
    check("stride", stride, stride === 1 || stride === 2, "1 or 2");
  } else if (layer.kind === "linear") {
    inRange("units", layer.units);
    inRange("dropout", layer.dropout ?? 0);
  } else inRange("window", layer.window ?? 2);
}

/** Returns `net`, or throws an InputError that says what to change. */
export function validateConvNet(net: ConvNet): ConvNet {
  checkOptions("convNet", net, Object.keys(FIELDS));
  inRange("inputChannels", net.input.channels);
  for (const side of sides(net.input.size)) inRange("inputSize", side);
  inRange("classes", net.classes);
  inRange("voters", net.voters);
  inRange("timesteps", net.T, "T");
  if (net.neuron !== null) checkNeuron(net.neuron);
  if (net.encoding !== undefined) encodingEntry(net.encoding);
  if (net.weights !== undefined) checkWeightPlan(net.weights);
  checkName("normalisation", net.normalisation, {perTimestep: 0, joint: 0});
  check("layers", net.layers, Array.isArray(net.layers), "a list of layers");
  net.layers.forEach(checkLayer);
  const firstLinear = net.layers.findIndex(({kind}) => kind === "linear");
  const after = net.layers.slice(firstLinear).find(({kind}) => kind !== "linear");
  if (firstLinear >= 0 && after) throw invalid("layers", after, "linear layers after all convolutions and pooling");
  convNetGraph(net);
  return net;
}

const sides = (size: number | readonly [number, number]): readonly [number, number] =>
  typeof size === "number" ? [size, size] : size;

/** Its graph: conv1, pool2, fc3 …, named by their place in the list; readout is the last linear layer. */
export function convNetGraph(net: ConvNet): Graph {
  const {input, neuron, normalisation, T, encoding = "direct"} = net;
  const b = graphBuilder(T);
  const activate = (id: string, value: string): string =>
    b.add(id, neuron ? {kind: "neurons", neuron} : {kind: "relu"}, [value]);
  let constant = encodingEntry(encoding).constant;
  let value = b.add("input", {kind: "input", encoding}, [], {shape: [...sides(input.size), input.channels] as Shape});
  const vector = (id: string, dropout = 0): string => {
    if (b.shapeOf(value).length > 1) value = b.add(`${id}.flatten`, {kind: "flatten"}, [value]);
    if (dropout > 0) value = b.add(`${id}.dropout`, {kind: "dropout", rate: dropout}, [value]);
    return value;
  };
  net.layers.forEach((layer, i) => {
    const id = `${layer.kind === "conv" ? "conv" : layer.kind === "linear" ? "fc" : "pool"}${i + 1}`;
    if (layer.kind === "conv") {
      const {channels, kernelSize = 3, stride = 1} = layer;
      b.add(`${id}.conv`, {kind: "conv2d", kernelSize, stride, channels, bias: false}, [value]);
      b.add(`${id}.bn`, {kind: "batchNorm", statistics: constant ? "once" : normalisation}, [`${id}.conv`]);
      value = activate(id, `${id}.bn`);
      constant &&= neuron === null;
    } else if (layer.kind === "linear") {
      b.add(`${id}.linear`, {kind: "linear", units: layer.units, bias: true}, [vector(id, layer.dropout)]);
      value = activate(id, `${id}.linear`);
      constant &&= neuron === null;
    } else {
      const {window = 2} = layer;
      value =
        layer.kind === "avgPool"
          ? b.add(id, {kind: "avgPool", window, stride: window, padding: "none"}, [value])
          : b.add(id, {kind: "maxPool", window}, [value]);
    }
  });
  b.add("readout", {kind: "linear", units: net.classes * net.voters, bias: true}, [vector("readout")]);
  b.add("mean", {kind: "meanOverTime"}, ["readout"]);
  b.add("logits", {kind: "vote", voters: net.voters}, ["mean"]);
  return b.build();
}
