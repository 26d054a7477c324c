// How does the kernel size change accuracy, memory and synaptic work? SpiKernel's first step (arXiv 2404.01685).
//
// One wiring is held fixed and all convolutions of its cells become k×k, for each k; every size is trained with the same seeds.
// Seeds are paired: the same seed gives the same images in the same order with the same augmentation, and the same initial
// weights to every layer of equal shape, so that differences between sizes can be taken seed by seed.
// The paper states the question and sizes up to 7; wiring, width and budget of this study are ours.

import {type Architecture, snasnet} from "../architectures/architecture.js";
import {type Cell, KERNEL_SIZES, type KernelSize, parseCell, withKernelSize} from "../architectures/cell.js";
import {validateArchitecture} from "../architectures/validate.js";
import {check, checkInteger, checkOptions} from "../check.js";
import {datasetEntry} from "../datasets/index.js";
import type {BackendName} from "../tf.js";
import {PAPER_RECIPE, recipe, type Recipe, SMALL_RECIPE} from "../training/recipe.js";
import type {DataSpec, Profile, Trial} from "./trial.js";

export type KernelImpactSettings = {
  readonly profile: Profile;
  readonly kernelSizes: readonly KernelSize[];
  /** Number of seeds, and the first of them. */
  readonly seeds: number;
  readonly firstSeed: number;
  readonly data: DataSpec;
  /** The wiring; its convolutions are replaced. */
  readonly cell: Cell;
  /** Everything of the architecture but its cells, input and classes. */
  readonly network: Omit<Architecture, "cells" | "input" | "classes">;
  readonly cellCount: number;
  readonly recipe: Recipe;
  readonly bits: number;
  readonly backend: BackendName;
};

const WIRING = "0333 0012 0003 0000";

/** Smaller than the paper's: a narrow head, so that kernels show in the memory, and a recipe that starts at this width. */
const QUICK_NETWORK = {channels: 16, head: {hidden: 64, voters: 10, dropout: 0}, T: 3} as const;

/** Few images, many steps. Procedural images are all different: they need no augmentation. */
const QUICK_RECIPE = {epochs: 4, batchSize: 16, learningRate: 0.005, crop: 4, flip: true} as const;
const PROCEDURAL_RECIPE = {...QUICK_RECIPE, epochs: 5, crop: 0, flip: false} as const;

/** Images to read so that `wanted` of them can be balanced by label: published sets are not balanced in every stretch. */
export function readingFor(name: string, wanted: number): number {
  const {counts} = datasetEntry(name);
  return counts ? Math.min(counts.train, Math.ceil((wanted * 1.25) / 100) * 100) : wanted;
}

/** Images for each profile: quick is a small cut of any data set. */
function dataOf(name: string, profile: Profile): DataSpec {
  const {counts} = datasetEntry(name);
  if (profile === "full") {
    const {train: all, test} = counts ?? {train: 50000, test: 10000};
    const train = name === "mnist" ? 54210 : all; // MNIST's rarest class has 5,421 images; the other sets are balanced
    const validation = Math.round(train / 10);
    return {name, trainCount: all, testCount: test, train: train - validation, validation, seed: 0};
  }
  const [train, validation] = counts ? [2000, 500] : [1200, 300];
  return {name, trainCount: readingFor(name, train + validation), testCount: 500, train, validation, seed: 0};
}

/** What follows from the size of the images: SNASNet halves large ones in the stem, and pooling must divide the maps. */
function fitting(name: string): Pick<Architecture, "stemStride" | "pool"> {
  const {size} = datasetEntry(name);
  return {stemStride: size >= 64 ? 2 : 1, pool: size % 8 === 0 ? 4 : 7};
}

/** The settings of a profile; every one can be replaced. `data` may be a name. */
export function kernelImpactSettings({
  profile = "quick",
  data = profile === "quick" ? "procedural-16" : "cifar10",
  network = {},
  recipe: changes = {},
  ...rest
}: Partial<Omit<KernelImpactSettings, "data" | "network" | "recipe">> & {
  readonly data?: string | DataSpec;
  readonly network?: Partial<KernelImpactSettings["network"]>;
  readonly recipe?: Partial<Recipe>;
} = {}): KernelImpactSettings {
  const {cells: _cells, input: _input, classes: _classes, ...paper} = snasnet({channels: 256, pool: 4});
  const quick = profile === "quick";
  const {counts} = datasetEntry(typeof data === "string" ? data : data.name);
  const settings: KernelImpactSettings = {
    profile,
    kernelSizes: quick ? [1, 3, 5] : [1, 3, 5, 7],
    seeds: quick ? 3 : 5,
    firstSeed: 1,
    cell: parseCell(WIRING),
    cellCount: 2,
    bits: 32,
    backend: "wasm",
    ...rest,
    data: typeof data === "string" ? dataOf(data, profile) : data,
    network: {
      ...paper,
      ...fitting(typeof data === "string" ? data : data.name),
      ...(quick ? QUICK_NETWORK : {}),
      ...network,
    },
    recipe: recipe(
      {...(quick ? (counts ? QUICK_RECIPE : PROCEDURAL_RECIPE) : {}), ...changes},
      quick ? SMALL_RECIPE : PAPER_RECIPE,
    ),
  };
  checkOptions("kernel-impact", settings, [
    "profile",
    "kernelSizes",
    "seeds",
    "firstSeed",
    "data",
    "cell",
    "network",
    "cellCount",
    "recipe",
    "bits",
    "backend",
  ]);
  checkInteger("seeds", settings.seeds);
  checkInteger("first seed", settings.firstSeed, 0);
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
export function kernelImpactArchitecture(
  {data, cell, cellCount, network}: KernelImpactSettings,
  kernelSize: KernelSize,
): Architecture {
  const {size, channels, classCount} = datasetEntry(data.name);
  const architecture = snasnet({
    ...network,
    cell: withKernelSize(cell, kernelSize),
    cellCount,
    input: {size, channels},
    classes: classCount,
  });
  return validateArchitecture(architecture);
}

/** One trial for each kernel size and seed; seeds vary slowest, so that early results already compare all sizes. */
export function kernelImpactTrials(settings: KernelImpactSettings): Trial[] {
  const {profile, kernelSizes, seeds, firstSeed, data, recipe, bits, backend} = settings;
  return Array.from({length: seeds}, (_, i) => firstSeed + i).flatMap((seed) =>
    kernelSizes.map((kernelSize) => ({
      study: "kernel-impact",
      labels: {kernelSize},
      seed,
      architecture: kernelImpactArchitecture(settings, kernelSize),
      data,
      recipe,
      profile,
      bits,
      backend,
    })),
  );
}
