// Where a network spends its spikes: firing rate and synaptic operations, layer by layer.

import type {Evaluation} from "../training/evaluate.js";
import {type Figure, figure, PALETTE, type Trace} from "./figure.js";

/** Two panels of bars over the populations in order of computation. `of` says which images, for the caption. */
export function firingRatesFigure(
  {firingRates, synOpsByLayer, meanFiringRate}: Pick<Evaluation, "firingRates" | "synOpsByLayer" | "meanFiringRate">,
  {of = "images"}: {of?: string} = {},
): Figure {
  const layers = Object.keys(firingRates);
  const bars = (axis: "" | "2", color: string, values: readonly number[]): Trace => ({
    ...{type: "bar", orientation: "h", y: layers, x: values, xaxis: `x${axis}`, yaxis: `y${axis}`},
    marker: {color},
  });
  const y = {autorange: "reversed", showgrid: false, ticks: ""};
  return figure({
    data: [
      bars("", PALETTE[0]!, layers.map((name) => firingRates[name]!)), // prettier-ignore
      bars("2", PALETTE[1]!, layers.map((name) => synOpsByLayer[name]! / 1e3)), // prettier-ignore
    ],
    layout: {
      title: {text: "Activity by layer"},
      height: 120 + 28 * layers.length,
      showlegend: false,
      xaxis: {title: {text: "spikes per neuron and timestep"}, domain: [0, 0.48], rangemode: "tozero"},
      yaxis: y,
      xaxis2: {title: {text: "synaptic operations per image (thousands)"}, domain: [0.54, 1], anchor: "y2", rangemode: "tozero"}, // prettier-ignore
      yaxis2: {...y, anchor: "x2", matches: "y", showticklabels: false},
    },
    caption:
      `Layers of spiking neurons in order of computation; counted on ${of}. Over all neurons the firing rate is ` +
      `${meanFiringRate.toFixed(3)}. Synaptic operations: spikes times fan-out.`,
  });
}
