// The kernel-impact study in figures: accuracy, memory, synaptic work and energy against kernel size.

import {HOROWITZ_45NM} from "../architectures/energy.js";
import {type KernelImpactRow, kernelImpactTable, provenanceOf} from "../analysis/kernelImpact.js";
import type {TrialRecord} from "../studies/trial.js";
import {type Figure, figure, PALETTE, type Trace} from "./figure.js";

const SIZES = "kernel size k (k×k convolutions)";

const label = (row: KernelImpactRow): string => `${row.kernelSize}×${row.kernelSize}`;

/** Means with 95 % intervals (none for one seed) as one line. */
function means(
  rows: readonly KernelImpactRow[],
  name: string,
  mean: (r: KernelImpactRow) => number | undefined,
  low?: (r: KernelImpactRow) => number | undefined,
  high?: (r: KernelImpactRow) => number | undefined,
): Trace {
  const bars = low && high && rows.some((row) => low(row) !== undefined);
  return {
    type: "scatter",
    mode: "lines+markers",
    name,
    x: rows.map(label),
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
function dots(records: readonly TrialRecord[], value: (r: TrialRecord) => number | undefined): Trace {
  const shown = records
    .filter((record) => value(record) !== undefined)
    .sort((a, b) => Number(a.labels.kernelSize) - Number(b.labels.kernelSize));
  return {
    type: "scatter",
    mode: "markers",
    name: "one seed",
    x: shown.map(({labels}) => `${labels.kernelSize}×${labels.kernelSize}`),
    y: shown.map(value),
    text: shown.map(({seed}) => `seed ${seed}`),
    hovertemplate: "%{x}, %{text}: %{y}<extra></extra>",
    marker: {size: 8, symbol: "circle-open", color: PALETTE[1], line: {width: 1.5}},
  };
}

const axes = (title: string, y: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  title: {text: title},
  xaxis: {title: {text: SIZES}, type: "category"},
  yaxis: {title: {text: y}, ...more},
});

/** The range of an axis of percentages: all values and intervals with some room, but no further than 0 and 100. */
function percentages(rows: readonly KernelImpactRow[], records: readonly TrialRecord[]): Record<string, unknown> {
  const singles = records.map(({testAccuracy}) => (testAccuracy === undefined ? undefined : 100 * testAccuracy));
  const all = [...singles, ...rows.flatMap((row) => [row.accuracyLow, row.accuracyHigh])].filter(
    (v) => v !== undefined,
  );
  if (all.length === 0) return {};
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const room = 0.08 * Math.max(high - low, 5);
  return {range: [Math.max(0, low - room), Math.min(100, high + room)]};
}

const interval = (rows: readonly KernelImpactRow[]): string =>
  rows.some((row) => row.accuracyLow !== undefined)
    ? `Line: mean over n = ${Math.min(...rows.map((r) => r.n))} seeds with its 95 % t-interval; circles: single seeds. `
    : "One seed: no interval. ";

const chanceOf = (records: readonly TrialRecord[]): number =>
  100 / ((records[0]!.architecture as {classes?: number}).classes ?? 10);

/** Test accuracy against kernel size. */
export function kernelAccuracyFigure(records: readonly TrialRecord[]): Figure {
  const rows = kernelImpactTable(records);
  return figure({
    data: [
      means(
        rows,
        "mean",
        (r) => r.accuracy,
        (r) => r.accuracyLow,
        (r) => r.accuracyHigh,
      ),
      dots(records, (r) => (r.testAccuracy === undefined ? undefined : 100 * r.testAccuracy)),
    ],
    layout: axes("Test accuracy against kernel size", "test accuracy (%)", percentages(rows, records)),
    caption: `${interval(rows)}Chance is ${chanceOf(records)} %. ${provenanceOf(records)}`,
  });
}

/** What each size gains over the reference, seed by seed. */
export function kernelDifferenceFigure(records: readonly TrialRecord[], reference = 3): Figure {
  const rows = kernelImpactTable(records, reference).filter((row) => row.difference !== undefined);
  return figure({
    data: [
      {
        ...means(
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
      ...axes(`Gain over ${reference}×${reference}, paired by seed`, "difference (percentage points)", {
        zeroline: true,
        zerolinecolor: "#555555",
      }),
      showlegend: false,
    },
    caption: `Mean of the differences between trials of the same seed, with its 95 % t-interval. An interval that holds 0 shows no difference. ${provenanceOf(records)}`,
  });
}

/** Parameters against kernel size, split into cells and head. */
export function kernelMemoryFigure(records: readonly TrialRecord[]): Figure {
  const rows = kernelImpactTable(records);
  const bar = (name: string, color: string, y: (r: KernelImpactRow) => number): Trace => ({
    type: "bar",
    name,
    marker: {color},
    x: rows.map(label),
    y: rows.map(y),
  });
  const bits = records[0]!.bits;
  return figure({
    data: [
      bar("stem, cells, reduction", PALETTE[0]!, (r) => r.paramsWithoutHead),
      bar("head (two linear layers)", PALETTE[4]!, (r) => r.params - r.paramsWithoutHead),
    ],
    layout: {...axes("Memory against kernel size", "parameters"), barmode: "stack"},
    caption: `Parameters from the closed form, exact; at ${bits} bits each. ${provenanceOf(records)}`,
  });
}

/** Synaptic operations per image against kernel size. */
export function kernelSynOpsFigure(records: readonly TrialRecord[]): Figure {
  const rows = kernelImpactTable(records);
  return figure({
    data: [
      means(
        rows,
        "mean",
        (r) => scale(r.synOps),
        (r) => scale(r.synOpsLow),
        (r) => scale(r.synOpsHigh),
      ),
      dots(records, (r) => scale(r.synOps)),
    ],
    layout: axes("Synaptic work against kernel size", "synaptic operations per image (millions)", {
      rangemode: "tozero",
    }),
    caption: `${interval(rows)}Spikes times fan-out, counted on test images, exact at borders. ${provenanceOf(records)}`,
  });
}

const scale = (value: number | undefined): number | undefined => (value === undefined ? undefined : value / 1e6);

/** Energy estimate per image against kernel size. */
export function kernelEnergyFigure(records: readonly TrialRecord[]): Figure {
  const rows = kernelImpactTable(records);
  return figure({
    data: [
      means(
        rows,
        "mean",
        (r) => r.energy,
        (r) => r.energyLow,
        (r) => r.energyHigh,
      ),
    ],
    layout: {
      ...axes("Energy estimate against kernel size", "energy per image (µJ)", {rangemode: "tozero"}),
      showlegend: false,
    },
    caption: `${interval(rows)}Estimator: ${HOROWITZ_45NM.name}; stem as multiply-accumulates once, all spikes as accumulates; memory traffic is not in it. ${provenanceOf(records)}`,
  });
}

/** Accuracy against receptive field: the sizes in pixels that one output of the cells can see. */
export function kernelReceptiveFieldFigure(records: readonly TrialRecord[]): Figure {
  const rows = kernelImpactTable(records);
  const size = (records[0]!.architecture as {input?: {size: number}}).input?.size ?? 32;
  return figure({
    data: [
      {
        ...means(
          rows,
          "mean",
          (r) => r.accuracy,
          (r) => r.accuracyLow,
          (r) => r.accuracyHigh,
        ),
        x: rows.map((r) => r.receptiveField),
        text: rows.map(label),
        mode: "lines+markers+text",
        textposition: "top center",
        cliponaxis: false,
      },
    ],
    layout: {
      ...axes("Accuracy against receptive field", "test accuracy (%)", percentages(rows, records)),
      xaxis: {title: {text: `receptive field of the longest path (pixels; the image is ${size} wide)`}},
      showlegend: false,
    },
    caption: `${interval(rows)}Labels: kernel size. ${provenanceOf(records)}`,
  });
}

/** Every figure of the study, by file name. */
export const KERNEL_IMPACT_FIGURES: Readonly<Record<string, (records: readonly TrialRecord[]) => Figure>> = {
  accuracy: kernelAccuracyFigure,
  difference: kernelDifferenceFigure,
  memory: kernelMemoryFigure,
  synops: kernelSynOpsFigure,
  energy: kernelEnergyFigure,
  "receptive-field": kernelReceptiveFieldFigure,
};
