// What SpikeNAS-Bench says about its space as figures: accuracy without each op, and against the number of convolutions.

import type {ConvRow, OperationRow} from "../analysis/bench.js";
import {type Figure, figure, PALETTE} from "./figure.js";

const SOURCE = "SpikeNAS-Bench, CIFAR-10: networks trained by its authors (C = 128, T = 5, 100 epochs)";
const integer = (value: number): string => value.toLocaleString("en-US");

/** Mean and best test accuracy of all networks that never use an op; the dashed line is the mean of the whole space. */
export function operationFigure(rows: readonly OperationRow[]): Figure {
  const [whole] = rows as [OperationRow];
  const names = rows.map(({without}) => (without ? `without ${without.replaceAll(" and ", ",<br>")}` : "all networks"));
  const points = (name: string, of: (row: OperationRow) => number, symbol: string, color: string) => ({
    type: "scatter",
    mode: "markers",
    name,
    x: rows.map(of),
    y: names,
    text: rows.map(({networks}) => `${integer(networks)} networks`),
    hovertemplate: `%{y}: ${name} %{x:.2f} % of %{text}<extra></extra>`,
    marker: {size: 11, symbol, color},
  });
  return figure({
    data: [
      points("mean", ({mean}) => mean, "circle", PALETTE[0]!),
      points("best", ({best}) => best, "star", PALETTE[1]!),
    ],
    layout: {
      title: {text: "What is left without an operation"},
      xaxis: {title: {text: "test accuracy (%)"}},
      yaxis: {autorange: "reversed", ticks: "", type: "category"},
      shapes: [
        {type: "line", x0: whole.mean, x1: whole.mean, y0: 0, y1: 1, yref: "paper", line: {color: "#555555", dash: "dash", width: 1}}, // prettier-ignore
      ],
    },
    caption: `${SOURCE}; of the ${integer(whole.networks)} with a path from input to output, those that never use the op. These are all networks there are: no interval.`,
  });
}

/** Mean and best test accuracy, and mean firing rate, against the number of edges with a convolution. */
export function convEdgesFigure(rows: readonly ConvRow[]): Figure {
  const x = rows.map(({convEdges}) => convEdges);
  const line = (name: string, y: readonly number[], color: string, more: object = {}) => ({
    type: "scatter",
    mode: "lines+markers",
    name,
    x,
    y,
    line: {color, width: 2},
    marker: {color, size: 8},
    ...more,
  });
  return figure({
    data: [
      line("mean accuracy", rows.map(({mean}) => mean), PALETTE[0]!), // prettier-ignore
      line("best accuracy", rows.map(({best}) => best), PALETTE[1]!), // prettier-ignore
      line("mean firing rate", rows.map(({meanFiringRate}) => meanFiringRate), PALETTE[2]!, {yaxis: "y2", line: {color: PALETTE[2], width: 2, dash: "dot"}}), // prettier-ignore
    ],
    layout: {
      title: {text: "Accuracy and activity against convolutions"},
      xaxis: {title: {text: "edges of the cell with a convolution"}, dtick: 1},
      yaxis: {title: {text: "test accuracy (%)"}},
      yaxis2: {title: {text: "spikes per neuron and timestep"}, overlaying: "y", side: "right", showgrid: false, rangemode: "tozero"}, // prettier-ignore
      legend: {orientation: "h", x: 0, y: -0.22, yanchor: "top"},
      margin: {l: 64, r: 72, t: 52, b: 100},
    },
    caption: `${SOURCE}; all ${integer(rows.reduce((sum, {networks}) => sum + networks, 0))}, those without a path from input to output too.`,
  });
}
