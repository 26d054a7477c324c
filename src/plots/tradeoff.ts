// The trade-off in figures: accuracy against a cost, what fits apart from what does not, the front, and the network chosen.

import {provenanceOf} from "../records/provenance.js";
import type {Tradeoff, TradeoffRow} from "../analysis/tradeoff.js";
import {checkName} from "../check.js";
import type {MatchedAnn} from "../architectures/energy.js";
import {measureOf, titled} from "../records/measures.js";
import type {TrialRecord} from "../records/trial.js";
import {type Figure, figure, PALETTE, type Trace} from "./figure.js";
import {estimatorNote, matchedNote, matchedOf} from "./matchedAnn.js";

type Cost = {
  readonly title: string;
  readonly of: (row: TradeoffRow) => number;
  readonly front: (row: TradeoffRow) => boolean;
};

export const TRADEOFF_COSTS = {
  memory: {title: titled("params"), of: ({params}) => params, front: ({frontMemory}) => frontMemory},
  work: {title: titled("synOps", {axis: true}), of: ({synOps}) => synOps / 1e6, front: ({frontWork}) => frontWork}, // prettier-ignore
  energy: {title: titled("energy"), of: ({energy}) => energy, front: ({frontEnergy}) => frontEnergy},
} as const satisfies Readonly<Record<string, Cost>>;

function dots(rows: readonly TradeoffRow[], cost: Cost, name: string, color: string, symbol: string): Trace {
  return {
    type: "scatter",
    mode: "markers",
    name,
    x: rows.map(cost.of),
    y: rows.map(({test}) => test),
    text: rows.map((r) => `${r.cells}<br>validation ${r.validation.toFixed(1)} %, ${r.params.toLocaleString("en-US")} parameters, ${r.seeds} seed(s)`), // prettier-ignore
    hovertemplate: "%{text}<br>test %{y:.1f} %<extra></extra>",
    error_y: {
      type: "data",
      symmetric: false,
      array: rows.map(({test, testHigh}) => testHigh - test),
      arrayminus: rows.map(({test, testLow}) => test - testLow),
      thickness: 1,
      width: 3,
      color,
    },
    marker: {size: 9, color, symbol},
  };
}

/** Rows by a label of their trials, in order of appearance; a network with several values of it belongs to the first. */
function grouped(rows: readonly TradeoffRow[], records: readonly TrialRecord[], by: string): [string, TradeoffRow[]][] {
  const nameOf = new Map<string, string>();
  for (const {architectureId, labels} of records)
    if (!nameOf.has(architectureId)) nameOf.set(architectureId, String(labels[by]));
  return [...new Set(nameOf.values())].map((name) => [name, rows.filter((row) => nameOf.get(row.architectureId) === name)]); // prettier-ignore
}

/** Each row's matched ANN, where its records have one. */
function matchedBy(rows: readonly TradeoffRow[], records: readonly TrialRecord[]): [TradeoffRow, MatchedAnn][] {
  const byId = new Map(records.map((record) => [record.architectureId, record]));
  return rows.flatMap((row) => {
    const matched = matchedOf(byId.get(row.architectureId)!, "energy");
    return matched ? [[row, matched] as [TradeoffRow, MatchedAnn]] : [];
  });
}

/** A tick at what each network's matched ANN would take, and a thin line from there to the network. */
function ticks(matched: readonly (readonly [TradeoffRow, MatchedAnn])[]): Trace {
  const {scale} = measureOf("energy");
  const from = (sign: 1 | -1): number[] => matched.map(([{energy}, {pJ}]) => Math.max(0, sign * (energy - scale * pJ)));
  const color = "#777777";
  return {
    type: "scatter",
    mode: "markers",
    name: "its matched ANN takes",
    x: matched.map(([, {pJ}]) => scale * pJ),
    y: matched.map(([{test}]) => test),
    error_x: {type: "data", symmetric: false, array: from(1), arrayminus: from(-1), thickness: 0.75, width: 0, color},
    marker: {symbol: "line-ns", size: 14, line: {width: 2, color}},
    hoverinfo: "skip",
  };
}

/** The estimator of an energy figure, what is in it, and the matched ANN. */
function energyNote(records: readonly TrialRecord[], matched: readonly MatchedAnn[]): string {
  const said = [estimatorNote(records, "energy"), measureOf("energy").note, matchedNote(matched, "Ticks")];
  return said.map((sentence) => sentence && `${sentence} `).join("");
}

/** Test accuracy with its interval against one cost; hovering shows the cells. `by`: a label of the trials that colours them. */
export function tradeoffFigure(
  {rows}: Tradeoff,
  records: readonly TrialRecord[],
  {cost: name = "memory", maxParams, by}: {cost?: string; maxParams?: number; by?: string} = {},
): Figure {
  const cost: Cost = TRADEOFF_COSTS[checkName("cost", name, TRADEOFF_COSTS)];
  const front = rows.filter(cost.front).sort((a, b) => cost.of(a) - cost.of(b));
  const [inside, outside] = [rows.filter(({fits}) => fits), rows.filter(({fits}) => !fits)];
  const limit = name === "memory" ? maxParams : undefined;
  const chosen = rows.filter((row) => row.chosen);
  const matched = name === "energy" ? matchedBy(rows, records) : [];
  return figure({
    data: [
      ...(matched.length > 0 ? [ticks(matched)] : []),
      {
        type: "scatter",
        mode: "lines",
        name: "front, by validation",
        x: front.map(cost.of),
        y: front.map(({test}) => test),
        line: {color: "#555555", width: 1.5},
        hoverinfo: "skip",
      },
      ...(outside.length > 0 ? [dots(outside, cost, "over budget", "#aaaaaa", "x")] : []),
      ...(by === undefined
        ? [dots(inside, cost, outside.length > 0 ? "fits" : "a network", PALETTE[0]!, "circle")]
        : grouped(inside, records, by)
            .filter(([, own]) => own.length > 0)
            .map(([group, own], i) => dots(own, cost, group, PALETTE[i % PALETTE.length]!, "circle"))),
      {
        type: "scatter",
        mode: "markers",
        name: "chosen by benefit",
        x: chosen.map(cost.of),
        y: chosen.map(({test}) => test),
        hoverinfo: "skip",
        marker: {size: 17, symbol: "circle-open", color: PALETTE[1], line: {width: 2.5}},
      },
    ],
    layout: {
      title: {text: `Accuracy against ${name}`},
      xaxis: {title: {text: cost.title}},
      yaxis: {title: {text: "test accuracy (%)"}},
      ...(limit !== undefined && {
        shapes: [{type: "line", yref: "paper", y0: 0, y1: 1, x0: limit, x1: limit, line: {dash: "dot", color: PALETTE[1], width: 1.5}}], // prettier-ignore
        annotations: [{text: "budget", yref: "paper", y: 1, yanchor: "bottom", x: limit, showarrow: false}],
      }),
    },
    caption:
      `n = ${rows.length} architectures; bars: 95 % interval of the test accuracy, over seeds (t) or, for one seed, over test images (Wilson). ` +
      `The front and the choice are taken by validation accuracy. ${
        name === "energy"
          ? energyNote(
              records,
              matched.map(([, ann]) => ann),
            )
          : ""
      }${provenanceOf(records)}`,
  });
}
