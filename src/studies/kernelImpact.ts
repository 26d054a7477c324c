// How does the kernel size change accuracy, memory and synaptic work? SpiKernel's first step (arXiv 2404.01685).
//
// One wiring is held fixed and all convolutions of its cells become k×k, for each k; every size is trained with the same seeds.
// The paper states the question and sizes up to 7; wiring, width and budget of this study are ours.

import {comparisonTable, type ComparisonRow} from "../analysis/comparison.js";
import {groupBy} from "../analysis/summarise.js";
import type {Architecture} from "../architectures/architecture.js";
import {type Cell, parseCell, withKernelSize} from "../architectures/cell.js";
import type {KernelSize} from "../architectures/ops.js";
import {isKernelSize, KERNEL_SIZE_RULE} from "../graphs/ops.js";
import {check, checkDifferent} from "../check.js";
import {
  COMPARISON_FIGURES,
  comparisonFigures,
  differenceFigure,
  measureFigure,
  memoryFigure,
  receptiveFieldFigure,
} from "../plots/comparison.js";
import type {Figure} from "../plots/figure.js";
import {type Comparison, comparisonOf, type Group} from "../records/comparison.js";
import type {Trial, TrialRecord} from "../records/trial.js";
import {kernelsOf, picked} from "./options.js";
import type {Study} from "./study.js";
import {seedsOf, studyArchitecture, type StudyChanges, studySettings, type StudySettings, trialOf} from "./settings.js";

type Own = {
  readonly kernelSizes: readonly KernelSize[];
  /** The wiring; its convolutions are replaced. */
  readonly cell: Cell;
};

export type KernelImpactSettings = StudySettings & Own;

const WIRING = "0333 0012 0003 0000";

/** The settings of a profile; every one can be replaced. `data` may be a name. */
export function kernelImpactSettings(changes: StudyChanges & Partial<Own> = {}): KernelImpactSettings {
  const kernelSizes: readonly KernelSize[] = (changes.profile ?? "quick") === "quick" ? [1, 3, 5] : [1, 3, 5, 7];
  const settings = studySettings<Own>("kernel-impact", {kernelSizes, cell: parseCell(WIRING)}, changes);
  const known = settings.kernelSizes.every(isKernelSize);
  check(
    "kernel sizes",
    settings.kernelSizes,
    settings.kernelSizes.length > 0 && known,
    `one or more, each ${KERNEL_SIZE_RULE}`,
  );
  checkDifferent("kernel sizes", settings.kernelSizes);
  kernelImpactTrials(settings); // every architecture is validated before anything runs
  return settings;
}

/** The architecture of one kernel size. */
export function kernelImpactArchitecture(settings: KernelImpactSettings, kernelSize: KernelSize): Architecture {
  const cell = withKernelSize(settings.cell, kernelSize);
  return studyArchitecture(
    settings,
    Array.from({length: settings.cellCount}, () => cell),
  );
}

/** One trial for each kernel size and seed; seeds vary slowest, so that early results already compare all sizes. */
export function kernelImpactTrials(settings: KernelImpactSettings): Trial<Architecture>[] {
  return seedsOf(settings).flatMap((seed) =>
    settings.kernelSizes.map((kernelSize) =>
      trialOf(settings, {
        study: "kernel-impact",
        labels: {kernelSize},
        seed,
        architecture: kernelImpactArchitecture(settings, kernelSize),
      }),
    ),
  );
}

type Records = readonly TrialRecord[];

/** Sizes in order; compared with 3×3 where that was trained. */
export const KERNEL_SIZE: Comparison = comparisonOf({
  label: "kernelSize",
  against: "kernel size",
  axis: "kernel size k (k×k convolutions)",
  nameOf: (size: Group) => `${size}×${size}`,
  reference: [3],
});

export type KernelImpactRow = Omit<ComparisonRow, "group"> & {readonly kernelSize: number};

/** Rows by kernel size, ascending; differences are taken against `reference`, 3 where it was trained. */
export function kernelImpactTable(records: Records, reference?: number): KernelImpactRow[] {
  const sizes = groupBy(records, "labels.kernelSize").map(([size]) => Number(size));
  const against = reference ?? (sizes.includes(3) ? 3 : sizes[0]!);
  return comparisonTable(records, "kernelSize", against).map(({group, ...row}) => ({
    kernelSize: Number(group),
    ...row,
  }));
}

export const kernelAccuracyFigure = (records: Records): Figure => measureFigure(KERNEL_SIZE, records, "accuracy");
export const kernelDifferenceFigure = (records: Records): Figure => differenceFigure(KERNEL_SIZE, records);
export const kernelMemoryFigure = (records: Records): Figure => memoryFigure(KERNEL_SIZE, records);
export const kernelSynOpsFigure = (records: Records): Figure => measureFigure(KERNEL_SIZE, records, "synOps");
export const kernelEnergyFigure = (records: Records): Figure => measureFigure(KERNEL_SIZE, records, "energy");
export const kernelReceptiveFieldFigure = (records: Records): Figure => receptiveFieldFigure(KERNEL_SIZE, records);

export const KERNEL_IMPACT: Study<Own> = {
  name: "kernel-impact",
  summary: "how kernel size changes accuracy, memory and synaptic work",
  description: "Trains one wiring with k×k convolutions for each kernel size and seed (SpiKernel, step 1).",
  options: [
    {
      name: "kernels",
      value: "<list>",
      help: "kernel sizes, such as 1,3,5,7",
      parse: (text) => kernelsOf("kernels", text, ","),
    },
    {name: "cell", value: "<rows>", help: 'wiring in op codes, such as "0333 0012 0003 0000"', parse: parseCell},
  ],
  settings: kernelImpactSettings,
  own: ({kernels: kernelSizes, cell}) => picked({kernelSizes, cell}, ["kernelSizes", "cell"]),
  trials: kernelImpactTrials,
  groups: ["kernelSizes"],
  comparison: KERNEL_SIZE,
  tables: (records) => ({summary: kernelImpactTable(records)}),
  figures: (records) => comparisonFigures(KERNEL_SIZE, records, [...COMPARISON_FIGURES, "receptiveField"]),
};
