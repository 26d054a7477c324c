// How does the kernel size change accuracy, memory and synaptic work? SpiKernel's first step (arXiv 2404.01685).
//
// One wiring is held fixed and all convolutions of its cells become k×k, for each k; every size is trained with the same seeds.
// The paper states the question and sizes up to 7; wiring, width and budget of this study are ours.

import type {Architecture} from "../architectures/architecture.js";
import {type Cell, KERNEL_SIZES, type KernelSize, parseCell, withKernelSize} from "../architectures/cell.js";
import {check} from "../check.js";
import {seedsOf, studyArchitecture, type StudyChanges, studySettings, type StudySettings, trialOf} from "./settings.js";
import type {Trial} from "../records/trial.js";

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
  const known = settings.kernelSizes.every((k) => KERNEL_SIZES.includes(k));
  check(
    "kernel sizes",
    settings.kernelSizes,
    settings.kernelSizes.length > 0 && known,
    `one or more of ${KERNEL_SIZES.join(", ")}`,
  );
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
export function kernelImpactTrials(settings: KernelImpactSettings): Trial[] {
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
