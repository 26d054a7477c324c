// The shapes of a network, once: costs are counted from them and parameters are created from them.
//
// Stage i (from 0) has C·2^i channels and maps of side size / (stemStride·2^i). Layers in order of computation:
//   stem, cell1.e01 …, reduction1, cell2.e01 …, last, fc1, fc2
// where eIJ is the edge from node I to node J (I > J: feedback). Batch normalisations: stem.bn, cell1.e01.bn,
// reduction1.bnIn (before the LIF), reduction1.bnOut, last.bn.

import type {Architecture} from "./architecture.js";
import {type Cell, edgesOf, parseOp} from "./cell.js";

export type Stage = {
  /** "cell1", "cell2", … */
  readonly name: string;
  readonly cell: Cell;
  readonly channels: number;
  /** Side of the maps, in and out. */
  readonly side: number;
};

export function stagesOf(a: Architecture): Stage[] {
  return a.cells.map((cell, i) => ({
    name: `cell${i + 1}`,
    cell,
    channels: a.channels * 2 ** i,
    side: a.input.size / (a.stemStride * 2 ** i),
  }));
}

export type HeadShape = {
  readonly channels: number;
  /** Side of the maps before and after the average pooling. */
  readonly side: number;
  readonly pooledSide: number;
  /** Inputs of the hidden layer: channels·pooledSide². */
  readonly inputs: number;
  readonly hidden: number;
  /** Units before voting: classes·voters. */
  readonly outputs: number;
};

export function headOf(a: Architecture): HeadShape {
  const {channels, side} = stagesOf(a).at(-1)!;
  const pooledSide = side / a.pool;
  return {
    channels,
    side,
    pooledSide,
    inputs: channels * pooledSide ** 2,
    hidden: a.head.hidden,
    outputs: a.classes * a.head.voters,
  };
}

export type Norm = {readonly name: string; readonly channels: number};

export type LayerShape = {
  /** Prefix of the layer's parameters. */
  readonly name: string;
  /** `norm`: batch normalisation and LIF alone, the layer `last`. */
  readonly kind: "conv" | "linear" | "norm";
  /** Side of the kernel; 1 for linear layers, 0 for `norm`. Padding is (kernelSize − 1)/2. */
  readonly kernelSize: number;
  readonly stride: number;
  readonly cin: number;
  readonly cout: number;
  /** Sides of the maps that enter and leave the convolution; 1 for linear layers. */
  readonly sideIn: number;
  readonly sideOut: number;
  readonly hasBias: boolean;
  /** Batch normalisations that belong to the layer, in order of computation. */
  readonly norms: readonly Norm[];
  /** What the weights meet: analog values, spikes, or spikes after average pooling, which are fractions. */
  readonly input: "analog" | "spikes" | "pooledSpikes";
  /** The spiking units whose output it reads (`lifsOf`); undefined for analog input. */
  readonly lif: string | undefined;
  /** The edge of a cell's convolution, its stage counted from 0, and the threshold of its own where it has one. */
  readonly edge?: {
    readonly stage: number;
    readonly from: number;
    readonly to: number;
    readonly threshold: number | undefined;
  };
};

/** Name of the spike train that leaves a node: one for each threshold, since a neuron has no weights. */
export function lifName(a: Architecture, stage: string, node: number, threshold: number | undefined): string {
  const own = threshold !== undefined && threshold !== a.neuron.threshold;
  return `${stage}.n${node}${own ? `@${threshold}` : ""}`;
}

const conv = (name: string, kernelSize: number, cin: number, cout: number, sideIn: number, sideOut = sideIn) =>
  ({name, kind: "conv", kernelSize, stride: sideIn / sideOut, cin, cout, sideIn, sideOut, hasBias: false}) as const;

const linear = (name: string, cin: number, cout: number, hasBias: boolean) =>
  ({name, kind: "linear", kernelSize: 1, stride: 1, cin, cout, sideIn: 1, sideOut: 1, hasBias, norms: []}) as const;

/** The convolutions of one cell: forward edges first, column by column, as written: a dead edge has its weights too. */
function cellLayers(a: Architecture, {name: stage, cell, channels, side}: Stage, index: number): LayerShape[] {
  const {forward, feedback} = edgesOf(cell);
  return [...forward, ...feedback].flatMap(({from, to, op}): LayerShape[] => {
    const parsed = parseOp(op);
    if (parsed.kind !== "conv") return [];
    const name = `${stage}.e${from}${to}`;
    return [
      {
        ...conv(name, parsed.kernelSize, channels, channels, side),
        norms: [{name: `${name}.bn`, channels}],
        input: "spikes",
        lif: lifName(a, stage, from, parsed.threshold),
        edge: {stage: index, from, to, threshold: parsed.threshold},
      },
    ];
  });
}

function reductionLayer(name: string, {channels, side}: Stage): LayerShape {
  const norms = [
    {name: `${name}.bnIn`, channels},
    {name: `${name}.bnOut`, channels: 2 * channels},
  ];
  return {...conv(name, 3, channels, 2 * channels, side), norms, input: "spikes", lif: name};
}

/** Every layer with parameters, in order of computation. */
export function layersOf(a: Architecture): LayerShape[] {
  const stages = stagesOf(a);
  const {channels, side, inputs, hidden, outputs} = headOf(a);
  const stem = conv("stem", 3, a.input.channels, a.channels, a.input.size, stages[0]!.side);
  const last = {name: "last", kind: "norm", kernelSize: 0, stride: 1, cin: channels, cout: channels} as const;
  return [
    {...stem, norms: [{name: "stem.bn", channels: a.channels}], input: "analog", lif: undefined},
    ...stages.flatMap((stage, i) => [
      ...(i > 0 ? [reductionLayer(`reduction${i}`, stages[i - 1]!)] : []),
      ...cellLayers(a, stage, i),
    ]),
    {
      ...last,
      sideIn: side,
      sideOut: side,
      hasBias: false,
      norms: [{name: "last.bn", channels}],
      input: "analog",
      lif: undefined,
    },
    {...linear("fc1", inputs, hidden, false), input: a.pool > 1 ? "pooledSpikes" : "spikes", lif: "last"},
    {...linear("fc2", hidden, outputs, true), input: "spikes", lif: "head"},
  ];
}
