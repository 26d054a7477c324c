// MNIST and Fashion-MNIST in the idx format (LeCun, Cortes and Burges; Xiao et al., arXiv 1708.07747).
//
//   images:  0x00000803, n, rows, columns, then n·rows·columns bytes         all integers big-endian, 32 bits
//   labels:  0x00000801, n, then n bytes
//
// Only the images asked for are read.

import {open, stat} from "node:fs/promises";
import {join} from "node:path";
import {invalid} from "../check.js";
import {countOf, withChecksum, type Dataset, type SampleSet, type ReadRequest} from "./dataset.js";
import {describeHolding} from "./manifest.js";

const SIDE = 28;
const CLASSES = 10;
const IMAGES = {magic: 0x803, header: 16, name: "images"};
const LABELS = {magic: 0x801, header: 8, name: "labels"};

export type IdxView = {
  readonly name: string;
  readonly classes: readonly string[];
  readonly mean: readonly number[];
  readonly sd: readonly number[];
  /** Where the published files are described. */
  readonly home: string;
};

/** The files of a split, by the names that their authors gave. */
export const idxFiles = (split: "train" | "t10k"): {images: string; labels: string} => ({
  images: `${split}-images-idx3-ubyte`,
  labels: `${split}-labels-idx1-ubyte`,
});

const hex = (n: number): string => `0x${n.toString(16).padStart(8, "0")}`;

/** Number of entries in an idx file whose magic number, shape and size are right. */
async function checkHeader(path: string, kind: typeof IMAGES): Promise<number> {
  const bytes = (await stat(path).catch(() => undefined))?.size;
  if (bytes === undefined) throw invalid(path, "no such file", `the idx file of ${kind.name}`);
  const header = (await readRange(path, 0, Math.min(bytes, kind.header))) as Buffer;
  if (header.length < kind.header) throw invalid(`size of ${path}`, `${bytes} bytes`, "an idx file with its header");
  const magic = header.readUInt32BE(0);
  if (magic !== kind.magic)
    throw invalid(`magic number of ${path}`, hex(magic), `${hex(kind.magic)}, an idx file of ${kind.name}`);
  const n = header.readUInt32BE(4);
  if (kind === IMAGES && (header.readUInt32BE(8) !== SIDE || header.readUInt32BE(12) !== SIDE))
    throw invalid(`shape of ${path}`, `${header.readUInt32BE(8)}x${header.readUInt32BE(12)}`, `${SIDE}x${SIDE}`);
  const expected = kind.header + n * (kind === IMAGES ? SIDE * SIDE : 1);
  if (bytes !== expected)
    throw invalid(
      `size of ${path}`,
      `${bytes} bytes`,
      `${expected} bytes, for the ${n} ${kind.name} its header states`,
    );
  return n;
}

async function readRange(path: string, start: number, length: number): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(length);
    const {bytesRead} = await file.read(buffer, 0, length, start);
    if (bytesRead !== length) throw invalid(path, `${bytesRead} bytes at ${start}`, `${length} bytes`);
    return buffer;
  } finally {
    await file.close();
  }
}

async function countSplit(folder: string, split: "train" | "t10k"): Promise<number> {
  const {images, labels} = idxFiles(split);
  const n = await checkHeader(join(folder, images), IMAGES);
  const m = await checkHeader(join(folder, labels), LABELS);
  if (n !== m)
    throw invalid(`number of labels in ${join(folder, labels)}`, m, `${n}, the number of images in ${images}`);
  return n;
}

/** How many training and test images a folder holds. */
export const idxCounts = async (folder: string): Promise<{train: number; test: number}> => ({
  train: await countSplit(folder, "train"),
  test: await countSplit(folder, "t10k"),
});

async function readLabels(path: string, count: number): Promise<Uint8Array> {
  const labels = await readRange(path, LABELS.header, count);
  const wrong = labels.findIndex((label) => label >= CLASSES);
  if (wrong >= 0) throw invalid(`label ${wrong} in ${path}`, labels[wrong], `0 to ${CLASSES - 1}; the file is damaged`);
  return labels;
}

/** Throws on the first label of a folder that is out of range. */
export async function verifyIdxLabels(folder: string): Promise<void> {
  for (const split of ["train", "t10k"] as const)
    await readLabels(join(folder, idxFiles(split).labels), await countSplit(folder, split));
}

async function readSplit(folder: string, split: "train" | "t10k", count: number): Promise<SampleSet> {
  const {images, labels} = idxFiles(split);
  return {
    samples: await readRange(join(folder, images), IMAGES.header, count * SIDE * SIDE),
    labels: await readLabels(join(folder, labels), count),
  };
}

/** Reads MNIST or a data set of its form from its folder of plain idx files. */
export async function readIdx(view: IdxView, request: ReadRequest): Promise<Dataset> {
  const {folder, signal, onProgress} = request;
  const {home, ...rest} = view;
  const held = await idxCounts(folder);
  const trainCount = countOf(`trainCount of ${view.name}`, request.trainCount, held.train);
  const testCount = countOf(`testCount of ${view.name}`, request.testCount, held.test);
  signal?.throwIfAborted();
  const train = await readSplit(folder, "train", trainCount);
  const test = await readSplit(folder, "t10k", testCount);
  onProgress?.(trainCount + testCount, trainCount + testCount);
  const provenance = await describeHolding(folder, `idx files from ${home}`);
  return withChecksum({
    ...rest,
    ...{sampleShape: [SIDE, SIDE, 1], modality: "image", train, test, provenance, procedural: false},
  });
}
