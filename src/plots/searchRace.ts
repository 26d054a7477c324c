// The race as a figure: test accuracy of the incumbent against queries spent, a line with its band for each algorithm.

import {type RaceRow, raceTable} from "../analysis/searchRace.js";
import type {RaceTrace} from "../records/race.js";
import {type Figure, figure, PALETTE, type Trace} from "./figure.js";

const faint = (hex: string): string =>
  `rgba(${[1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)).join(",")},0.15)`;

type Dash = "solid" | "dash" | "dot";

function line(rows: readonly RaceRow[], title: string, color: string, dash: Dash): Trace[] {
  const x = rows.map(({queries}) => queries);
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

/** `titles` by algorithm; `best` and `bestByValidation` are what the table holds at most (%), drawn as lines. */
export function searchRaceFigure(
  traces: readonly RaceTrace[],
  {
    titles = {},
    best,
    bestByValidation,
  }: {titles?: Readonly<Record<string, string>>; best?: number; bestByValidation?: number} = {},
): Figure {
  const rows = raceTable(traces);
  const names = [...new Set(rows.map(({algorithm}) => algorithm))].sort(
    (a, b) => Number(a === "random") - Number(b === "random"), // drawn last, on top
  );
  const colors = PALETTE.filter((color) => color !== "#000000");
  const levels = [
    ...(best === undefined ? [] : [{y: best, text: `best of all by test: ${best.toFixed(2)} %`}]),
    ...(bestByValidation === undefined ? [] : [{y: bestByValidation, text: `best of all by validation: ${bestByValidation.toFixed(2)} %`}]), // prettier-ignore
  ];
  const shown = rows.filter(({queries}) => queries >= 2);
  const n = Math.min(...rows.map((row) => row.n));
  const ends = rows.some(({spent, queries}) => spent < 0.99 * queries);
  return figure({
    data: names.flatMap((name, i) =>
      line(
        shown.filter(({algorithm}) => algorithm === name),
        titles[name] ?? name,
        name === "random" ? "#000000" : colors[i % colors.length]!,
        name === "random" ? "dash" : i < colors.length ? "solid" : "dot", // colours come round again
      ),
    ),
    layout: {
      title: {text: "Test accuracy found against queries spent"},
      xaxis: {title: {text: "queries: networks trained and validated"}, type: "log", dtick: 1},
      yaxis: {title: {text: "test accuracy of the incumbent (%)"}},
      legend: {x: 0.98, y: 0.03, xanchor: "right", yanchor: "bottom"},
      height: 520,
      shapes: levels.map(({y}) => ({type: "line", xref: "paper", x0: 0, x1: 1, y0: y, y1: y, line: {dash: "dot", width: 1, color: "#555555"}})), // prettier-ignore
      annotations: levels.map(({y, text}) => ({text, xref: "paper", x: 0.01, xanchor: "left", y, yanchor: "bottom", showarrow: false})), // prettier-ignore
    },
    caption:
      `SpikeNAS-Bench, CIFAR-10: each query looks up a trained network. The incumbent is the network with the highest validation accuracy so far; ` +
      `its test accuracy is never seen by the search. Mean over n = ${n} seeds with its 95 % t-interval (band).` +
      (ends ? " A search that ends by itself keeps its result." : ""),
  });
}
