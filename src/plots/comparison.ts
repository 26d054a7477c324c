// A study of trained networks in figures: accuracy, memory, synaptic work and energy of each group.

import {type ComparisonRow, comparisonTable, provenanceOf} from "../analysis/comparison.js";
import type {Group} from "../analysis/summarise.js";
import {HOROWITZ_45NM} from "../architectures/energy.js";
import type {TrialRecord} from "../records/trial.js";
import {type Figure, figure, PALETTE, type Trace} from "./figure.js";

/** What a study compares, in words. */
export type Comparison = {
  /** The label of the records that names their group. */
  readonly label: string;
  /** In titles: "Test accuracy against kernel size". */
  readonly against: string;
  /** Title of the horizontal axis. */
  readonly axis: string;
  /** A group as people read it. */
  readonly nameOf: (group: Group) => string;
  /** The group that others are compared with. */
  readonly reference: (records: readonly TrialRecord[]) => Group;
  /** Whether the groups have an order, which a line through their means shows. */
  readonly ordered: boolean;
  /** What one trial of a group is besides a seed: "network" where each has its own. */
  readonly member: "seed" | "network";
};

type Value = (row: ComparisonRow) => number | undefined;

/** Means with 95 % intervals (none for one seed) as one line. */
export function means(
  {nameOf, ordered}: Comparison,
  rows: readonly ComparisonRow[],
  name: string,
  mean: Value,
  low?: Value,
  high?: Value,
): Trace {
  const bars = low && high && rows.some((row) => low(row) !== undefined);
  return {
    type: "scatter",
    mode: ordered ? "lines+markers" : "markers",
    name,
    x: rows.map(({group}) => nameOf(group)),
    y: rows.map(mean),
    marker: {size: 9, color: PALETTE[0]},
    line: {width: 2, color: PALETTE[0]},
    ...(bars && {
      error_y: {
        type: "data",
        symmetric: false,
        array: rows.map((row) => (high(row) ?? mean(row) ?? 0) - (mean(row) ?? 0)),
        arrayminus: rows.map((row) => (mean(row) ?? 0) - (low(row) ?? mean(row) ?? 0)),
        thickness: 1.5,
        width: 6,
        color: PALETTE[0],
      },
    }),
  };
}

/** Each trial as a dot, beside the mean. */
function dots(
  {label, nameOf, member}: Comparison,
  rows: readonly ComparisonRow[],
  records: readonly TrialRecord[],
  value: (r: TrialRecord) => number | undefined,
): Trace {
  const shown = rows.flatMap(({group}) =>
    records.filter((record) => record.labels[label] === group && value(record) !== undefined),
  );
  return {
    type: "scatter",
    mode: "markers",
    name: `one ${member}`,
    x: shown.map(({labels}) => nameOf(labels[label]!)),
    y: shown.map(value),
    text: shown.map(({seed}) => `seed ${seed}`),
    hovertemplate: "%{x}, %{text}: %{y}<extra></extra>",
    marker: {size: 8, symbol: "circle-open", color: PALETTE[1], line: {width: 1.5}},
  };
}

export const axes = (
  {axis}: Comparison,
  title: string,
  y: string,
  more: Record<string, unknown> = {},
): Record<string, unknown> => ({
  title: {text: title},
  xaxis: {title: {text: axis}, type: "category"},
  yaxis: {title: {text: y}, ...more},
});

/** The range of an axis of percentages: all values and intervals with some room, but no further than 0 and 100. */
export function percentages(rows: readonly ComparisonRow[], records: readonly TrialRecord[]): Record<string, unknown> {
  const singles = records.map(({testAccuracy}) => (testAccuracy === undefined ? undefined : 100 * testAccuracy));
  const all = [...singles, ...rows.flatMap((row) => [row.accuracyLow, row.accuracyHigh])].filter(
    (v) => v !== undefined,
  );
  if (all.length === 0) return {};
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const room = 0.08 * Math.max(high - low, 5);
  return {range: [Math.max(0, low - room), Math.min(100, high + room)]};
}

/** What the points and bars of a figure are; `circles`: whether single members are drawn too. */
export const intervalNote = ({member}: Comparison, rows: readonly ComparisonRow[], {circles = true} = {}): string => {
  if (!rows.some((row) => row.accuracyLow !== undefined)) return `One ${member}: no interval. `;
  const mean = `mean over n = ${Math.min(...rows.map((r) => r.n))} ${member}s with its 95 % t-interval`;
  return circles ? `Filled: ${mean}; open circles: single ${member}s. ` : `Points: ${mean}. `;
};

const chanceOf = (records: readonly TrialRecord[]): number =>
  100 / ((records[0]!.architecture as {classes?: number}).classes ?? 10);

const rowsOf = (comparison: Comparison, records: readonly TrialRecord[]): ComparisonRow[] =>
  comparisonTable(records, comparison.label, comparison.reference(records));

/** Test accuracy of each group. */
export function accuracyFigure(comparison: Comparison, records: readonly TrialRecord[]): Figure {
  const rows = rowsOf(comparison, records);
  return figure({
    data: [
      means(
        comparison,
        rows,
        "mean",
        (r) => r.accuracy,
        (r) => r.accuracyLow,
        (r) => r.accuracyHigh,
      ),
      dots(comparison, rows, records, (r) => (r.testAccuracy === undefined ? undefined : 100 * r.testAccuracy)),
    ],
    layout: axes(
      comparison,
      `Test accuracy against ${comparison.against}`,
      "test accuracy (%)",
      percentages(rows, records),
    ),
    caption: `${intervalNote(comparison, rows)}Chance is ${chanceOf(records)} %. ${provenanceOf(records)}`,
  });
}

/** What each group gains over the reference, seed by seed. */
export function differenceFigure(comparison: Comparison, records: readonly TrialRecord[]): Figure {
  const reference = comparison.nameOf(comparison.reference(records));
  const rows = rowsOf(comparison, records).filter((row) => row.difference !== undefined);
  return figure({
    data: [
      {
        ...means(
          comparison,
          rows,
          "paired difference",
          (r) => r.difference,
          (r) => r.differenceLow,
          (r) => r.differenceHigh,
        ),
        mode: "markers",
      },
    ],
    layout: {
      ...axes(comparison, `Gain over ${reference}, paired by seed`, "difference (percentage points)", {
        zeroline: true,
        zerolinecolor: "#555555",
      }),
      showlegend: false,
    },
    caption: `Mean of the differences between trials of the same seed, with its 95 % t-interval. An interval that holds 0 shows no difference. ${provenanceOf(records)}`,
  });
}

/** Parameters of each group (means), split into cells and head. */
export function memoryFigure(comparison: Comparison, records: readonly TrialRecord[]): Figure {
  const rows = rowsOf(comparison, records);
  const bar = (name: string, color: string, y: (r: ComparisonRow) => number): Trace => ({
    type: "bar",
    name,
    marker: {color},
    x: rows.map(({group}) => comparison.nameOf(group)),
    y: rows.map(y),
  });
  const bits = records[0]!.bits;
  return figure({
    data: [
      bar("stem, cells, reduction", PALETTE[0]!, (r) => r.paramsWithoutHead),
      bar("head (two linear layers)", PALETTE[4]!, (r) => r.params - r.paramsWithoutHead),
    ],
    layout: {...axes(comparison, `Memory against ${comparison.against}`, "parameters"), barmode: "stack"},
    caption: `Parameters from the closed form, exact; at ${bits} bits each. ${provenanceOf(records)}`,
  });
}

/** Synaptic operations per image of each group. */
export function synOpsFigure(comparison: Comparison, records: readonly TrialRecord[]): Figure {
  const rows = rowsOf(comparison, records);
  return figure({
    data: [
      means(
        comparison,
        rows,
        "mean",
        (r) => scale(r.synOps),
        (r) => scale(r.synOpsLow),
        (r) => scale(r.synOpsHigh),
      ),
      dots(comparison, rows, records, (r) => scale(r.synOps)),
    ],
    layout: axes(
      comparison,
      `Synaptic work against ${comparison.against}`,
      "synaptic operations per image (millions)",
      {
        rangemode: "tozero",
      },
    ),
    caption: `${intervalNote(comparison, rows)}Spikes times fan-out, counted on test images, exact at borders. ${provenanceOf(records)}`,
  });
}

const scale = (value: number | undefined): number | undefined => (value === undefined ? undefined : value / 1e6);

/** Energy estimate per image of each group. */
export function energyFigure(comparison: Comparison, records: readonly TrialRecord[]): Figure {
  const rows = rowsOf(comparison, records);
  return figure({
    data: [
      means(
        comparison,
        rows,
        "mean",
        (r) => r.energy,
        (r) => r.energyLow,
        (r) => r.energyHigh,
      ),
    ],
    layout: {
      ...axes(comparison, `Energy estimate against ${comparison.against}`, "energy per image (µJ)", {
        rangemode: "tozero",
      }),
      showlegend: false,
    },
    caption: `${intervalNote(comparison, rows, {circles: false})}Estimator: ${HOROWITZ_45NM.name}; stem as multiply-accumulates once, all spikes as accumulates; memory traffic is not in it. ${provenanceOf(records)}`,
  });
}

/** The figures of every comparison, by file name. */
export const comparisonFigures = (
  comparison: Comparison,
  records: readonly TrialRecord[],
): Readonly<Record<string, Figure>> => ({
  accuracy: accuracyFigure(comparison, records),
  difference: differenceFigure(comparison, records),
  memory: memoryFigure(comparison, records),
  synops: synOpsFigure(comparison, records),
  energy: energyFigure(comparison, records),
});
