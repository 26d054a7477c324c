// How each published data set is obtained: addresses, checksums, which files belong to it, and how they are verified.

import {join} from "node:path";
import {invalid} from "../check.js";
import {
  CIFAR10_LAYOUT,
  CIFAR100_LAYOUT,
  cifarCounts,
  countRecords,
  verifyCifarLabels,
  type CifarLayout,
} from "./cifar.js";
import type {Progress} from "./dataset.js";
import type {Checksum} from "./download.js";
import {idxCounts, idxFiles, verifyIdxLabels} from "./idx.js";
import {listTinyImageNet, verifyTinyImages} from "./tinyImageNet.js";

/** Where a file lies below the folder that a data set's files share. */
export type Placed = {
  readonly root: string;
  readonly file: string;
  /** The name is the published one, not that of a cut such as data_batch_1.first1000.bin. */
  readonly exact: boolean;
};

export type Contents = {readonly train: number; readonly test: number; readonly notes: readonly string[]};

export type Recipe = {
  /** Folder under the data folder, named as the authors name it. */
  readonly folder: string;
  readonly downloads: readonly {readonly url: string; readonly sum: Checksum; /** No less than its published length. */ readonly most?: number}[]; // prettier-ignore
  /** Where people find it when there is nothing to download from. */
  readonly home?: string;
  /** Archives that are opened when no loose files are found. */
  readonly archive?: RegExp;
  /** Files without which nothing can be loaded. */
  readonly required: readonly string[];
  /** Published sha256 and length of the plain files; empty where there are too many to list. */
  readonly official: Readonly<Record<string, {readonly sha256: string; readonly bytes: number}>>;
  /** Most bytes of a file that is not listed there, of all files together, and most files. */
  readonly most: {readonly file: number; readonly total: number; readonly files: number};
  /** Where a file of the source belongs; undefined for files that are not the data set's. */
  readonly place: (path: string) => Placed | undefined;
  /** Checks every record of a folder and counts them. */
  readonly verify: (folder: string, tools: {signal?: AbortSignal; onProgress?: Progress}) => Promise<Contents>;
  readonly published: {readonly train: number; readonly test: number};
};

/** The most bytes that a file of a data set may have: as many as were published. */
export const mostBytesOf = ({official, most}: Recipe, file: string): number => official[file]?.bytes ?? most.file;

const MEGABYTE = 2 ** 20;
/** All files are listed with their length. */
const LISTED: Recipe["most"] = {file: 0, total: 256 * MEGABYTE, files: 16};

const split = (path: string): {folder: string; name: string} => {
  const slash = path.lastIndexOf("/");
  return {folder: path.slice(0, Math.max(0, slash)), name: path.slice(slash + 1)};
};

/** Files that carry their published name, or that name with words put in: data_batch_1.first1000.bin. */
const placeRecords =
  (files: readonly string[]) =>
  (path: string): Placed | undefined => {
    const {folder, name} = split(path);
    const [stem = ""] = name.split(".");
    const file = files.find((official) => name.endsWith(".bin") && official === `${stem}.bin`);
    return file === undefined ? undefined : {root: folder, file, exact: file === name};
  };

async function verifyCifar(folder: string, layout: CifarLayout, perFile: number): Promise<Contents> {
  const counts = await Promise.all(layout.trainFiles.map((file) => countRecords(join(folder, file), layout)));
  const present = counts.filter((count) => count !== undefined).length;
  counts.forEach((count, i) => {
    const path = join(folder, layout.trainFiles[i]!);
    if (count === undefined && i < present)
      throw invalid(path, "no such file", "training files without a gap: the order of images would change");
    if (count !== undefined && count !== perFile && i < present - 1)
      throw invalid(path, `${count} records`, `${perFile}, unless it is the last training file`);
  });
  await verifyCifarLabels(folder, layout);
  const missing = layout.trainFiles.filter((_, i) => counts[i] === undefined);
  return {...(await cifarCounts(folder, layout)), notes: missing.length ? [`missing ${missing.join(", ")}`] : []};
}

const KRIZ = "https://www.cs.toronto.edu/~kriz";

const CIFAR10: Recipe = {
  folder: "cifar-10-batches-bin",
  downloads: [
    {
      url: `${KRIZ}/cifar-10-binary.tar.gz`,
      sum: {algorithm: "md5", value: "c32a1d4ab5d03f1284b67883e8d87530"},
      most: 200e6,
    },
  ],
  most: LISTED,
  archive: /cifar-?10[^0].*$/i,
  required: ["data_batch_1.bin", "test_batch.bin"],
  official: {
    "data_batch_1.bin": {sha256: "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5", bytes: 30_730_000},
    "data_batch_2.bin": {sha256: "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed", bytes: 30_730_000},
    "data_batch_3.bin": {sha256: "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67", bytes: 30_730_000},
    "data_batch_4.bin": {sha256: "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48", bytes: 30_730_000},
    "data_batch_5.bin": {sha256: "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add", bytes: 30_730_000},
    "test_batch.bin": {sha256: "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b", bytes: 30_730_000},
  },
  place: placeRecords([...CIFAR10_LAYOUT.trainFiles, CIFAR10_LAYOUT.testFile]),
  verify: (folder) => verifyCifar(folder, CIFAR10_LAYOUT, 10_000),
  published: {train: 50_000, test: 10_000},
};

const CIFAR100: Recipe = {
  folder: "cifar-100-binary",
  downloads: [
    {
      url: `${KRIZ}/cifar-100-binary.tar.gz`,
      sum: {algorithm: "md5", value: "03b5dce01913d631647c71ecec9e9cb8"},
      most: 200e6,
    },
  ],
  most: LISTED,
  archive: /cifar-?100.*$/i,
  required: ["train.bin", "test.bin"],
  official: {
    "train.bin": {sha256: "f31298fc616915fa142368359df1c4ca2ae984d6915ca468b998a5ec6aeebf29", bytes: 153_700_000},
    "test.bin": {sha256: "d8b1e6b7b3bee4020055f0699b111f60b1af1e262aeb93a0b659061746f8224a", bytes: 30_740_000},
  },
  place: placeRecords([...CIFAR100_LAYOUT.trainFiles, CIFAR100_LAYOUT.testFile]),
  verify: (folder) => verifyCifar(folder, CIFAR100_LAYOUT, 50_000),
  published: {train: 50_000, test: 10_000},
};

const IDX_FILES = [idxFiles("train"), idxFiles("t10k")].flatMap(({images, labels}) => [images, labels]);
const IDX_BYTES = [47_040_016, 60_008, 7_840_016, 10_008];

/** A data set of MNIST's form; sums in the order of the files: train images, train labels, test images, test labels. */
const idxRecipe = (folder: string, base: string, md5: readonly string[], sha256: readonly string[]): Recipe => ({
  folder,
  downloads: IDX_FILES.map((file, i) => ({
    url: `${base}/${file}.gz`,
    sum: {algorithm: "md5", value: md5[i]!},
    most: 32e6,
  })),
  required: IDX_FILES,
  most: LISTED,
  official: Object.fromEntries(IDX_FILES.map((file, i) => [file, {sha256: sha256[i]!, bytes: IDX_BYTES[i]!}])),
  place: (path) => {
    const {folder: root, name} = split(path);
    // Some copies write "train-images.idx3-ubyte".
    const file = name.replace(/\.(idx\d-ubyte)$/, "-$1");
    return IDX_FILES.includes(file) ? {root, file, exact: file === name} : undefined;
  },
  verify: async (path) => {
    const counts = await idxCounts(path);
    await verifyIdxLabels(path);
    return {...counts, notes: []};
  },
  published: {train: 60_000, test: 10_000},
});

const FASHION_MNIST = idxRecipe(
  "fashion-mnist",
  "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
  [
    "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "25c81989df183df01b3e8a0aad5dffbe",
    "bef4ecab320f06d8554ea6380940ec79",
    "bb300cfdad3c16e7a12a480ee83cd310",
  ],
  [
    "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
  ],
);

const MNIST = idxRecipe(
  "mnist",
  "https://ossci-datasets.s3.amazonaws.com/mnist",
  [
    "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "d53e105ee54ea40749a09fcbcd1e9432",
    "9fb629c4189551a2d022fa330f9573f3",
    "ec29112dd5afa0611ce80d1b7f02629c",
  ],
  [
    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
  ],
);

const TINY_FILE =
  /^(?:(.*)\/)?((?:train\/n\d+\/images|val\/images)\/[^/]+\.JPEG|val\/val_annotations\.txt|w(?:nid|ord)s\.txt)$/;

const TINY_IMAGENET: Recipe = {
  folder: "tiny-imagenet-200",
  downloads: [
    {
      url: "http://cs231n.stanford.edu/tiny-imagenet-200.zip",
      sum: {algorithm: "md5", value: "90528d7ca1a48142e341f4ef8d21d0de"},
      most: 300e6,
    },
  ],
  archive: /tiny-?imagenet.*$/i,
  most: {file: 4 * MEGABYTE, total: 1024 * MEGABYTE, files: 130_000},
  required: ["wnids.txt", "words.txt", "val/val_annotations.txt"],
  official: {},
  place: (path) => {
    const [, root = "", file] = TINY_FILE.exec(path) ?? [];
    return file === undefined ? undefined : {root, file, exact: true};
  },
  verify: async (folder, tools) => {
    const {classes, train, test} = await listTinyImageNet(folder);
    await verifyTinyImages([...train, ...test], tools);
    const notes = classes.length === 200 ? [] : [`${classes.length} of 200 classes`];
    return {train: train.length, test: test.length, notes};
  },
  published: {train: 100_000, test: 10_000},
};

export const RECIPES = {
  cifar10: CIFAR10,
  cifar100: CIFAR100,
  "fashion-mnist": FASHION_MNIST,
  mnist: MNIST,
  "tiny-imagenet": TINY_IMAGENET,
} as const satisfies Record<string, Recipe>;
