// Every spiking unit of a network: how many neurons, and what one of their spikes sets in motion.
//
//   synOps = Σ over LIFs of (spikes · fan-out)
//
// A k×k convolution to C channels has fan-out k²·C in the interior; at the border part of the kernel hangs over the
// edge. With stride s and padding (k − 1)/2 along one axis the pairs (input, output) that touch are counted exactly, so
// `meanFanOut` is the mean over all neurons and neurons·meanFanOut the connections that exist.
//
// Names: cell1.n0 is the spike train that leaves node 0 of cell 1, read by all its convolutions; cell1.n0@0.5 has a
// threshold of its own. reduction1, last and head follow their layer.

import type {Architecture} from "./architecture.js";
import {headOf, type LayerShape, layersOf, stagesOf} from "./stages.js";

/** Pairs of an input and an output position that touch along one axis. */
export function touches({kernelSize, stride, sideIn, sideOut}: LayerShape): number {
  const reach = (kernelSize - 1) / 2;
  let count = 0;
  for (let o = 0; o < sideOut; ++o)
    count += Math.min(sideIn - 1, o * stride + reach) - Math.max(0, o * stride - reach) + 1;
  return count;
}

/** Weights met by all inputs together when each is a spike: additions of one dense timestep. */
export const connections = (layer: LayerShape): number => layer.cin * layer.cout * touches(layer) ** 2;

export type LifReader = {
  /** The layer's name. */
  readonly layer: string;
  /** Whether average pooling lies between, so that the layer meets fractions. */
  readonly pooled: boolean;
  /** Weights that one spike meets, away from the border. */
  readonly fanOut: number;
  /** The same, mean over all neurons. */
  readonly meanFanOut: number;
  /** Weights that the spikes of all neurons together meet. */
  readonly connections: number;
};

export type LifShape = {
  readonly name: string;
  readonly channels: number;
  /** Side of the map of neurons; 1 after a linear layer. */
  readonly side: number;
  /** Neurons of one image: channels·side². */
  readonly neurons: number;
  readonly threshold: number;
  readonly readers: readonly LifReader[];
};

function readerOf(layer: LayerShape, neurons: number): LifReader {
  const {name, kind, kernelSize, cout, input} = layer;
  const met = kind === "linear" ? neurons * cout : connections(layer);
  return {
    layer: name,
    pooled: input === "pooledSpikes",
    fanOut: kernelSize ** 2 * cout,
    meanFanOut: met / neurons,
    connections: met,
  };
}

/** Every spiking unit, in order of computation. */
export function lifsOf(a: Architecture, layers: readonly LayerShape[] = layersOf(a)): LifShape[] {
  const head = headOf(a);
  const lif = (name: string, channels: number, side: number, threshold = a.neuron.threshold): LifShape => {
    const neurons = channels * side ** 2;
    const readers = layers.filter((layer) => layer.lif === name).map((layer) => readerOf(layer, neurons));
    return {name, channels, side, neurons, threshold, readers};
  };
  const found: LifShape[] = [];
  stagesOf(a).forEach(({cell, channels, side}, i) => {
    if (i > 0) found.push(lif(`reduction${i}`, channels / 2, side * 2));
    for (let node = 0; node < cell.length; ++node)
      for (const {lif: name, edge} of layers)
        if (edge?.stage === i && edge.from === node && !found.some((other) => other.name === name))
          found.push(lif(name!, channels, side, edge.threshold));
  });
  return [...found, lif("last", head.channels, head.side), lif("head", head.hidden, 1)];
}
