// SpiKernel's selection as a figure: the benefit of each network against the price of memory, and who wins where.

import {provenanceOf} from "../records/provenance.js";
import type {Tradeoff} from "../analysis/tradeoff.js";
import type {TrialRecord} from "../records/trial.js";
import {type Figure, figure, PALETTE, type Trace} from "./figure.js";

/** Straight lines, validation accuracy − μ · params / largest params: grey for all networks that fit, coloured where one wins. */
export function selectionFigure({rows, selection}: Tradeoff, records: readonly TrialRecord[]): Figure {
  const fitting = rows.filter(({fits}) => fits);
  const largest = Math.max(...fitting.map(({params}) => params));
  const end = Math.min(100, Math.max(10, 1.25 * selection.at(-1)!.mu)); // no memory is worth more than all points there are
  const winners = selection.filter(({mu}) => mu < end);
  const benefit = (row: (typeof rows)[number], mu: number): number => row.validation - (mu * row.params) / largest;
  const line = (row: (typeof rows)[number], from: number, to: number): Trace => ({
    type: "scatter",
    mode: "lines",
    x: [from, to],
    y: [benefit(row, from), benefit(row, to)],
  });
  return figure({
    data: [
      ...fitting.map((row) => ({...line(row, 0, end), line: {color: "#dddddd", width: 1}, hoverinfo: "skip", showlegend: false})), // prettier-ignore
      ...winners.map(({mu, architectureId}, i) => {
        const row = fitting.find((one) => one.architectureId === architectureId)!;
        return {
          ...line(row, mu, winners[i + 1]?.mu ?? end),
          name: `${row.params.toLocaleString("en-US")} parameters`,
          line: {color: PALETTE[i % PALETTE.length], width: 4},
          hovertemplate: `${row.cells}<br>benefit %{y:.1f} at μ = %{x:.1f}<extra></extra>`,
        };
      }),
    ],
    layout: {
      title: {text: "Who wins at which price of memory"},
      xaxis: {title: {text: "μ: price of the largest network's memory (points of accuracy)"}, range: [0, end]},
      yaxis: {title: {text: "benefit (points)"}},
    },
    caption: `benefit = validation accuracy (%) − μ · parameters / largest parameters; grey: all ${fitting.length} networks. ${provenanceOf(records)}`,
  });
}
