// Why one search costs less than another, as a figure: each reason's factor on a logarithmic axis, and their product.

import {speedUpTable} from "../analysis/speedup.js";
import type {SpeedUpPair} from "../records/speedup.js";
import {type Figure, figure, PALETTE} from "./figure.js";

const times = (factor: number): string => `× ${factor < 10 ? factor.toFixed(2) : factor.toFixed(0)}`;

/** Bars from 1 to each factor; a reason that makes a search dearer reaches to the left. */
export function speedUpFigure(pairs: readonly SpeedUpPair[]): Figure {
  const rows = speedUpTable(pairs).filter(({of}) => of === "work");
  const [{algorithm, baseline, score}] = pairs as [SpeedUpPair];
  const seeds = pairs.length;
  const logs = rows.map(({factor}) => Math.log10(factor));
  const [lowest, highest] = [Math.min(0, ...logs), Math.max(0, ...logs)];
  const reach = highest - lowest;
  return figure({
    data: [
      {
        type: "bar",
        orientation: "h",
        y: rows.map(({reason}) => reason),
        x: logs,
        text: rows.map(({factor}) => times(factor)),
        textposition: "outside",
        cliponaxis: false,
        marker: {color: rows.map((_, i) => (i === rows.length - 1 ? PALETTE[1] : PALETTE[0]))},
        hovertemplate: "%{y}: %{text}<extra></extra>",
      },
    ],
    layout: {
      title: {text: `Why ${algorithm} does less work than ${baseline}`},
      showlegend: false,
      yaxis: {autorange: "reversed", ticks: "", showgrid: false},
      xaxis: {
        title: {text: "factor in work saved (logarithmic)"},
        range: [lowest - 0.12 * reach, highest + 0.14 * reach],
        tickvals: [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500].map(Math.log10),
        ticktext: ["0.1", "0.2", "0.5", "1", "2", "5", "10", "20", "50", "100", "200", "500"],
        zeroline: true,
        zerolinecolor: "#222222",
      },
    },
    caption:
      `Work is operations of forward passes (worst case), summed over what is scored. Score ${score}; ` +
      `geometric means over ${seeds} pair${seeds > 1 ? "s" : ""} of equal seeds; the last bar is the product of the others.`,
  });
}
