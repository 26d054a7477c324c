// The race as a figure: test accuracy of the incumbent against queries or epochs spent, a line with its band for each algorithm.

import {type RaceRow, raceTable} from "../analysis/searchRace.js";
import type {RaceTrace, RaceUnit} from "../records/race.js";
import {type Figure, figure, PALETTE, type Trace} from "./figure.js";

const faint = (hex: string): string =>
  `rgba(${[1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)).join(",")},0.15)`;

type Dash = "solid" | "dash" | "dot";

function line<U extends RaceUnit>(
  rows: readonly RaceRow<U>[],
  unit: U,
  title: string,
  color: string,
  dash: Dash,
): Trace[] {
  const x = rows.map((row): number => row[unit]);
  const banded = rows.every(({testLow}) => testLow !== undefined);
  const band: Trace = {
    type: "scatter",
    x: [...x, ...[...x].reverse()],
    y: [...rows.map(({testHigh}) => testHigh), ...rows.map(({testLow}) => testLow).reverse()],
    fill: "toself",
    fillcolor: faint(color),
    line: {width: 0},
    hoverinfo: "skip",
    showlegend: false,
  };
  return [
    ...(banded ? [band] : []),
    {
      type: "scatter",
      mode: "lines+markers",
      name: title,
      x,
      y: rows.map(({test}) => test),
      line: {color, width: dash === "dash" ? 3 : 2, dash},
      marker: {color, size: 6},
      hovertemplate: `${title}: %{y:.2f} % after %{x}<extra></extra>`,
    },
  ];
}

type Words = {
  readonly title: string;
  readonly axis: string;
  readonly spends: string;
  readonly incumbent: string;
  /** Incumbents after less are not drawn. */
  readonly from: number;
};
const WORDS: Readonly<Record<RaceUnit, Words>> = {
  queries: {
    title: "Test accuracy found against queries spent",
    axis: "queries: networks trained and validated",
    spends: "each query looks up a trained network",
    incumbent: "the network with the highest validation accuracy so far",
    from: 2,
  },
  epochs: {
    title: "Test accuracy found against epochs of training spent",
    axis: "epochs of training, of all networks together",
    spends:
      "validation accuracies after any number of epochs are looked up, and a network that trains on pays for the epochs between",
    incumbent: "the network with the highest validation accuracy of those that trained to the end",
    from: 0,
  },
};

export type SearchRaceOptions<U extends RaceUnit> = {
  /** By algorithm. */
  readonly titles?: Readonly<Record<string, string>>;
  /** What the table holds at most (%), drawn as lines. */
  readonly best?: number;
  readonly bestByValidation?: number;
  readonly unit?: U;
};

export function searchRaceFigure<U extends RaceUnit = "queries">(
  traces: readonly RaceTrace<U>[],
  {titles = {}, best, bestByValidation, unit = "queries" as U}: SearchRaceOptions<U> = {},
): Figure {
  const words = WORDS[unit];
  const rows = raceTable(traces, unit);
  const names = [...new Set(rows.map(({algorithm}) => algorithm))].sort(
    (a, b) => Number(a === "random") - Number(b === "random"), // drawn last, on top
  );
  const colors = PALETTE.filter((color) => color !== "#000000");
  const levels = [
    ...(best === undefined ? [] : [{y: best, text: `best of all by test: ${best.toFixed(2)} %`}]),
    ...(bestByValidation === undefined ? [] : [{y: bestByValidation, text: `best of all by validation: ${bestByValidation.toFixed(2)} %`}]), // prettier-ignore
  ];
  const shown = rows.filter((row) => row[unit] >= words.from);
  const n = Math.max(...rows.map((row) => row.n));
  const ends = unit === "queries" && rows.some((row) => row.spent < 0.99 * row[unit]);
  return figure({
    data: names.flatMap((name, i) =>
      line(
        shown.filter(({algorithm}) => algorithm === name),
        unit,
        titles[name] ?? name,
        name === "random" ? "#000000" : colors[i % colors.length]!,
        name === "random" ? "dash" : i < colors.length ? "solid" : "dot", // colours come round again
      ),
    ),
    layout: {
      title: {text: words.title},
      xaxis: {title: {text: words.axis}, type: "log", dtick: 1},
      yaxis: {title: {text: "test accuracy of the incumbent (%)"}},
      legend: {x: 0.98, y: 0.03, xanchor: "right", yanchor: "bottom"},
      height: 520,
      shapes: levels.map(({y}) => ({type: "line", xref: "paper", x0: 0, x1: 1, y0: y, y1: y, line: {dash: "dot", width: 1, color: "#555555"}})), // prettier-ignore
      annotations: levels.map(({y, text}) => ({text, xref: "paper", x: 0.01, xanchor: "left", y, yanchor: "bottom", showarrow: false})), // prettier-ignore
    },
    caption:
      `SpikeNAS-Bench, CIFAR-10: ${words.spends}. The incumbent is ${words.incumbent}; ` +
      `its test accuracy is never seen by the search. Mean over n = ${n} seeds with its 95 % t-interval (band).` +
      (ends ? " A search that ends by itself keeps its result." : ""),
  });
}
