// The data sets by name: one table that loading, installing, listing and error messages read.

import {existsSync} from "node:fs";
import {join} from "node:path";
import {checkOptions, InputError, unknown} from "../check.js";
import {packageRoot} from "../root.js";
import {CIFAR10_LAYOUT, CIFAR100_LAYOUT, readCifar} from "./cifar.js";
import {CIFAR10_CLASSES, CIFAR100_CLASSES, CIFAR100_COARSE_CLASSES} from "./cifarClasses.js";
import {type Dataset, type LoadOptions, skippedText} from "./dataset.js";
import type {DatasetEntry} from "./entry.js";
import {FSDD} from "./fsdd.js";
import {readIdx} from "./idx.js";
import {folderEntry, folderStamp} from "./imageFolder.js";
import {npzEntry, npzStamp} from "./npz.js";
import {checkOwnOptions, ownDataName, parseOwnData} from "./ownData.js";
import {isInstalled} from "./place.js";
import {drawProcedural} from "./procedural.js";
import {RECIPES} from "./recipe.js";
import {SPEECH_COMMANDS} from "./speechCommands.js";
import {readTinyImageNet} from "./tinyImageNet.js";

export type {Dataset, LoadOptions, Modality, SampleSet, SampleShape, SkippedFile} from "./dataset.js";
export type {DatasetEntry} from "./entry.js";

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
    balanced: 54_210, // its rarest class, the fives, has 5,421 images
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
  ...FSDD,
  "speech-commands": SPEECH_COMMANDS,
} satisfies Record<string, DatasetEntry>;

export type DatasetName = keyof typeof DATASETS;

export const DATASET_NAMES = Object.keys(DATASETS) as readonly DatasetName[];

/** Data that a user has: a form of name, what it stands for, and how it is listed. */
type OwnForm = {
  /** How it is written, for help and errors. */
  readonly usage: string;
  readonly title: string;
  readonly options: readonly string[];
  readonly entry: (name: string, path: string, options: Readonly<Record<string, string>>) => DatasetEntry;
  /** Differs when what lies at the path has changed; the contents of files count where that is asked for. */
  readonly stamp: (path: string, contents?: boolean) => string;
};

export const OWN_DATA = {
  folder: {
    usage: "folder:DIR",
    title:
      "your own images, PNG and JPEG: one folder a class, in DIR/train and DIR/test, or in DIR, of which a fifth is test",
    options: ["size", "channels"],
    entry: folderEntry,
    stamp: folderStamp,
  },
  npz: {
    usage: "npz:FILE",
    title:
      "your own arrays x, y and perhaps x_test, y_test (else a fifth is test), classes, as numpy.savez writes them",
    options: [],
    entry: npzEntry,
    stamp: npzStamp,
  },
} satisfies Record<string, OwnForm>;

/** Every name or form of name, for help and errors. */
export const DATASET_FORMS: readonly string[] = [
  ...DATASET_NAMES,
  ...Object.values(OWN_DATA).map(({usage}: OwnForm) => usage),
];

type Own = {readonly form: OwnForm; readonly name: string; readonly path: string; readonly options: Readonly<Record<string, string>>}; // prettier-ignore

function ownDataOf(text: string): Own | undefined {
  const own = parseOwnData(text);
  if (!own || !Object.hasOwn(OWN_DATA, own.form)) return undefined;
  const form: OwnForm = OWN_DATA[own.form as keyof typeof OWN_DATA];
  checkOwnOptions(own, form.options);
  return {form, name: ownDataName(own), path: own.path, options: own.options};
}

/** Whether a name stands for data that the user has. */
export const isOwnData = (name: string): boolean => ownDataOf(name) !== undefined;

/** The name that a trial and its record carry: of a user's own data, with the whole path. Throws on one that is unknown. */
export function datasetName(text: string): string {
  const own = ownDataOf(text);
  if (own) return own.name;
  if (!Object.hasOwn(DATASETS, text)) throw unknown("data set", text, DATASET_FORMS);
  return text;
}

/** Differs when data that a user has was changed on the disk; "" for every other data set. */
export function dataStamp(name: string): string {
  const own = ownDataOf(name);
  return own ? own.form.stamp(own.path, true) : "";
}

const listed = new Map<string, {stamp: string; entry: DatasetEntry}>();

/** The entry of a name that a user gave. Folders and files are listed once, and again when they have changed. */
export function datasetEntry(text: string): DatasetEntry {
  const own = ownDataOf(text);
  if (!own) return DATASETS[datasetName(text) as DatasetName];
  const {form, name, path, options} = own;
  const stamp = form.stamp(path);
  const known = listed.get(name);
  if (known?.stamp === stamp) return known.entry;
  const entry = form.entry(name, path, options);
  listed.set(name, {stamp, entry});
  return entry;
}

/** Where installed data sets live unless told otherwise. */
export const defaultDataDir = (): string => join(packageRoot, "data");

/** Whether a data set can be loaded: its folder or file is there, or it needs none. */
export function isPresent(name: string, dataDir = defaultDataDir()): boolean {
  const own = ownDataOf(name);
  if (own) return existsSync(own.path);
  const {recipe} = datasetEntry(name);
  return recipe === undefined || isInstalled(join(dataDir, recipe.folder));
}

/** Loads a data set by name; reads no more samples than are asked for. */
export async function loadDataset(name: string, options: LoadOptions = {}): Promise<Dataset> {
  checkOptions("loadDataset", options, [
    "dataDir",
    "trainCount",
    "testCount",
    "seed",
    "onSkipped",
    "signal",
    "onProgress",
  ]);
  const entry = datasetEntry(name);
  const {dataDir = defaultDataDir(), onSkipped, ...request} = options;
  const folder = join(dataDir, entry.recipe?.folder ?? "");
  if (!isPresent(name, dataDir))
    throw new InputError(
      `data set ${name} is not installed: no folder ${folder}; get it with "npx spikebook data ${name}" ` +
        `(add --from DIR for a local copy, --data-dir DIR for another place)`,
    );
  const data = await entry.read({...request, folder});
  if (data.skipped?.length) {
    if (onSkipped) onSkipped(data.skipped);
    else console.warn(`warning: ${skippedText(data.name, data.skipped)}`);
  }
  return data;
}
