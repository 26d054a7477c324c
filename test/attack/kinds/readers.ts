// Damaged files of every form of data: each is read or refused in words, and nothing is damaged that a reader returns.

import {mkdirSync, writeFileSync} from "node:fs";
import {dirname, join} from "node:path";
import {gzipSync} from "node:zlib";
import {InputError} from "../../../src/check.js";
import {benchTable, parseBenchLog, parseBenchTable, verifyBench} from "../../../src/datasets/benchFormats.js";
import {decodeImage} from "../../../src/datasets/decodeImage.js";
import {type Dataset, loadDataset} from "../../../src/datasets/index.js";
import {damaged, membersOf} from "../../../src/datasets/unpack.js";
import {cifarRecords, GREY_JPEG, idxImages, idxLabels, NPZ, npyOf, pngFolder, pngOf, RED_JPEG, TAR_GZ, TURNED_JPEG, wavOf, XZ, ZIP, zipOf} from "../../datasets/fixtures.js"; // prettier-ignore
import {madeUpNetworks} from "../../madeUpBench.js";
import type {Kind} from "../kind.js";
import {mutated} from "../mutate.js";
import {isRaw} from "../program.js";

type Files = Readonly<Record<string, Uint8Array | string>>;

function put(folder: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), {recursive: true});
    writeFileSync(join(folder, name), content);
  }
}

/** What is wrong with a data set that was read: undefined where it is one. */
function wrongWith({train, test, classes, sampleShape}: Dataset): string | undefined {
  const size = sampleShape.reduce((a: number, b) => a * b, 1);
  for (const {samples, labels} of [train, test]) {
    if (samples.length !== labels.length * size) return `${samples.length} numbers for ${labels.length} labels`;
    if (labels.some((label) => label >= classes.length)) return `a label of ${classes.length} classes too large`;
    if (samples instanceof Float32Array && !samples.every(Number.isFinite)) return "a sample that is no number";
  }
  return undefined;
}

/** Undefined where something was read well, or refused in words. */
async function heldBy(read: () => Promise<Dataset | undefined | void>): Promise<string | undefined> {
  try {
    const data = await read();
    return data ? wrongWith(data) : undefined;
  } catch (error) {
    const said = (error as Error).message;
    return error instanceof InputError && !isRaw(said) && said.length < 2000 ? undefined : `a raw error: ${said}\n${(error as Error).stack}`; // prettier-ignore
  }
}

type Form = {readonly count: number; readonly small: number; readonly files: Files; readonly read: (folder: string) => Promise<Dataset | void>}; // prettier-ignore

const one = (dataDir: string, name: string) => loadDataset(name, {dataDir, onSkipped: () => undefined});
const BOUNDS = {member: () => 2 ** 20, total: 2 ** 22};

async function unpackAll(path: string): Promise<void> {
  try {
    for await (const {open} of membersOf(path, BOUNDS)) for await (const _ of await open());
  } catch (error) {
    throw await damaged(path, error); // as every caller does
  }
}

const TINY_WNIDS = ["n01", "n02"];
const tiny = (): Files => ({
  "tiny-imagenet-200/wnids.txt": `${TINY_WNIDS.join("\n")}\n`,
  "tiny-imagenet-200/words.txt": TINY_WNIDS.map((wnid) => `${wnid}\tname of ${wnid}\n`).join(""),
  "tiny-imagenet-200/val/val_annotations.txt": "val_0.JPEG\tn01\t0\t0\t1\t1\n",
  "tiny-imagenet-200/val/images/val_0.JPEG": RED_JPEG,
  ...Object.fromEntries(TINY_WNIDS.map((wnid) => [`tiny-imagenet-200/train/${wnid}/images/${wnid}_0.JPEG`, GREY_JPEG])),
});

const ARRAYS = zipOf({
  "x.npy": npyOf(Array.from({length: 40}, (_, i) => i / 40), [10, 2, 2], "<f4"),
  "y.npy": npyOf(Array.from({length: 10}, (_, i) => i % 2), [10], "<i8"),
}); // prettier-ignore

const FORMS: Readonly<Record<string, Form>> = {
  cifar: {
    ...{count: 1500, small: 20},
    files: {"cifar-10-batches-bin/data_batch_1.bin": cifarRecords([[0], [1]]), "cifar-10-batches-bin/test_batch.bin": cifarRecords([[2]])}, // prettier-ignore
    read: (folder) => one(folder, "cifar10"),
  },
  idx: {
    ...{count: 2000, small: 20},
    files: Object.fromEntries(["train", "t10k"].flatMap((split) => [[`mnist/${split}-images-idx3-ubyte`, idxImages(2)], [`mnist/${split}-labels-idx1-ubyte`, idxLabels([1, 2])]])), // prettier-ignore
    read: (folder) => one(folder, "mnist"),
  },
  npz: {...{count: 1500, small: 30}, files: {"a.npz": NPZ}, read: (folder) => one(folder, `npz:${folder}/a.npz`)},
  "npz-floats": {...{count: 1500, small: 20}, files: {"a.npz": ARRAYS}, read: (folder) => one(folder, `npz:${folder}/a.npz`)}, // prettier-ignore
  zip: {...{count: 2000, small: 50}, files: {"a.zip": ZIP}, read: (folder) => unpackAll(`${folder}/a.zip`)},
  tar: {...{count: 1000, small: 20}, files: {"a.tar.gz": TAR_GZ}, read: (folder) => unpackAll(`${folder}/a.tar.gz`)},
  gzip: {...{count: 500, small: 10}, files: {"a.gz": gzipSync("hello ".repeat(99))}, read: (folder) => unpackAll(`${folder}/a.gz`)}, // prettier-ignore
  xz: {...{count: 100, small: 3}, files: {"a.xz": XZ}, read: (folder) => unpackAll(`${folder}/a.xz`)},
  "tiny-imagenet": {...{count: 800, small: 10}, files: tiny(), read: (folder) => one(folder, "tiny-imagenet")},
  fsdd: {
    ...{count: 600, small: 5},
    files: Object.fromEntries([0, 5].map((i) => [`free-spoken-digit-dataset/recordings/0_a_${i}.wav`, wavOf(Array.from({length: 100}, (_, t) => Math.sin(t)))])), // prettier-ignore
    read: (folder) => one(folder, "fsdd"),
  },
  folder: {...{count: 300, small: 5}, files: pngFolder(["a", "b"], 3), read: (folder) => one(folder, `folder:${folder}?size=8`)}, // prettier-ignore
};

/** Damages one drawn file of a data set on the disk and reads the set. */
const formKind = (name: string, {count, small, files, read}: Form): Kind => ({
  name: `data-${name}`,
  held: "damaged data are refused in words, or read as what they are",
  ...{count, small, seconds: 900},
  attempt: async ({random, folder, index}) => {
    const hit = random.choice(Object.keys(files));
    if (index === 0) {
      put(folder, files);
      await read(folder); // throws unless what is damaged below is right before
    }
    put(folder, {...files, [hit]: mutated(Buffer.from(files[hit]!), random)});
    return heldBy(() => read(folder).then((data) => data ?? undefined));
  },
});

let table: Buffer | undefined;
const LOG_LINES = 40;

/** The first lines of a table: a whole one takes half a second to read. */
const tableText = (): Buffer => (table ??= Buffer.from(benchTable(madeUpNetworks().slice(0, LOG_LINES))));

const IMAGES = [GREY_JPEG, RED_JPEG, TURNED_JPEG, pngOf([255, 0, 0])];

export const kinds: readonly Kind[] = [
  ...Object.entries(FORMS).map(([name, form]) => formKind(name, form)),
  {
    name: "data-bench",
    held: "a damaged table or log is refused in words",
    ...{count: 1200, small: 20, seconds: 600},
    attempt: ({random, index}) =>
      heldBy(async () => {
        const text = mutated(tableText(), random).toString("utf8");
        if (index % 3 === 0) parseBenchLog(text, "a.txt");
        else verifyBench(parseBenchTable(text, "a.csv"), "a.csv");
      }),
  },
  {
    name: "data-images",
    held: "a damaged image is decoded or refused with a reason",
    ...{count: 1500, small: 30, seconds: 600},
    attempt: async ({random, index}) => {
      try {
        const bytes = await decodeImage(mutated(IMAGES[index % IMAGES.length]!, random), [8, 8, 3]);
        return bytes.length === 192 ? undefined : `${bytes.length} bytes`;
      } catch (error) {
        return isRaw((error as Error).message) ? String((error as Error).stack) : undefined;
      }
    },
  },
];
