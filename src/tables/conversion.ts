// A conversion as rows: over time, and layer by layer.

import {accuracyInterval} from "../analysis/interval.js";
import type {ConversionRecord} from "../records/conversion.js";
import type {Row} from "./rows.js";

/** One row a timestep: accuracy with its interval over test images, spikes and synaptic operations per image so far. */
export const overTimeRows = ({snn}: ConversionRecord): Row[] =>
  snn.accuracy.map((accuracy, i) => {
    const {low, high} = accuracyInterval(snn.correct[i]!, snn.n);
    return {timesteps: i + 1, accuracy, low, high, spikes: snn.spikes[i]!, synOps: snn.synOps[i]!};
  });

/** One row a ReLU: its zeros and scale in the DNN, what its neurons do in all timesteps. */
export const conversionLayerRows = ({snn, scales, dnn}: ConversionRecord): Row[] =>
  Object.keys(scales).map((layer) => ({
    layer,
    neurons: snn.neurons[layer],
    scale: scales[layer],
    zeros: dnn.zerosByLayer[layer],
    firingRate: snn.spikesByLayer[layer]!.at(-1)! / (snn.neurons[layer]! * snn.T),
    spikes: snn.spikesByLayer[layer]!.at(-1),
    synOps: snn.synOpsByLayer[layer]!.at(-1),
  }));

/** Timesteps that a table shows: powers of two, the latency and the last. */
export function shownTimesteps({snn: {T}, latency}: ConversionRecord): number[] {
  const powers = Array.from({length: Math.floor(Math.log2(T)) + 1}, (_, k) => 2 ** k);
  return [...new Set([...powers, ...(latency === undefined ? [] : [latency]), T])].sort((a, b) => a - b);
}
