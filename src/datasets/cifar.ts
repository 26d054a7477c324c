// CIFAR-10 and CIFAR-100 in the binary version (Krizhevsky 2009, "Learning multiple layers of features from tiny images").
//
//   CIFAR-10 record:   label, 3072 bytes                  (10,000 records a file)
//   CIFAR-100 record:  coarse label, fine label, 3072 bytes
//   pixels:            1024 red, 1024 green, 1024 blue, each plane row by row, 32x32
//
// Only the records asked for are read.

import {open, stat, type FileHandle} from "node:fs/promises";
import {join} from "node:path";
import {invalid} from "../check.js";
import {readWithin} from "./bounds.js";
import {countOf, withChecksum, type Dataset, type SampleSet, type Progress, type ReadRequest} from "./dataset.js";
import {describeHolding} from "./manifest.js";

const SIDE = 32;
const PLANE = SIDE * SIDE;
const PIXELS = 3 * PLANE;
const RECORDS_PER_READ = 1000;

/** How one of the CIFAR data sets lies in its files. */
export type CifarLayout = {
  readonly trainFiles: readonly string[];
  readonly testFile: string;
  /** Labels in front of the pixels, and how many values each may take. */
  readonly labelRanges: readonly number[];
};

/** One of the labellings of a layout. */
export type CifarView = {
  readonly name: string;
  readonly layout: CifarLayout;
  /** Which of a record's labels is the class. */
  readonly labelIndex: number;
  readonly classes: readonly string[];
  readonly mean: readonly number[];
  readonly sd: readonly number[];
};

export const CIFAR10_LAYOUT: CifarLayout = {
  trainFiles: [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`),
  testFile: "test_batch.bin",
  labelRanges: [10],
};

export const CIFAR100_LAYOUT: CifarLayout = {trainFiles: ["train.bin"], testFile: "test.bin", labelRanges: [20, 100]};

export const recordBytes = (layout: CifarLayout): number => layout.labelRanges.length + PIXELS;

/** Number of records in a file, which must hold whole records; undefined when there is no such file. */
export async function countRecords(path: string, layout: CifarLayout): Promise<number | undefined> {
  const bytes = (await stat(path).catch(() => undefined))?.size;
  if (bytes === undefined) return undefined;
  if (bytes === 0 || bytes % recordBytes(layout) !== 0)
    throw invalid(`size of ${path}`, `${bytes} bytes`, `a whole number of records of ${recordBytes(layout)} bytes`);
  return bytes / recordBytes(layout);
}

/** Throws on the first label of a record that is out of range. */
export function checkLabels(path: string, index: number, record: Uint8Array, {labelRanges}: CifarLayout): void {
  for (let l = 0; l < labelRanges.length; ++l)
    if (record[l]! >= labelRanges[l]!)
      throw invalid(
        `label of record ${index} in ${path}`,
        record[l],
        `0 to ${labelRanges[l]! - 1}; the file is damaged`,
      );
}

/** Planes of red, green and blue to pixels: [3, 1024] → [1024, 3]. */
function interleave(planes: Uint8Array, samples: Uint8Array, offset: number): void {
  for (let i = 0, o = offset; i < PLANE; ++i, o += 3) {
    samples[o] = planes[i]!;
    samples[o + 1] = planes[i + PLANE]!;
    samples[o + 2] = planes[i + 2 * PLANE]!;
  }
}

type Part = {readonly path: string; readonly count: number};

async function readFull(file: FileHandle, buffer: Uint8Array, path: string): Promise<void> {
  for (let got = 0; got < buffer.length; ) {
    const {bytesRead} = await file.read(buffer, got, buffer.length - got);
    if (bytesRead === 0) throw invalid(path, "it became shorter while it was read", "a file at rest");
    got += bytesRead;
  }
}

async function readRecords(
  parts: readonly Part[],
  view: CifarView,
  tick: (images: number) => void,
): Promise<SampleSet> {
  const {layout, labelIndex} = view;
  const total = parts.reduce((sum, {count}) => sum + count, 0);
  const samples = new Uint8Array(total * PIXELS);
  const labels = new Uint8Array(total);
  const bytes = recordBytes(layout);
  let done = 0;
  for (const {path, count} of parts) {
    const file = await open(path);
    try {
      for (let first = 0; first < count; first += RECORDS_PER_READ) {
        const n = Math.min(RECORDS_PER_READ, count - first);
        const chunk = new Uint8Array(n * bytes);
        await readFull(file, chunk, path);
        for (let i = 0; i < n; ++i, ++done) {
          const record = chunk.subarray(i * bytes, (i + 1) * bytes);
          checkLabels(path, first + i, record, layout);
          labels[done] = record[labelIndex]!;
          interleave(record.subarray(layout.labelRanges.length), samples, done * PIXELS);
        }
        tick(n);
      }
    } finally {
      await file.close();
    }
  }
  return {samples, labels};
}

/** The files of a folder that hold training records: a gap would put later records in the place of missing ones. */
async function trainParts(folder: string, layout: CifarLayout): Promise<Part[]> {
  const counts = await Promise.all(layout.trainFiles.map((file) => countRecords(join(folder, file), layout)));
  const held = counts.findIndex((count) => count === undefined);
  const parts = counts.slice(0, held < 0 ? counts.length : held);
  if (parts.length === 0) throw invalid(folder, `no ${layout.trainFiles[0]}`, "the first file of training records");
  return parts.map((count, i) => ({path: join(folder, layout.trainFiles[i]!), count: count!}));
}

/** The first `count` records of files read in order. */
function firstRecords(parts: readonly Part[], count: number): Part[] {
  const taken: Part[] = [];
  for (const {path, count: held} of parts) {
    if (count > 0) taken.push({path, count: Math.min(held, count)});
    count -= held;
  }
  return taken;
}

/** Throws on the first record of a folder whose label is out of range. */
export async function verifyCifarLabels(folder: string, layout: CifarLayout): Promise<void> {
  const bytes = recordBytes(layout);
  for (const name of [...layout.trainFiles, layout.testFile]) {
    const path = join(folder, name);
    const count = (await countRecords(path, layout)) ?? 0;
    if (count === 0) continue;
    const content = await readWithin(path, count * bytes);
    for (let i = 0; i < count; ++i) checkLabels(path, i, content.subarray(i * bytes, (i + 1) * bytes), layout);
  }
}

/** How many training and test records a folder holds. */
export async function cifarCounts(folder: string, layout: CifarLayout): Promise<{train: number; test: number}> {
  const test = await countRecords(join(folder, layout.testFile), layout);
  if (test === undefined) throw invalid(folder, `no ${layout.testFile}`, "the file of test records");
  return {train: (await trainParts(folder, layout)).reduce((sum, {count}) => sum + count, 0), test};
}

/** Reads one of the CIFAR data sets from its folder of plain binary files. */
export async function readCifar(view: CifarView, request: ReadRequest): Promise<Dataset> {
  const {folder, signal, onProgress} = request;
  const held = await cifarCounts(folder, view.layout);
  const trainCount = countOf(`trainCount of ${view.name}`, request.trainCount, held.train);
  const testCount = countOf(`testCount of ${view.name}`, request.testCount, held.test);
  const tick = ticker(trainCount + testCount, signal, onProgress);
  const {name, classes, mean, sd, layout} = view;
  const train = await readRecords(firstRecords(await trainParts(folder, layout), trainCount), view, tick);
  const test = await readRecords([{path: join(folder, layout.testFile), count: testCount}], view, tick);
  const provenance = await describeHolding(folder, "binary version from www.cs.toronto.edu/~kriz/cifar.html");
  return withChecksum({
    ...{name, sampleShape: [SIDE, SIDE, 3], modality: "image", classes, mean, sd},
    ...{train, test, provenance, procedural: false},
  });
}

/** Counts images, reports them, and stops when asked. */
function ticker(total: number, signal?: AbortSignal, onProgress?: Progress): (images: number) => void {
  let done = 0;
  return (images) => {
    signal?.throwIfAborted();
    onProgress?.((done += images), total);
  };
}
