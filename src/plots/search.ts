// A search in figures: how its best score grew, and score against memory.

import type {Draw} from "../search/search.js";
import type {SearchResult} from "../records/search.js";
import type {ScoreRecord} from "../records/score.js";
import {originOf} from "../records/provenance.js";
import {type Figure, figure, PALETTE, type Trace} from "./figure.js";

type Records = readonly ScoreRecord[];

const scored = (records: Records): {record: ScoreRecord; place: number}[] =>
  records.map((record, i) => ({record, place: i + 1})).filter(({record}) => record.value !== null);

const captionOf = (records: Records, {algorithm, source, score, counts, seed}: SearchResult): string => {
  const data = records[0]?.data;
  const images = data?.checksum
    ? ` Scored on ${records[0]!.repeats} batch(es) of ${data.batch} images. ${originOf(data)}.`
    : "";
  return (
    `${algorithm} (${source}), score ${score}, seed ${seed}: ${counts.drawn} drawn, ${counts.refused} over budget, ` +
    `${counts.duplicates} duplicates, ${counts.evaluated} scored, ${counts.unusable} of them without a value.${images} ` +
    `A score is not an accuracy.`
  );
};

/** A dashed line at the budget, on an axis of parameters. */
const budgetLine = (limit: number): object => ({
  shapes: [{type: "line", x0: limit, x1: limit, y0: 0, y1: 1, yref: "paper", line: {color: PALETTE[6], dash: "dash"}}], // prettier-ignore
  annotations: [{x: limit, y: 1, yref: "paper", text: "budget", showarrow: false, xanchor: "right", xshift: -4}],
});

/** Every candidate's score in the order of scoring, and the best so far. */
export function searchHistoryFigure(records: Records, result: SearchResult): Figure {
  const shown = scored(records);
  let best = -Infinity;
  const record = shown.map(({record: {value}}) => (best = Math.max(best, value!)));
  return figure({
    data: [
      {
        type: "scatter",
        mode: "markers",
        name: "candidate",
        x: shown.map(({place}) => place),
        y: shown.map(({record: {value}}) => value),
        marker: {size: 5, color: PALETTE[5], opacity: 0.7},
      },
      {
        type: "scatter",
        mode: "lines",
        name: "best so far",
        x: shown.map(({place}) => place),
        y: record,
        line: {width: 2.5, color: PALETTE[1], shape: "hv"},
      },
    ],
    layout: {
      title: {text: `Search by ${result.score}`},
      xaxis: {title: {text: "candidates scored"}},
      yaxis: {title: {text: `score (${result.score})`}},
    },
    caption: captionOf(records, result),
  });
}

/** Score against parameters, with the budget and the network chosen. */
export function scoreMemoryFigure(records: Records, result: SearchResult): Figure {
  const shown = scored(records);
  const limit = result.budget.maxParams;
  return figure({
    data: [
      {
        type: "scatter",
        mode: "markers",
        name: "candidate",
        x: shown.map(({record: {params}}) => params),
        y: shown.map(({record: {value}}) => value),
        marker: {size: 5, color: PALETTE[5], opacity: 0.7},
      },
      {
        type: "scatter",
        mode: "markers",
        name: "chosen",
        x: [result.best.params],
        y: [result.best.value],
        marker: {size: 13, symbol: "star", color: PALETTE[1]},
      },
    ],
    layout: {
      title: {text: "Score against memory"},
      xaxis: {title: {text: "parameters"}},
      yaxis: {title: {text: `score (${result.score})`}},
      ...(limit !== undefined && budgetLine(limit)),
    },
    caption: captionOf(records, result),
  });
}

/** Parameters of everything that was drawn, and what became of it: the budget's part of a search made visible. */
export function memoryGateFigure(draws: readonly Draw[], result: SearchResult): Figure {
  const limit = result.budget.maxParams;
  const bars = (fate: Draw["fate"], name: string, color: string): Trace => ({
    type: "histogram",
    name: `${name}: ${draws.filter((draw) => draw.fate === fate).length.toLocaleString("en-US")}`,
    x: draws.filter((draw) => draw.fate === fate).map(({params}) => params),
    bingroup: "params",
    marker: {color},
  });
  return figure({
    data: [
      bars("scored", "scored", PALETTE[0]!),
      bars("duplicate", "seen before, not scored again", PALETTE[5]!),
      bars("refused", "over budget, never built", PALETTE[1]!),
    ].filter(({x}) => (x as number[]).length > 0),
    layout: {
      title: {text: "What became of the networks drawn"},
      barmode: "stack",
      xaxis: {title: {text: "parameters"}},
      yaxis: {title: {text: "networks drawn"}},
      legend: {orientation: "h", x: 0, y: -0.22, yanchor: "top"},
      margin: {l: 64, r: 24, t: 52, b: 100},
      ...(limit !== undefined && budgetLine(limit)),
    },
    caption:
      `${result.algorithm}, seed ${result.seed}: ${result.counts.drawn} networks drawn. The parameters have a closed form, so that a network over ` +
      `the budget is refused before it is built, and an isomorphic one is not scored again.`,
  });
}
