// The kernel-impact study in figures: those of every comparison, and accuracy against receptive field.

import {comparisonTable, provenanceOf} from "../analysis/comparison.js";
import type {TrialRecord} from "../records/trial.js";
import {
  accuracyFigure,
  axes,
  type Comparison,
  comparisonFigures,
  differenceFigure,
  energyFigure,
  intervalNote,
  means,
  memoryFigure,
  percentages,
  synOpsFigure,
} from "./comparison.js";
import {type Figure, figure} from "./figure.js";

type Records = readonly TrialRecord[];

/** Sizes in order; compared with 3×3 where that was trained. */
export const KERNEL_SIZE: Comparison = {
  label: "kernelSize",
  against: "kernel size",
  axis: "kernel size k (k×k convolutions)",
  nameOf: (size) => `${size}×${size}`,
  reference: (records) => (records.some(({labels}) => labels.kernelSize === 3) ? 3 : records[0]!.labels.kernelSize!),
  ordered: true,
  member: "seed",
};

export const kernelAccuracyFigure = (records: Records): Figure => accuracyFigure(KERNEL_SIZE, records);
export const kernelDifferenceFigure = (records: Records): Figure => differenceFigure(KERNEL_SIZE, records);
export const kernelMemoryFigure = (records: Records): Figure => memoryFigure(KERNEL_SIZE, records);
export const kernelSynOpsFigure = (records: Records): Figure => synOpsFigure(KERNEL_SIZE, records);
export const kernelEnergyFigure = (records: Records): Figure => energyFigure(KERNEL_SIZE, records);

/** Accuracy against receptive field: the sizes in pixels that one output of the cells can see. */
export function kernelReceptiveFieldFigure(records: readonly TrialRecord[]): Figure {
  const rows = comparisonTable(records, KERNEL_SIZE.label, KERNEL_SIZE.reference(records));
  const size = (records[0]!.architecture as {input?: {size: number}}).input?.size ?? 32;
  return figure({
    data: [
      {
        ...means(
          KERNEL_SIZE,
          rows,
          "mean",
          (r) => r.accuracy,
          (r) => r.accuracyLow,
          (r) => r.accuracyHigh,
        ),
        x: rows.map((r) => r.receptiveField),
      },
    ],
    layout: {
      ...axes(KERNEL_SIZE, "Accuracy against receptive field", "test accuracy (%)", percentages(rows, records)),
      xaxis: {
        title: {text: `receptive field of the longest path (pixels; the image is ${size} wide), kernel size`},
        tickvals: rows.map((r) => r.receptiveField),
        ticktext: rows.map((r) => `${r.receptiveField}<br>${KERNEL_SIZE.nameOf(r.group)}`),
      },
      showlegend: false,
    },
    caption: `${intervalNote(KERNEL_SIZE, rows, {circles: false})}${provenanceOf(records)}`,
  });
}

/** Every figure of the study, by file name. */
export const kernelImpactFigures = (records: Records): Readonly<Record<string, Figure>> => ({
  ...comparisonFigures(KERNEL_SIZE, records),
  "receptive-field": kernelReceptiveFieldFigure(records),
});
