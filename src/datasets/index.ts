// The data sets by name: one table that loading, installing, listing and error messages read.

import {existsSync} from "node:fs";
import {join} from "node:path";
import {checkName, checkOptions, InputError} from "../check.js";
import {packageRoot} from "../root.js";
import {CIFAR10_LAYOUT, CIFAR100_LAYOUT, readCifar} from "./cifar.js";
import {CIFAR10_CLASSES, CIFAR100_CLASSES, CIFAR100_COARSE_CLASSES} from "./cifarClasses.js";
import type {Dataset, LoadOptions, Modality, ReadRequest, SampleShape} from "./dataset.js";
import {readIdx} from "./idx.js";
import {drawProcedural} from "./procedural.js";
import {RECIPES, type Recipe} from "./recipe.js";
import {readTinyImageNet} from "./tinyImageNet.js";

export type {Dataset, LoadOptions, Modality, SampleSet, SampleShape} from "./dataset.js";

/** One line of the table. */
export type DatasetEntry = {
  readonly title: string;
  /** Published numbers of training and test samples; undefined where they are drawn on demand. */
  readonly counts?: {readonly train: number; readonly test: number};
  readonly sampleShape: SampleShape;
  readonly modality: Modality;
  readonly classCount: number;
  /** What its authors allow, in few words. */
  readonly terms: string;
  /** How to get it; undefined where nothing is installed. */
  readonly recipe?: Recipe;
  readonly read: (request: ReadRequest) => Promise<Dataset>;
};

const CIFAR_TERMS = "no licence stated; cite Krizhevsky 2009";
const DIGITS = "0 1 2 3 4 5 6 7 8 9".split(" ");
const FASHION_CLASSES = [
  "T-shirt/top",
  "Trouser",
  "Pullover",
  "Dress",
  "Coat",
  "Sandal",
  "Shirt",
  "Sneaker",
  "Bag",
  "Ankle boot",
];
const CIFAR10_STATISTICS = {mean: [0.4913, 0.4821, 0.4465], sd: [0.247, 0.2434, 0.2615]};
const CIFAR100_STATISTICS = {mean: [0.5071, 0.4867, 0.4408], sd: [0.2673, 0.2564, 0.2762]};

export const DATASETS = {
  procedural: {
    title: "drawn from a seed, built in",
    sampleShape: [32, 32, 3],
    modality: "image",
    classCount: 10,
    terms: "MIT, as this program",
    read: (request) => drawProcedural(32, request),
  },
  "procedural-16": {
    title: "the same, smaller",
    sampleShape: [16, 16, 3],
    modality: "image",
    classCount: 10,
    terms: "MIT, as this program",
    read: (request) => drawProcedural(16, request),
  },
  cifar10: {
    title: "CIFAR-10",
    counts: RECIPES.cifar10.published,
    sampleShape: [32, 32, 3],
    modality: "image",
    classCount: 10,
    terms: CIFAR_TERMS,
    recipe: RECIPES.cifar10,
    read: (request) =>
      readCifar(
        {name: "cifar10", layout: CIFAR10_LAYOUT, labelIndex: 0, classes: CIFAR10_CLASSES, ...CIFAR10_STATISTICS},
        request,
      ),
  },
  cifar100: {
    title: "CIFAR-100, 100 fine classes",
    counts: RECIPES.cifar100.published,
    sampleShape: [32, 32, 3],
    modality: "image",
    classCount: 100,
    terms: CIFAR_TERMS,
    recipe: RECIPES.cifar100,
    read: (request) =>
      readCifar(
        {name: "cifar100", layout: CIFAR100_LAYOUT, labelIndex: 1, classes: CIFAR100_CLASSES, ...CIFAR100_STATISTICS},
        request,
      ),
  },
  "cifar100-coarse": {
    title: "CIFAR-100, 20 coarse classes",
    counts: RECIPES.cifar100.published,
    sampleShape: [32, 32, 3],
    modality: "image",
    classCount: 20,
    terms: CIFAR_TERMS,
    recipe: RECIPES.cifar100,
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
  "fashion-mnist": {
    title: "Fashion-MNIST",
    counts: RECIPES["fashion-mnist"].published,
    sampleShape: [28, 28, 1],
    modality: "image",
    classCount: 10,
    terms: "MIT (Zalando)",
    recipe: RECIPES["fashion-mnist"],
    read: (request) =>
      readIdx(
        {
          name: "fashion-mnist",
          classes: FASHION_CLASSES,
          mean: [0.286],
          sd: [0.353],
          home: "github.com/zalandoresearch/fashion-mnist",
        },
        request,
      ),
  },
  mnist: {
    title: "MNIST",
    counts: RECIPES.mnist.published,
    sampleShape: [28, 28, 1],
    modality: "image",
    classCount: 10,
    terms: "no licence stated (CC BY-SA 3.0 is commonly quoted); cite LeCun et al. 1998",
    recipe: RECIPES.mnist,
    read: (request) =>
      readIdx(
        {name: "mnist", classes: DIGITS, mean: [0.1307], sd: [0.3081], home: "yann.lecun.com/exdb/mnist"},
        request,
      ),
  },
  "tiny-imagenet": {
    title: "Tiny-ImageNet-200",
    counts: RECIPES["tiny-imagenet"].published,
    sampleShape: [64, 64, 3],
    modality: "image",
    classCount: 200,
    terms: "ImageNet terms: non-commercial research and education",
    recipe: RECIPES["tiny-imagenet"],
    read: readTinyImageNet,
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
  const {recipe} = datasetEntry(name);
  return recipe === undefined || existsSync(join(dataDir, recipe.folder));
}

/** Loads a data set by name; reads no more samples than are asked for. */
export async function loadDataset(name: string, options: LoadOptions = {}): Promise<Dataset> {
  checkOptions("loadDataset", options, ["dataDir", "trainCount", "testCount", "seed", "signal", "onProgress"]);
  const entry = datasetEntry(name);
  const {dataDir = defaultDataDir(), ...request} = options;
  const folder = join(dataDir, entry.recipe?.folder ?? "");
  if (!isPresent(name, dataDir))
    throw new InputError(
      `data set ${name} is not installed: no folder ${folder}; get it with "npx spikebook data ${name}" ` +
        `(add --from DIR for a local copy, --data-dir DIR for another place)`,
    );
  return entry.read({...request, folder});
}
