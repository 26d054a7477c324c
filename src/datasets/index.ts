// The data sets by name: one table that loading, installing, listing and error messages read.

import {existsSync} from "node:fs";
import {join} from "node:path";
import {checkName, checkOptions, InputError} from "../check.js";
import {packageRoot} from "../root.js";
import {CIFAR10_LAYOUT, CIFAR100_LAYOUT, readCifar} from "./cifar.js";
import {CIFAR10_CLASSES, CIFAR100_CLASSES, CIFAR100_COARSE_CLASSES} from "./cifarClasses.js";
import type {ImageDataset, LoadOptions, ReadRequest} from "./dataset.js";
import {drawProcedural} from "./procedural.js";

export type {ImageDataset, ImageSet, LoadOptions} from "./dataset.js";

/** One line of the table. */
export type DatasetEntry = {
  readonly title: string;
  /** Published numbers of training and test images; undefined where images are drawn on demand. */
  readonly counts?: {readonly train: number; readonly test: number};
  readonly size: number;
  readonly channels: number;
  readonly classCount: number;
  /** What its authors allow, in few words. */
  readonly terms: string;
  /** Folder under the data folder, named as its authors name it; undefined where nothing is installed. */
  readonly folder?: string;
  readonly read: (request: ReadRequest) => Promise<ImageDataset>;
};

const CIFAR_TERMS = "no licence stated; cite Krizhevsky 2009";
const CIFAR10_STATISTICS = {mean: [0.4913, 0.4821, 0.4465], sd: [0.247, 0.2434, 0.2615]};
const CIFAR100_STATISTICS = {mean: [0.5071, 0.4867, 0.4408], sd: [0.2673, 0.2564, 0.2762]};

export const DATASETS = {
  procedural: {
    title: "drawn from a seed, built in",
    size: 32,
    channels: 3,
    classCount: 10,
    terms: "MIT, as this program",
    read: (request) => drawProcedural(32, request),
  },
  "procedural-16": {
    title: "the same, smaller",
    size: 16,
    channels: 3,
    classCount: 10,
    terms: "MIT, as this program",
    read: (request) => drawProcedural(16, request),
  },
  cifar10: {
    title: "CIFAR-10",
    counts: {train: 50000, test: 10000},
    size: 32,
    channels: 3,
    classCount: 10,
    terms: CIFAR_TERMS,
    folder: "cifar-10-batches-bin",
    read: (request) =>
      readCifar(
        {name: "cifar10", layout: CIFAR10_LAYOUT, labelIndex: 0, classes: CIFAR10_CLASSES, ...CIFAR10_STATISTICS},
        request,
      ),
  },
  cifar100: {
    title: "CIFAR-100, 100 fine classes",
    counts: {train: 50000, test: 10000},
    size: 32,
    channels: 3,
    classCount: 100,
    terms: CIFAR_TERMS,
    folder: "cifar-100-binary",
    read: (request) =>
      readCifar(
        {name: "cifar100", layout: CIFAR100_LAYOUT, labelIndex: 1, classes: CIFAR100_CLASSES, ...CIFAR100_STATISTICS},
        request,
      ),
  },
  "cifar100-coarse": {
    title: "CIFAR-100, 20 coarse classes",
    counts: {train: 50000, test: 10000},
    size: 32,
    channels: 3,
    classCount: 20,
    terms: CIFAR_TERMS,
    folder: "cifar-100-binary",
    read: (request) =>
      readCifar(
        {
          name: "cifar100-coarse",
          layout: CIFAR100_LAYOUT,
          labelIndex: 0,
          classes: CIFAR100_COARSE_CLASSES,
          ...CIFAR100_STATISTICS,
        },
        request,
      ),
  },
} satisfies Record<string, DatasetEntry>;

export type DatasetName = keyof typeof DATASETS;

export const DATASET_NAMES = Object.keys(DATASETS) as readonly DatasetName[];

/** The entry of a name that a user gave. */
export const datasetEntry = (name: string): DatasetEntry => DATASETS[checkName("data set", name, DATASETS)];

/** Where installed data sets live unless told otherwise. */
export const defaultDataDir = (): string => join(packageRoot, "data");

/** Whether a data set can be loaded: its folder is there, or it needs none. */
export function isPresent(name: string, dataDir = defaultDataDir()): boolean {
  const {folder} = datasetEntry(name);
  return folder === undefined || existsSync(join(dataDir, folder));
}

/** Loads a data set by name; reads no more images than are asked for. */
export async function loadDataset(name: string, options: LoadOptions = {}): Promise<ImageDataset> {
  checkOptions("loadDataset", options, ["dataDir", "trainCount", "testCount", "seed", "signal", "onProgress"]);
  const entry = datasetEntry(name);
  const {dataDir = defaultDataDir(), ...request} = options;
  const folder = join(dataDir, entry.folder ?? "");
  if (!isPresent(name, dataDir))
    throw new InputError(
      `data set ${name} is not installed: no folder ${folder}; get it with "npx spikebook data ${name}" ` +
        `(add --from DIR for a local copy, --data-dir DIR for another place)`,
    );
  return entry.read({...request, folder});
}
