// The truth table as a figure: Kendall's τ of each score with its interval, over all networks and among the best.

import {AS_COARSE_AS, type TruthRow} from "../analysis/truthTable.js";
import {type Figure, figure, PALETTE} from "./figure.js";

/** One dot a row; rows of the same scope share a colour. Scores that were made coarse to be compared stay in the table. `what` says which networks were measured. */
export function truthFigure(rows: readonly TruthRow[], {what = "networks"}: {what?: string} = {}): Figure {
  const shown = rows.filter(({tau, scope}) => !Number.isNaN(tau) && !scope.includes(AS_COARSE_AS));
  const scopes = [...new Set(shown.map(({scope}) => scope))];
  const names = [...new Set(shown.map(({score}) => score))];
  const n = scopes.map((scope) => `${scope}: n = ${Math.max(...shown.filter((row) => row.scope === scope).map((row) => row.n)).toLocaleString("en-US")}`); // prettier-ignore
  return figure({
    data: scopes.map((scope, i) => {
      const own = shown.filter((row) => row.scope === scope);
      return {
        type: "scatter",
        mode: "markers",
        name: scope,
        x: own.map(({tau}) => tau),
        y: own.map(({score}) => score),
        error_x: {
          type: "data",
          symmetric: false,
          array: own.map(({tau, tauHigh}) => tauHigh - tau),
          arrayminus: own.map(({tau, tauLow}) => tau - tauLow),
          thickness: 1.5,
          width: 5,
          color: PALETTE[i],
        },
        marker: {size: 9, color: PALETTE[i], symbol: ["circle", "diamond", "square", "cross"][i % 4]},
      };
    }),
    layout: {
      title: {text: "How well scores rank trained networks"},
      height: 190 + 34 * names.length,
      legend: {orientation: "h", x: 0, y: -60 / (34 * names.length), yanchor: "top"},
      margin: {l: 64, r: 24, t: 52, b: 140},
      xaxis: {
        title: {text: "Kendall's τ with test accuracy"},
        range: [Math.min(-0.1, ...shown.map(({tauLow}) => tauLow - 0.05)), 1],
        zeroline: true,
      },
      yaxis: {type: "category", categoryarray: [...names].reverse()},
    },
    caption: `Kendall's τ_b with its 95 % bootstrap interval over ${what}; ${n.join("; ")}.`,
  });
}
