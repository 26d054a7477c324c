// The yardstick of scores as a figure: τ of a predictor against the trained networks it learnt from, and where scores meet it.

import type {PredictorRow} from "../analysis/predictorCurve.js";
import type {TruthRow} from "../analysis/truthTable.js";
import {type Figure, figure, PALETTE} from "./figure.js";

/** Heights of labels at these values, moved up where they would overlap. */
function spread(values: readonly number[], apart: number): number[] {
  const heights = new Array<number>(values.length);
  let last = -Infinity;
  for (const i of values.map((_, k) => k).sort((a, b) => values[a]! - values[b]!))
    last = heights[i] = Math.max(values[i]!, last + apart);
  return heights;
}

/** `rows` of the scope `all` are drawn as lines at their τ. */
export function predictorFigure(curve: readonly PredictorRow[], rows: readonly TruthRow[] = []): Figure {
  const scores = rows.filter(({scope, tau}) => scope === "all" && !Number.isNaN(tau));
  const heights = spread(
    scores.map(({tau}) => tau),
    0.032,
  );
  const n = Math.min(...curve.map((row) => row.n));
  return figure({
    data: [
      {
        type: "scatter",
        mode: "lines+markers",
        name: "predictor",
        x: curve.map(({trained}) => trained),
        y: curve.map(({tau}) => tau),
        error_y: {
          type: "data",
          symmetric: false,
          array: curve.map(({tau, tauHigh = tau}) => tauHigh - tau),
          arrayminus: curve.map(({tau, tauLow = tau}) => tau - tauLow),
          thickness: 1.5,
          width: 5,
          color: PALETTE[0],
        },
        line: {color: PALETTE[0], width: 2},
        marker: {size: 8, color: PALETTE[0]},
      },
    ],
    layout: {
      title: {text: "What a score is worth in trained networks"},
      xaxis: {title: {text: "trained networks that the predictor learnt from"}, type: "log", dtick: 1},
      yaxis: {title: {text: "Kendall's τ with test accuracy"}, range: [0, 1]},
      showlegend: false,
      height: 500,
      margin: {l: 64, r: 140, t: 52, b: 52},
      shapes: scores.map(({tau}) => ({type: "line", xref: "paper", x0: 0, x1: 1, y0: tau, y1: tau, line: {dash: "dot", width: 1, color: "#777777"}})), // prettier-ignore
      annotations: scores.map(({score}, i) => ({text: score, xref: "paper", x: 1.01, xanchor: "left", y: heights[i], yanchor: "middle", showarrow: false, font: {size: 11}})), // prettier-ignore
    },
    caption:
      `SpikeNAS-Bench: a random forest on path features learns validation accuracies and ranks 2,000 other networks; mean over n = ${n} samples ` +
      "with its 95 % t-interval. Dotted: τ of scores over all networks. Where a score's line meets the curve is what it is worth.",
  });
}
