// A search in figures: how its best score grew, and score against memory.

import type {SearchResult} from "../studies/architectureSearch.js";
import type {ScoreRecord} from "../studies/scoreTask.js";
import {type Figure, figure, PALETTE} from "./figure.js";

type Records = readonly ScoreRecord[];

const scored = (records: Records): {record: ScoreRecord; place: number}[] =>
  records.map((record, i) => ({record, place: i + 1})).filter(({record}) => record.value !== null);

const captionOf = (records: Records, {algorithm, source, score, counts, seed}: SearchResult): string => {
  const data = records[0]?.data;
  const images = data?.checksum
    ? ` Scored on ${records[0]!.repeats} batch(es) of ${data.batch} ${data.procedural ? `procedural images (${data.name}), drawn by this program` : `images of ${data.name}`}.`
    : "";
  return (
    `${algorithm} (${source}), score ${score}, seed ${seed}: ${counts.drawn} drawn, ${counts.refused} over budget, ` +
    `${counts.duplicates} duplicates, ${counts.evaluated} scored, ${counts.unusable} of them without a value.${images} ` +
    `A score is not an accuracy.`
  );
};

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
      ...(limit !== undefined && {
        shapes: [{type: "line", x0: limit, x1: limit, y0: 0, y1: 1, yref: "paper", line: {color: PALETTE[6], dash: "dash"}}], // prettier-ignore
        annotations: [{x: limit, y: 1, yref: "paper", text: "budget", showarrow: false, xanchor: "right", xshift: -4}],
      }),
    },
    caption: captionOf(records, result),
  });
}
