// The Free Spoken Digit Dataset (Jackson et al., github.com/Jakobovski/free-spoken-digit-dataset): ten spoken digits, mono, 8 kHz.
//
//   recordings/DIGIT_SPEAKER_INDEX.wav         indices 0 to 4 are the test set, as its authors say; 3,000 recordings in all
//
// A sample is the log-mel spectrogram (logMel.ts) of the first 0.79 s, cut into T = 4 pieces of 16 frames: [4, 32, 16, 1], bands
// along the height, from low to high, and frames along the width. Folders have no order: digits take turns.

import {readdir} from "node:fs/promises";
import {basename, dirname, join} from "node:path";
import {invalid} from "../check.js";
import {readWithin} from "./bounds.js";
import {countOf, type Dataset, type Progress, type ReadRequest, type SampleSet, type SampleShape, sampleSize, withChecksum} from "./dataset.js"; // prettier-ignore
import type {DatasetEntry} from "./entry.js";
import type {LabelledFile} from "./imageListing.js";
import {inTurn} from "./inTurn.js";
import {logMel, type Spectrogram} from "./logMel.js";
import {describeHolding} from "./manifest.js";
import type {Recipe} from "./recipe.js";
import {channelStatistics} from "./statistics.js";
import {parseWav} from "./wav.js";

const RATE = 8000;
const TEST_INDICES = 5;
const SHAPE = [4, 32, 16, 1] as const satisfies SampleShape;
const [T, BANDS, WIDTH] = SHAPE;
const SPECTROGRAM: Spectrogram = {window: 256, hop: 96, frames: T * WIDTH, bands: BANDS, range: 80};
const DIGITS = "zero one two three four five six seven eight nine".split(" ");
const NAME = /^(\d)_([a-z]+)_(\d+)\.wav$/;

type Listing = {readonly train: readonly LabelledFile[]; readonly test: readonly LabelledFile[]};

/** The recordings of a folder, digits in turn, by index and speaker. */
async function listRecordings(folder: string): Promise<Listing> {
  const files = (await readdir(join(folder, "recordings")).catch(() => [])).flatMap((file) => {
    const [, digit, speaker = "", index] = NAME.exec(file) ?? [];
    return digit === undefined ? [] : [{path: join(folder, "recordings", file), label: Number(digit), speaker, index: Number(index)}]; // prettier-ignore
  });
  files.sort((a, b) => a.index - b.index || (a.speaker < b.speaker ? -1 : 1));
  const of = (test: boolean): LabelledFile[] =>
    inTurn(DIGITS.map((_, label) => files.filter((f) => f.label === label && f.index < TEST_INDICES === test)));
  const listing = {train: of(false), test: of(true)};
  for (const part of ["train", "test"] as const)
    if (listing[part].length === 0) throw invalid(join(folder, "recordings"), `no ${part} recordings`, "files such as 0_jackson_0.wav and 0_jackson_5.wav"); // prettier-ignore
  return listing;
}

/** One recording as [T, bands, frames of a piece, 1]. */
async function readRecording(path: string): Promise<Float32Array> {
  const sound = parseWav(await readWithin(path, RECIPE.most.file), path);
  if (sound.rate !== RATE) throw invalid(`rate of ${path}`, sound.rate, `${RATE} samples a second`);
  const image = logMel(sound, SPECTROGRAM);
  const sample = new Float32Array(image.length);
  for (let frame = 0; frame < T * WIDTH; ++frame)
    for (let band = 0; band < BANDS; ++band) {
      const piece = Math.floor(frame / WIDTH);
      sample[(piece * BANDS + band) * WIDTH + (frame % WIDTH)] = image[frame * BANDS + band]!;
    }
  return sample;
}

async function readSet(files: readonly LabelledFile[], tick: (done: number) => void): Promise<SampleSet> {
  const samples = new Float32Array(files.length * sampleSize(SHAPE));
  for (const [i, {path}] of files.entries()) {
    samples.set(await readRecording(path), i * sampleSize(SHAPE));
    tick(i + 1);
  }
  return {samples, labels: Uint8Array.from(files, ({label}) => label)};
}

async function readFsdd({folder, trainCount, testCount, signal, onProgress}: ReadRequest): Promise<Dataset> {
  const held = await listRecordings(folder);
  const files = {
    train: held.train.slice(0, countOf("trainCount of fsdd", trainCount, held.train.length)),
    test: held.test.slice(0, countOf("testCount of fsdd", testCount, held.test.length)),
  };
  const total = files.train.length + files.test.length;
  const tick = (done: number): void => {
    signal?.throwIfAborted();
    if (done % 50 === 0) onProgress?.(done, total, "recordings");
  };
  const train = await readSet(files.train, tick);
  const test = await readSet(files.test, (done) => tick(files.train.length + done));
  return withChecksum({
    ...{name: "fsdd", sampleShape: SHAPE, modality: "audio", classes: DIGITS, train, test, procedural: false},
    ...channelStatistics(train.samples, 1),
    provenance: await describeHolding(folder, "recordings from github.com/Jakobovski/free-spoken-digit-dataset"),
  });
}

/** Decodes every recording. */
async function verify(folder: string, {signal, onProgress}: {signal?: AbortSignal; onProgress?: Progress}) {
  const {train, test} = await listRecordings(folder);
  for (const [i, {path}] of [...train, ...test].entries()) {
    signal?.throwIfAborted();
    parseWav(await readWithin(path, RECIPE.most.file), path);
    if (i % 100 === 99) onProgress?.(i + 1, train.length + test.length, "recordings checked");
  }
  return {train: train.length, test: test.length, notes: []};
}

const RECIPE: Recipe = {
  folder: "free-spoken-digit-dataset",
  downloads: [],
  home: "github.com/Jakobovski/free-spoken-digit-dataset",
  archive: /(fsdd|free-?spoken-?digit).*$/i,
  required: ["recordings/0_jackson_0.wav"],
  official: {},
  most: {file: 2 ** 20, total: 2 ** 28, files: 20_000},
  place: (path) => {
    const parent = dirname(path);
    if (!NAME.test(basename(path)) || basename(parent) !== "recordings") return undefined;
    return {root: dirname(parent), file: `recordings/${basename(path)}`, exact: true};
  },
  verify,
  published: {train: 2700, test: 300},
};

export const FSDD: DatasetEntry = {
  title: "Free Spoken Digits, log-mel",
  counts: RECIPE.published,
  sampleShape: SHAPE,
  modality: "audio",
  classCount: DIGITS.length,
  terms: "CC BY-SA 4.0",
  recipe: RECIPE,
  read: readFsdd,
};
