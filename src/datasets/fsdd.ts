// The Free Spoken Digit Dataset (Jackson et al., github.com/Jakobovski/free-spoken-digit-dataset): ten spoken digits, mono, 8 kHz.
//
//   recordings/DIGIT_SPEAKER_INDEX.wav         50 of each digit by each of six speakers: 3,000 recordings
//
//   fsdd             the first 0.8 s as an image [32, 32, 1]; indices 0 to 4 are the test set, as its authors say, so that every
//                    speaker is known from training
//   fsdd-speakers    the same, split by speaker, which is ours: theo and yweweler are tested, nicolas is for validation, the
//                    other three are trained on
//   fsdd-pieces      the first 0.79 s in four pieces of 16 frames, [4, 32, 16, 1]: timesteps are times
//
// Folders have no order: digits take turns.

import {readdir} from "node:fs/promises";
import {basename, dirname, join} from "node:path";
import {invalid} from "../check.js";
import {countOf, type Dataset, type Progress, type ReadRequest, type SampleShape, withChecksum} from "./dataset.js";
import type {DatasetEntry} from "./entry.js";
import {inTurn} from "./inTurn.js";
import {describeHolding} from "./manifest.js";
import type {Recipe} from "./recipe.js";
import {readRecordings, type Recording, type RecordingForm, verifyRecordings} from "./recordings.js";
import {channelStatistics} from "./statistics.js";

const TEST_INDICES = 5;
const DIGITS = "zero one two three four five six seven eight nine".split(" ");
const NAME = /^(\d)_([a-z]+)_(\d+)\.wav$/;
const FILE = {rate: 8000, most: 2 ** 20} as const;
const IMAGE = {...FILE, shape: [32, 32, 1], spectrogram: {window: 512, hop: 192, frames: 32, bands: 32, range: 80}} as const satisfies RecordingForm; // prettier-ignore
const PIECES = {...FILE, shape: [4, 32, 16, 1], spectrogram: {window: 256, hop: 96, frames: 64, bands: 32, range: 80}} as const satisfies RecordingForm; // prettier-ignore

type Digit = Recording & {readonly speaker: string; readonly index: number};
type Part = "train" | "validation" | "test";

const byIndex = ({index}: Digit): Part => (index < TEST_INDICES ? "test" : "train");

const HELD_OUT: Readonly<Record<string, Part>> = {theo: "test", yweweler: "test", nicolas: "validation"};
const bySpeaker = ({speaker}: Digit): Part => HELD_OUT[speaker] ?? "train";

/** The recordings of a folder, by index and speaker. */
async function listDigits(folder: string): Promise<Digit[]> {
  const files = (await readdir(join(folder, "recordings")).catch(() => [])).flatMap((file) => {
    const [, digit, speaker = "", index] = NAME.exec(file) ?? [];
    return digit === undefined ? [] : [{path: join(folder, "recordings", file), label: Number(digit), speaker, index: Number(index)}]; // prettier-ignore
  });
  return files.sort((a, b) => a.index - b.index || (a.speaker < b.speaker ? -1 : 1));
}

type Listing = {readonly train: readonly Digit[]; readonly test: readonly Digit[]};

/** Training recordings, those for validation among them, and test recordings, digits in turn. */
async function listing(folder: string, partOf: (digit: Digit) => Part): Promise<Listing> {
  const digits = await listDigits(folder);
  const of = (test: boolean): Digit[] =>
    inTurn(DIGITS.map((_, label) => digits.filter((digit) => digit.label === label && (partOf(digit) === "test") === test))); // prettier-ignore
  const found = {train: of(false), test: of(true)};
  for (const part of ["train", "test"] as const)
    if (found[part].length === 0) throw invalid(join(folder, "recordings"), `no ${part} recordings`, "files such as 0_jackson_0.wav and 0_jackson_5.wav, of every speaker"); // prettier-ignore
  return found;
}

const reading =
  (name: string, form: RecordingForm, partOf: (digit: Digit) => Part) =>
  async ({folder, trainCount, testCount, signal, onProgress}: ReadRequest): Promise<Dataset> => {
    const held = await listing(folder, partOf);
    const chosen = {
      train: held.train.slice(0, countOf(`trainCount of ${name}`, trainCount, held.train.length)),
      test: held.test.slice(0, countOf(`testCount of ${name}`, testCount, held.test.length)),
    };
    const total = chosen.train.length + chosen.test.length;
    const tick = (done: number): void => {
      signal?.throwIfAborted();
      if (done % 50 === 0) onProgress?.(done, total, "recordings");
    };
    const train = await readRecordings(name, chosen.train, form, tick);
    const test = await readRecordings(name, chosen.test, form, (done) => tick(chosen.train.length + done));
    const validation = chosen.train.flatMap((digit, i) => (partOf(digit) === "validation" ? [i] : []));
    return withChecksum({
      ...{name, sampleShape: form.shape, modality: "audio", classes: DIGITS, train, test, procedural: false},
      ...(partOf === bySpeaker && {validation: Int32Array.from(validation)}),
      sound: {rate: form.rate, spectrogram: form.spectrogram},
      ...channelStatistics(train.samples, 1),
      provenance: await describeHolding(folder, "recordings from github.com/Jakobovski/free-spoken-digit-dataset"),
    });
  };

/** Decodes every recording. */
async function verify(folder: string, tools: {signal?: AbortSignal; onProgress?: Progress}) {
  const {train, test} = await listing(folder, byIndex);
  await verifyRecordings([...train, ...test].map(({path}) => path), FILE, tools); // prettier-ignore
  return {train: train.length, test: test.length, notes: []};
}

const RECIPE: Recipe = {
  folder: "free-spoken-digit-dataset",
  downloads: [],
  home: "github.com/Jakobovski/free-spoken-digit-dataset",
  archive: /(fsdd|free-?spoken-?digit).*$/i,
  required: ["recordings/0_jackson_0.wav"],
  official: {},
  most: {file: FILE.most, total: 2 ** 28, files: 20_000},
  place: (path) => {
    const parent = dirname(path);
    if (!NAME.test(basename(path)) || basename(parent) !== "recordings") return undefined;
    return {root: dirname(parent), file: `recordings/${basename(path)}`, exact: true};
  },
  verify,
  published: {train: 2700, test: 300},
};

const entry = (title: string, sampleShape: SampleShape, read: DatasetEntry["read"]) =>
  ({
    ...{title, counts: RECIPE.published, sampleShape, modality: "audio", classCount: DIGITS.length},
    ...{terms: "CC BY-SA 4.0", recipe: RECIPE, read},
  }) as const satisfies DatasetEntry;

export const FSDD = {
  fsdd: entry("Free Spoken Digits, log-mel images", IMAGE.shape, reading("fsdd", IMAGE, byIndex)),
  "fsdd-speakers": {
    ...entry("the same, tested on speakers not heard in training", IMAGE.shape, reading("fsdd-speakers", IMAGE, bySpeaker)), // prettier-ignore
    ...{counts: {train: 2000, test: 1000}, validation: 500},
  },
  "fsdd-pieces": entry("Free Spoken Digits in four pieces of time", PIECES.shape, reading("fsdd-pieces", PIECES, byIndex)), // prettier-ignore
} as const satisfies Record<string, DatasetEntry>;
