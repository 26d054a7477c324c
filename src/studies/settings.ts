// What every study of trained networks settles: data, network around the cells, recipe, seeds; and a profile's defaults.
//
// Seeds are paired: the same seed gives the same images in the same order with the same augmentation, and the same initial
// weights to every layer of equal shape, so that differences between a study's groups can be taken seed by seed.

import {type Architecture, isDnn, snasnet} from "../architectures/architecture.js";
import type {Cell} from "../architectures/cell.js";
import type {NetworkDescription} from "../architectures/description.js";
import {validateArchitecture} from "../architectures/validate.js";
import {check, checkOptions, invalid} from "../check.js";
import {inRange} from "../ranges.js";
import {checkHolds, dimensionsOf} from "../datasets/dataset.js";
import {datasetEntry, datasetName} from "../datasets/index.js";
import type {SplitSizes} from "../datasets/split.js";
import type {BackendName} from "../tf.js";
import {checkAugmentation} from "../training/batches.js";
import {PAPER_RECIPE, recipe, type Recipe, SMALL_RECIPE} from "../training/recipe.js";
import type {DataSpec, Profile, Trial} from "../records/trial.js";

export type StudySettings = {
  readonly profile: Profile;
  /** Number of seeds, and the first of them. */
  readonly seeds: number;
  readonly firstSeed: number;
  readonly cellCount: number;
  readonly bits: number;
  readonly backend: BackendName;
  readonly data: DataSpec;
  /** Everything of the architecture but its cells, input and classes. */
  readonly network: Omit<Architecture, "cells" | "input" | "classes">;
  readonly recipe: Recipe;
};

/** What a user may say about them: any part, and the data set by its name alone. */
export type StudyChanges = Partial<Omit<StudySettings, "data" | "network" | "recipe">> & {
  readonly data?: string | DataSpec;
  readonly network?: Partial<StudySettings["network"]>;
  readonly recipe?: Partial<Recipe>;
};

/** Smaller than the papers': a narrow head, so that cells show in the memory, and a recipe that starts at this width. */
const QUICK_NETWORK = {channels: 16, head: {hidden: 64, voters: 10, dropout: 0}, T: 3} as const;

/** Few images, many steps. Procedural images are all different: they need no augmentation. */
const QUICK_RECIPE = {epochs: 4, batchSize: 16, learningRate: 0.005, crop: 4, flip: true} as const;
const PROCEDURAL_RECIPE = {...QUICK_RECIPE, epochs: 5, crop: 0, flip: false} as const;

/**
 * Images to read so that as many can be balanced by label: published sets are not balanced in every stretch. Where authors keep some
 * for validation, every stretch holds their share.
 */
export function readingFor(name: string, {train, validation}: SplitSizes): number {
  const {counts, balanced = counts?.train, validation: kept} = datasetEntry(name);
  if (!counts) return train + validation;
  const share = kept === undefined ? undefined : kept / balanced!;
  const wanted = share === undefined ? train + validation : Math.max(train / (1 - share), validation / share);
  return Math.min(counts.train, Math.ceil((wanted * 1.25) / 100) * 100);
}

/** Samples for each profile: quick is a small cut of any data set. */
function dataOf(name: string, profile: Profile): DataSpec {
  const {counts, balanced = counts?.train, validation: kept} = datasetEntry(name);
  const full = profile === "full";
  const {train: most, test} = counts ?? {train: 50000, test: 10000};
  const usable = full ? (balanced ?? most) : Math.min(counts ? 2500 : 1500, balanced ?? Infinity);
  const validation = Math.min(Math.round(usable / (full ? 10 : 5)), kept ?? Infinity);
  const train = Math.min(usable - validation, kept === undefined ? Infinity : balanced! - kept);
  const trainCount = full ? most : readingFor(name, {train, validation});
  const testCount = full ? test : Math.min(500, counts?.test ?? Infinity);
  return {name, trainCount, testCount, train, validation, seed: 0};
}

/** Windows of the average pooling before the head, by preference. */
const POOLS = [4, 7, 6, 5, 3, 2] as const;

/** What follows from the shape of a sample: SNASNet halves large maps in the stem, pooling must divide them, and T may be given. */
function fitting(name: string): Partial<Pick<Architecture, "stemStride" | "pool" | "T" | "encoding">> {
  const {T, height, width} = dimensionsOf(datasetEntry(name).sampleShape);
  const stemStride = Math.max(height, width) >= 64 ? 2 : 1;
  const divides = (pool: number): boolean => [height, width].every((side) => side % (2 * stemStride * pool) === 0);
  return {stemStride, pool: POOLS.find(divides) ?? 1, ...(T !== undefined && {T, encoding: "none"})};
}

/** No crops, mirrors or holes where samples are no images. */
const augmentationOf = (name: string): Partial<Recipe> =>
  datasetEntry(name).modality === "image" ? {} : {crop: 0, flip: false, cutout: 0};

/** Throws on numbers of samples that there cannot be; how many an installed cut holds is known when it is read. */
function checkCounts({name, trainCount, testCount, train, validation, seed}: DataSpec): void {
  inRange("train", train);
  inRange("validation", validation);
  inRange("trainCount", trainCount);
  inRange("test", testCount);
  inRange("dataSeed", seed);
  const {counts, sampleShape} = datasetEntry(name);
  if (counts) {
    check("train count", trainCount, trainCount <= counts.train, `at most ${counts.train}, the training samples of ${name}`); // prettier-ignore
    check("test", testCount, testCount <= counts.test, `at most ${counts.test}, the test samples of ${name}`);
  }
  if (train + validation > trainCount)
    throw invalid("split sizes", `${train} training + ${validation} validation samples`, `at most ${trainCount} together, the train count`); // prettier-ignore
  for (const count of [trainCount, testCount]) checkHolds(name, count, sampleShape);
}

/** Throws where a network or a recipe does not go with the samples. */
function checkSamples({data: {name}, network, recipe: changes}: StudySettings): void {
  const {sampleShape, modality} = datasetEntry(name);
  const {T, height, width} = dimensionsOf(sampleShape);
  const side = Math.max(height, width);
  for (const what of ["crop", "cutout"] as const)
    check(what, changes[what], changes[what] <= side, `at most ${side}, the side of the samples of ${name} (pixels)`);
  if (T !== undefined && network.T !== T)
    throw invalid("timesteps", network.T, `${T}, which the samples of ${name} have`);
  const {encoding = "direct"} = network;
  if ((encoding === "none") !== (T !== undefined))
    throw invalid("encoding", encoding, T === undefined ? "one that makes timesteps of an image" : "none: samples have time"); // prettier-ignore
  checkAugmentation({modality}, changes);
}

/** The settings of a profile with a user's changes; `own` names the settings that the study has besides these. */
export function studySettings<Own extends object>(
  study: string,
  own: Own,
  {
    profile = "quick",
    data = profile === "quick" ? "procedural-16" : "cifar10",
    network = {},
    recipe: changes = {},
    ...rest
  }: StudyChanges & Partial<Own>,
): StudySettings & Own {
  const {cells: _cells, input: _input, classes: _classes, ...paper} = snasnet({channels: 256, pool: 4});
  const quick = profile === "quick";
  const name = datasetName(typeof data === "string" ? data : data.name);
  const {counts} = datasetEntry(name);
  const common: StudySettings = {
    profile,
    seeds: quick ? 3 : 5,
    firstSeed: 1,
    cellCount: 2,
    bits: 32,
    backend: "wasm",
    data: typeof data === "string" ? dataOf(name, profile) : {...data, name},
    network: {
      ...{...paper, ...(quick ? QUICK_NETWORK : {}), ...(isDnn(network) && {T: 1})},
      ...{...fitting(name), ...network},
    },
    recipe: recipe(
      {...(quick ? (counts ? QUICK_RECIPE : PROCEDURAL_RECIPE) : {}), ...augmentationOf(name), ...changes},
      quick ? SMALL_RECIPE : PAPER_RECIPE,
    ),
  };
  checkOptions(study, rest, [...Object.keys(common), ...Object.keys(own)]);
  const settings = {...common, ...own, ...rest} as StudySettings & Own;
  inRange("seeds", settings.seeds);
  inRange("firstSeed", settings.firstSeed);
  inRange("cells", settings.cellCount);
  inRange("bits", settings.bits);
  checkCounts(settings.data);
  checkSamples(settings);
  return settings;
}

/** The seeds of a study, in order. */
export const seedsOf = ({seeds, firstSeed}: StudySettings): number[] =>
  Array.from({length: seeds}, (_, i) => firstSeed + i);

/** The network around the cells, for a study's data. */
export function macroOf({data, network}: StudySettings): Omit<Architecture, "cells"> {
  const {sampleShape, classCount} = datasetEntry(data.name);
  const {height, width, channels} = dimensionsOf(sampleShape);
  const size = height === width ? height : ([height, width] as const);
  return {...network, input: {size, channels}, classes: classCount};
}

/** The architecture of these cells under a study's settings, or an error that says what does not fit. */
export const studyArchitecture = (settings: StudySettings, cells: readonly Cell[]): Architecture =>
  validateArchitecture({...macroOf(settings), cells});

/** A trial under a study's settings. */
export function trialOf<D extends NetworkDescription>(
  {profile, data, recipe, bits, backend}: StudySettings,
  {study, labels, seed, architecture}: Pick<Trial<D>, "study" | "labels" | "seed" | "architecture">,
): Trial<D> {
  return {study, labels, seed, architecture, data, recipe, profile, bits, backend};
}
