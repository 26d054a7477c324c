// Tiny-ImageNet-200 (Stanford CS231n, 2015): 64x64 JPEG files of 200 ImageNet classes, in the folders of its authors.
//
//   wnids.txt                                  one class a line; its line is its label
//   words.txt                                  class, tab, names
//   train/CLASS/images/CLASS_i.JPEG            500 a class
//   val/images/val_i.JPEG, val_annotations.txt file, tab, class, tab, box; the labels of val's 50 a class
//
// The set's own test images have no labels, so val serves as the test set, as everywhere in the literature.
// Folders have no order of records. Training images are taken in turn, the first of each class, then the second ...,
// so that the first n are balanced; val's order is that of its annotations.

import {readdir} from "node:fs/promises";
import {join} from "node:path";
import jpeg from "jpeg-js";
import {checkDifferent, InputError, invalid} from "../check.js";
import {readWithin} from "./bounds.js";
import {countOf, withChecksum, type Dataset, type SampleSet, type Progress, type ReadRequest} from "./dataset.js";
import type {LabelledFile} from "./imageListing.js";
import {inTurn} from "./inTurn.js";
import {describeHolding} from "./manifest.js";

const SIDE = 64;
/** A label is a byte. */
const MOST_CLASSES = 200;
/** Bytes of an image, and of a list of its texts; the published ones have 7 kB and 3 MB at most. */
const [MOST_IMAGE_BYTES, MOST_LIST_BYTES] = [2 ** 22, 2 ** 24];

export type TinyImageNetListing = {
  readonly classes: readonly string[];
  readonly train: readonly LabelledFile[];
  readonly test: readonly LabelledFile[];
};

async function readLines(path: string): Promise<string[]> {
  const text = await readWithin(path, MOST_LIST_BYTES).catch((error: Error) => {
    if (error instanceof InputError) throw error;
    throw invalid(path, "no such file", "a file of the official Tiny-ImageNet-200 folder");
  });
  return text
    .toString("utf8")
    .split(/\r?\n/)
    .filter((line) => line !== "");
}

const numberIn = (file: string): number => Number(/_(\d+)\.JPEG$/.exec(file)?.[1] ?? -1);

async function trainFiles(folder: string, wnid: string, label: number): Promise<LabelledFile[]> {
  const images = join(folder, "train", wnid, "images");
  const files = (await readdir(images).catch(() => [])).filter((file) => file.endsWith(".JPEG"));
  if (files.length === 0) throw invalid(images, "no JPEG files", `the training images of class ${wnid}`);
  return files.sort((a, b) => numberIn(a) - numberIn(b)).map((file) => ({path: join(images, file), label}));
}

/** Lists the images of a folder and checks that its lists agree with one another. */
export async function listTinyImageNet(folder: string): Promise<TinyImageNetListing> {
  const wnids = await readLines(join(folder, "wnids.txt"));
  const names = join(folder, "wnids.txt");
  if (wnids.length > MOST_CLASSES)
    throw invalid(`number of classes in ${names}`, wnids.length, `at most ${MOST_CLASSES}`);
  checkDifferent(`classes in ${names}`, wnids);
  const wrong = wnids.find((wnid) => !/^n\d+$/.test(wnid));
  if (wrong !== undefined) throw invalid(`class in ${names}`, wrong, "such as n01443537");
  const labelOf = new Map(wnids.map((wnid, label) => [wnid, label]));
  const words = new Map(
    (await readLines(join(folder, "words.txt"))).map((line) => line.split("\t") as [string, string]),
  );
  const lists = await Promise.all(wnids.map((wnid, label) => trainFiles(folder, wnid, label)));
  const annotations = join(folder, "val", "val_annotations.txt");
  const present = new Set(await readdir(join(folder, "val", "images")).catch(() => []));
  const test = (await readLines(annotations)).map((line, i) => {
    const [file = "", wnid = ""] = line.split("\t");
    const label = labelOf.get(wnid);
    if (label === undefined) throw invalid(`class in line ${i + 1} of ${annotations}`, wnid, "a class of wnids.txt");
    if (!present.has(file))
      throw invalid(join(folder, "val", "images", file), "no such file", `line ${i + 1} of ${annotations}`);
    return {path: join(folder, "val", "images", file), label};
  });
  return {classes: wnids.map((wnid) => words.get(wnid)?.split(",")[0] ?? wnid), train: inTurn(lists), test};
}

/** Decodes one JPEG of 64x64, grey or colour, to [64, 64, 3] bytes. */
export function decodeTinyImage(path: string, file: Uint8Array): Uint8Array {
  let decoded;
  try {
    decoded = jpeg.decode(file, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: 1,
      maxMemoryUsageInMB: 64,
    });
  } catch (error) {
    const {constructor, message} = error as Error; // what jpeg-js did not foresee is the language's own error
    throw invalid(path, constructor === Error ? message : "its parts do not fit together", "a whole JPEG file");
  }
  const {width, height, data} = decoded;
  if (width !== SIDE || height !== SIDE) throw invalid(`size of ${path}`, `${width}x${height}`, `${SIDE}x${SIDE}`);
  return data;
}

/** Decodes every file once and throws on the first that is not a 64x64 JPEG. */
export async function verifyTinyImages(
  files: readonly LabelledFile[],
  {signal, onProgress}: {signal?: AbortSignal; onProgress?: Progress},
): Promise<void> {
  for (const [i, {path}] of files.entries()) {
    decodeTinyImage(path, await readWithin(path, MOST_IMAGE_BYTES));
    if (i % 100 !== 99) continue;
    signal?.throwIfAborted();
    onProgress?.(i + 1, files.length, "JPEG files checked");
  }
}

async function readImages(files: readonly LabelledFile[], tick: () => void): Promise<SampleSet> {
  const bytes = SIDE * SIDE * 3;
  const samples = new Uint8Array(files.length * bytes);
  for (const [i, {path}] of files.entries()) {
    samples.set(decodeTinyImage(path, await readWithin(path, MOST_IMAGE_BYTES)), i * bytes);
    tick();
  }
  return {samples, labels: Uint8Array.from(files, ({label}) => label)};
}

/** Reads Tiny-ImageNet from its official folder; decodes only the images asked for. */
export async function readTinyImageNet(request: ReadRequest): Promise<Dataset> {
  const {folder, signal, onProgress} = request;
  const {classes, train, test} = await listTinyImageNet(folder);
  const trainCount = countOf("trainCount of tiny-imagenet", request.trainCount, train.length);
  const testCount = countOf("testCount of tiny-imagenet", request.testCount, test.length);
  let done = 0;
  const tick = (): void => {
    if (++done % 100 !== 0) return;
    signal?.throwIfAborted();
    onProgress?.(done, trainCount + testCount, "decoding JPEG");
  };
  return withChecksum({
    name: "tiny-imagenet",
    sampleShape: [SIDE, SIDE, 3],
    modality: "image",
    classes,
    mean: [0.485, 0.456, 0.406],
    sd: [0.229, 0.224, 0.225],
    train: await readImages(train.slice(0, trainCount), tick),
    test: await readImages(test.slice(0, testCount), tick),
    provenance: await describeHolding(folder, "JPEG folders from cs231n.stanford.edu/tiny-imagenet-200.zip"),
    procedural: false,
  });
}
