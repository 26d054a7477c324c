// A study of trained networks in figures: any measured quantity of each group, what the groups gain, and where their memory goes.

import {type ComparisonRow, comparisonTable} from "../analysis/comparison.js";
import {checkName} from "../check.js";
import {type Comparison, referenceOf} from "../records/comparison.js";
import {hasResult} from "../records/endings.js";
import {MEASURES, measureOf, type MeasureName, titled, valueOf} from "../records/measures.js";
import {provenanceOf} from "../records/provenance.js";
import type {TrialRecord} from "../records/trial.js";
import {type Figure, figure, PALETTE, type Trace} from "./figure.js";
import {estimatorNote, matchedNote, matchedOf, rangeOf} from "./matchedAnn.js";

type Records = readonly TrialRecord[];
type Rows = readonly ComparisonRow[];

const rowsOf = (comparison: Comparison, records: Records): ComparisonRow[] =>
  comparisonTable(records, comparison.label, referenceOf(comparison, records));

/** Means with 95 % intervals (none for one seed) of a column of the rows, times `scale`, as one line. */
function means(
  {nameOf, ordered}: Comparison,
  rows: Rows,
  column: MeasureName | "difference",
  {name = "mean", scale = 1}: {name?: string; scale?: number} = {},
): Trace {
  const of = (key: MeasureName | "difference" | `${MeasureName | "difference"}${"Low" | "High"}`) =>
    rows.map((row) => (row[key] === undefined ? undefined : scale * row[key]));
  const [mean, low, high] = [of(column), of(`${column}Low`), of(`${column}High`)];
  const apart = (a: number | undefined, b: number | undefined): number => (a === undefined || b === undefined ? 0 : a - b); // prettier-ignore
  return {
    type: "scatter",
    mode: ordered && column !== "difference" ? "lines+markers" : "markers",
    name,
    x: rows.map(({group}) => nameOf(group)),
    y: mean,
    marker: {size: 9, color: PALETTE[0]},
    line: {width: 2, color: PALETTE[0]},
    ...(low.some((value) => value !== undefined) && {
      error_y: {
        type: "data",
        symmetric: false,
        array: mean.map((value, i) => apart(high[i], value)),
        arrayminus: mean.map((value, i) => apart(value, low[i])),
        thickness: 1.5,
        width: 6,
        color: PALETTE[0],
      },
    }),
  };
}

/** Each trial as a dot, beside the mean. */
function dots({label, nameOf, member}: Comparison, rows: Rows, records: Records, name: MeasureName): Trace {
  const shown = rows.flatMap(({group}) =>
    records.filter((record) => record.labels[label] === group && valueOf(record, name) !== undefined),
  );
  const {axis = measureOf(name)} = measureOf(name);
  return {
    type: "scatter",
    mode: "markers",
    name: `one ${member}`,
    x: shown.map(({labels}) => nameOf(labels[label]!)),
    y: shown.map((record) => axis.scale * valueOf(record, name)!),
    text: shown.map(({seed}) => `seed ${seed}`),
    hovertemplate: "%{x}, %{text}: %{y}<extra></extra>",
    marker: {size: 8, symbol: "circle-open", color: PALETTE[1], line: {width: 1.5}},
  };
}

const axes = (
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
function percentages(rows: Rows, records: Records): Record<string, unknown> {
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
function intervalNote({member}: Comparison, rows: Rows, {circles = true} = {}): string {
  if (!rows.some((row) => row.accuracyLow !== undefined)) return `One ${member}: no interval. `;
  const mean = `mean over n = ${Math.min(...rows.map((r) => r.n))} ${member}s with its 95 % t-interval`;
  return circles ? `Filled: ${mean}; open circles: single ${member}s. ` : `Points: ${mean}. `;
}

/** How a quantity was counted, or by which estimator the record says that its energy was estimated. */
function noteOf(name: MeasureName, records: Records): string {
  const {note = ""} = measureOf(name);
  const matched = records.flatMap((record) => matchedOf(record, name) ?? []);
  return [estimatorNote(records, name), note, matchedNote(matched, "Dashes"), ""].filter((s, i) => s || i === 3).join(" "); // prettier-ignore
}

/** The matched ANN of each group as a dash, where the quantity is an energy of spiking networks. */
function matchedAnns({label, nameOf}: Comparison, rows: Rows, records: Records, name: MeasureName): Trace[] {
  const {axis = measureOf(name)} = measureOf(name);
  const found = rows.flatMap(({group}) => {
    const of = records.flatMap((record) => (record.labels[label] === group && matchedOf(record, name)) || []);
    return of.length > 0 ? [{group, bits: of[0]!.bits, y: axis.scale * of[0]!.pJ}] : [];
  });
  if (found.length === 0) return [];
  return [
    {
      type: "scatter",
      mode: "markers",
      name: `matched ANN, ${rangeOf(found.map(({bits}) => bits), 0)} bits`, // prettier-ignore
      x: found.map(({group}) => nameOf(group)),
      y: found.map(({y}) => y),
      marker: {symbol: "line-ew", size: 36, line: {width: 2, color: PALETTE[6]}},
    },
  ];
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A measured quantity of each group: means with intervals, and every trial. */
export function measureFigure(comparison: Comparison, records: Records, name: MeasureName): Figure {
  const rows = rowsOf(comparison, records);
  const measure = measureOf(name);
  const scale = (measure.axis ?? measure).scale / measure.scale;
  const accuracy = measure.unit === "%";
  const chance = accuracy ? `Chance is ${100 / records[0]!.architecture.classes} %. ` : "";
  return figure({
    data: [
      means(comparison, rows, name, {scale}),
      dots(comparison, rows, records, name),
      ...matchedAnns(comparison, rows, records, name),
    ],
    layout: axes(
      comparison,
      `${capital(measure.title.replace(/ \(.*\)$/, ""))} against ${comparison.against}`,
      titled(name, {axis: true}),
      accuracy ? percentages(rows, records) : {rangemode: "tozero"},
    ),
    caption: `${intervalNote(comparison, rows)}${chance}${noteOf(name, records)}${provenanceOf(records)}`,
  });
}

/** What each group gains over the reference, seed by seed. */
export function differenceFigure(comparison: Comparison, records: Records): Figure {
  const reference = comparison.nameOf(referenceOf(comparison, records));
  const rows = rowsOf(comparison, records).filter((row) => row.difference !== undefined);
  return figure({
    data: [means(comparison, rows, "difference", {name: "paired difference"})],
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
export function memoryFigure(comparison: Comparison, records: Records): Figure {
  const rows = rowsOf(comparison, records);
  const bar = (name: string, color: string, y: (r: ComparisonRow) => number): Trace => ({
    type: "bar",
    name,
    marker: {color},
    x: rows.map(({group}) => comparison.nameOf(group)),
    y: rows.map(y),
  });
  const {bits} = records[0]!;
  return figure({
    data: [
      bar("stem, cells, reduction", PALETTE[0]!, (r) => r.paramsWithoutHead!),
      bar("head (two linear layers)", PALETTE[4]!, (r) => r.params! - r.paramsWithoutHead!),
    ],
    layout: {...axes(comparison, `Memory against ${comparison.against}`, "parameters"), barmode: "stack"},
    caption: `Parameters from the closed form, exact; at ${bits} bits each. ${provenanceOf(records)}`,
  });
}

/** Accuracy against receptive field: the sizes in pixels that one output of the cells can see. */
export function receptiveFieldFigure(comparison: Comparison, records: Records): Figure {
  const rows = rowsOf(comparison, records);
  const {size} = records[0]!.architecture.input;
  return figure({
    data: [{...means(comparison, rows, "accuracy"), x: rows.map((r) => r.receptiveField)}],
    layout: {
      ...axes(comparison, "Accuracy against receptive field", titled("accuracy"), percentages(rows, records)),
      xaxis: {
        title: {
          text: `receptive field of the longest path (pixels; the image is ${size} wide), ${comparison.against}`,
        },
        tickvals: rows.map((r) => r.receptiveField),
        ticktext: rows.map((r) => `${r.receptiveField}<br>${comparison.nameOf(r.group)}`),
      },
      showlegend: false,
    },
    caption: `${intervalNote(comparison, rows, {circles: false})}${provenanceOf(records)}`,
  });
}

const DRAWN = {difference: differenceFigure, memory: memoryFigure, receptiveField: receptiveFieldFigure} as const;

/** A figure of a comparison by name: one of these, or a measured quantity. */
export type FigureName = keyof typeof DRAWN | MeasureName;

/** What every comparison is drawn as. */
export const COMPARISON_FIGURES = [
  "accuracy",
  "difference",
  "memory",
  "synOps",
  "energy",
] as const satisfies FigureName[];

const isDrawn = (name: FigureName): name is keyof typeof DRAWN => Object.hasOwn(DRAWN, name);

/** The named figures of a comparison; of those, quantities that no record has are left out. */
export function comparisonFigures<N extends FigureName = (typeof COMPARISON_FIGURES)[number]>(
  comparison: Comparison,
  records: Records,
  names: readonly N[] = COMPARISON_FIGURES as readonly FigureName[] as readonly N[],
): Readonly<Record<N, Figure>> {
  const trained = records.filter(hasResult);
  if (trained.length === 0) return {} as Record<N, Figure>;
  const drawn = names.flatMap((name) => {
    checkName("figure", name, {...DRAWN, ...MEASURES});
    if (isDrawn(name)) return [[name, DRAWN[name](comparison, records)]];
    return records.some((record) => valueOf(record, name) !== undefined) ? [[name, measureFigure(comparison, records, name)]] : []; // prettier-ignore
  });
  return Object.fromEntries(drawn) as Record<N, Figure>;
}
