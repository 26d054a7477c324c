// A converted network over time: accuracy beside its DNN's, and synaptic operations beside the DNN's multiply-accumulates.

import type {ConversionRecord} from "../records/conversion.js";
import {overTimeRows} from "../tables/conversion.js";
import {type Figure, figure, PALETTE, type Trace} from "./figure.js";

const level = (name: string, value: number, T: number, yaxis: string, dash: string): Trace => ({
  ...{type: "scatter", mode: "lines", name, x: [1, T], y: [value, value], yaxis, xaxis: yaxis.replace("y", "x")},
  ...{line: {color: PALETTE[1], width: 1.5, dash}, hoverinfo: "skip"},
});

/** Accuracy and synaptic operations over timesteps, from a conversion's record. */
export function conversionFigure(record: ConversionRecord): Figure {
  const {snn, dnn, latency, percentile, balance, data} = record;
  const rows = overTimeRows(record) as {timesteps: number; accuracy: number; low: number; high: number; synOps: number}[]; // prettier-ignore
  const x = rows.map(({timesteps}) => timesteps);
  const {T} = snn;
  const ticks = {type: "log", tickvals: Array.from({length: Math.floor(Math.log2(T)) + 1}, (_, k) => 2 ** k)};
  const edge = (part: "low" | "high", more: Trace): Trace => ({
    ...{type: "scatter", mode: "lines", x, y: rows.map((row) => 100 * row[part]), line: {width: 0}},
    ...{hoverinfo: "skip", showlegend: false, ...more},
  });
  const first = latency === undefined ? [] : [latency];
  const marker = (y: number[], yaxis: string, showlegend: boolean): Trace => ({
    ...{type: "scatter", mode: "markers", name: "within one point", x: first, y, yaxis, xaxis: yaxis.replace("y", "x")},
    ...{marker: {size: 9, color: PALETTE[2], symbol: "diamond"}, showlegend},
  });
  return figure({
    data: [
      edge("low", {}),
      edge("high", {fill: "tonexty", fillcolor: "rgba(0,114,178,0.2)"}),
      {type: "scatter", mode: "lines", name: "spiking network", x, y: rows.map(({accuracy}) => 100 * accuracy), line: {color: PALETTE[0], width: 2}}, // prettier-ignore
      level("DNN", 100 * dnn.accuracy, T, "y", "solid"),
      marker(first.map((t) => 100 * snn.accuracy[t - 1]!), "y", latency !== undefined), // prettier-ignore
      {type: "scatter", mode: "lines", name: "synaptic operations", x, y: rows.map(({synOps}) => synOps), xaxis: "x2", yaxis: "y2", line: {color: PALETTE[0], width: 2}, showlegend: false}, // prettier-ignore
      level("DNN: all MACs", dnn.macs, T, "y2", "dash"),
      level("DNN: MACs not by 0", dnn.effectiveMacs, T, "y2", "dot"),
      marker(first.map((t) => snn.synOps[t - 1]!), "y2", false), // prettier-ignore
    ],
    layout: {
      height: 520,
      title: {text: "A converted network over time"},
      xaxis: {domain: [0, 1], anchor: "y", ...ticks, matches: "x2", showticklabels: false},
      xaxis2: {domain: [0, 1], anchor: "y2", ...ticks, title: {text: "timestep"}},
      yaxis: {domain: [0.54, 1], title: {text: "test accuracy (%)"}, rangemode: "tozero"},
      yaxis2: {domain: [0, 0.46], anchor: "x2", title: {text: "operations per image"}, type: "log"},
      margin: {l: 72, r: 200, t: 52, b: 64},
    },
    caption:
      `Band: 95 % interval over ${data.testImages} test images of ${data.name} (Wilson). ` +
      (latency === undefined
        ? `Not within one point of the DNN in ${T} timesteps. `
        : `Within one point of the DNN's ${(100 * dnn.accuracy).toFixed(1)} % after ${latency} timesteps. `) +
      `Scales: percentile ${percentile} of positive activations of ${record.images} training images, in ${balance}. ` +
      "A synaptic operation adds, a MAC multiplies and adds: counts, not energies.",
  });
}
