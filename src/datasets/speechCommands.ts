// Google Speech Commands v0.02 (P. Warden, arXiv 1804.03209) in its official layout: clips of a second, mono, 16 kHz; 12 classes.
//
//   WORD/SPEAKER_nohash_INDEX.wav              35 words; ten of them are classes, the others are drawn from for "unknown"
//   validation_list.txt, testing_list.txt      clips by speaker: what is on neither is for training
//   _background_noise_/*.wav                   a minute each; "silence" is drawn from these
//
// A sample is the log-mel spectrogram of the second as an image [32, 32, 1]. Of "unknown" and of "silence" there are as many as of
// the ten words on average, as in its authors' code: 36,923 clips for training, 4,445 for validation and 4,890 for the test. Unknown
// words take turns; seconds of silence come from drawn places, in the first 80 % of each noise for training, in the next 10 % for
// validation and in the last for the test. The authors' separate archive of test clips has other draws of those two classes.
// Folders have no order: classes take turns, and clips of a class follow their speakers' names, which are hashes.

import {readdir} from "node:fs/promises";
import {join} from "node:path";
import {invalid} from "../check.js";
import {random, randomKey} from "../random.js";
import {readWithin} from "./bounds.js";
import {countOf, type Dataset, type Progress, type ReadRequest, withChecksum} from "./dataset.js";
import type {DatasetEntry} from "./entry.js";
import {inTurn} from "./inTurn.js";
import {describeHolding} from "./manifest.js";
import type {Recipe} from "./recipe.js";
import {readRecordings, type Recording, type RecordingForm, verifyRecordings} from "./recordings.js";
import {channelStatistics} from "./statistics.js";

const WORDS = "yes no up down left right on off stop go".split(" ");
const CLASSES = [...WORDS, "unknown", "silence"];
const [UNKNOWN, SILENCE] = [WORDS.length, WORDS.length + 1];
const NOISE = "_background_noise_";
const LISTS = {validation: "validation_list.txt", test: "testing_list.txt"} as const;
const MOST_LIST_BYTES = 2 ** 22;
const CLIP = /^[0-9a-f]+_nohash_\d+\.wav$/;
/** Of all 12 classes; training clips with those for validation. */
const COUNTS = {train: 36_923 + 4_445, test: 4_890};
/** Equally many of each class, a little below what its rarest word has in each part. */
const [BALANCED_TRAIN, BALANCED_VALIDATION] = [34_800, 3_600];
const FORM = {
  ...{rate: 16000, most: 2 ** 23, shape: [32, 32, 1]},
  spectrogram: {window: 1024, hop: 480, frames: 32, bands: 32, range: 80},
} as const satisfies RecordingForm;

type Part = "train" | "validation" | "test";
const PARTS: readonly Part[] = ["train", "validation", "test"];
/** Which share of a background noise each part has. */
const SHARE = {train: {from: 0, to: 0.8}, validation: {from: 0.8, to: 0.9}, test: {from: 0.9, to: 1}} as const;

type Clip = Recording & {readonly part: Part};
type Holding = {readonly words: ReadonlyMap<string, readonly string[]>; readonly noises: readonly string[]};

const sorted = (names: readonly string[]): string[] => [...names].sort((a, b) => (a < b ? -1 : 1));

/** The clips of each word, and the noises. */
async function holdingOf(folder: string): Promise<Holding> {
  const entries = await readdir(folder, {withFileTypes: true}).catch(() => []);
  const words = sorted(entries.filter((entry) => entry.isDirectory() && !/^[._]/.test(entry.name)).map(({name}) => name)); // prettier-ignore
  const clips = async (word: string) => sorted((await readdir(join(folder, word))).filter((file) => CLIP.test(file)));
  const noises = (await readdir(join(folder, NOISE)).catch(() => [])).filter((file) => file.endsWith(".wav"));
  return {
    words: new Map(await Promise.all(words.map(async (word) => [word, await clips(word)] as const))),
    noises: sorted(noises).map((file) => join(folder, NOISE, file)),
  };
}

/** The clips that a list names, WORD/FILE. */
async function namedIn(folder: string, list: string): Promise<Set<string>> {
  const path = join(folder, list);
  const text = await readWithin(path, MOST_LIST_BYTES).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ENOENT" ? invalid(path, "no such file", "a file of the official folder") : error;
  });
  const lines = text.toString("utf8").split(/\r?\n/).filter((line) => line !== ""); // prettier-ignore
  lines.forEach((line, i) => {
    if (!/^\w+\/[^/]+\.wav$/.test(line)) throw invalid(`line ${i + 1} of ${path}`, line, "such as bed/0c40e715_nohash_0.wav"); // prettier-ignore
  });
  return new Set(lines);
}

/** `count` seconds of a part of the noises, in turn. */
function silences(noises: readonly string[], part: Part, count: number): Clip[] {
  const stream = random(randomKey(0, "speech-commands", "silence", part));
  return Array.from({length: count}, (_, i) => ({
    ...{path: noises[i % noises.length]!, label: SILENCE, part},
    second: {...SHARE[part], at: stream.uniform()},
  }));
}

/** Every class's clips of a part. */
function clipsOf(folder: string, {words, noises}: Holding, part: Part, partOf: (clip: string) => Part): Clip[][] {
  const of = (word: string, label: number): Clip[] =>
    (words.get(word) ?? [])
      .filter((file) => partOf(`${word}/${file}`) === part)
      .map((file) => ({path: join(folder, word, file), label, part}));
  const known = WORDS.map((word, label) => of(word, label));
  const mean = Math.ceil(known.reduce((sum, clips) => sum + clips.length, 0) / WORDS.length);
  const others = [...words.keys()].filter((word) => !WORDS.includes(word)).map((word) => of(word, UNKNOWN));
  return [...known, inTurn(others).slice(0, mean), silences(noises, part, mean)];
}

type Listing = {readonly train: readonly Clip[]; readonly test: readonly Clip[]};

/** A list with `late` spread evenly among `early`, so that every beginning of it has its share of both. */
function spread<T>(early: readonly T[], late: readonly T[]): T[] {
  const placed = [early, late].flatMap((list) => list.map((item, i) => ({item, at: (i + 0.5) / list.length})));
  return placed.sort((a, b) => a.at - b.at).map(({item}) => item);
}

/** Training clips, those for validation among them, and test clips, classes in turn. */
async function listClips(folder: string): Promise<Listing> {
  const holding = await holdingOf(folder);
  const lacking = [...WORDS.filter((word) => !holding.words.get(word)?.length), ...(holding.noises.length ? [] : [NOISE])]; // prettier-ignore
  if (lacking.length > 0) throw invalid(folder, `no clips in ${lacking.join(", ")}`, "folders of the ten words and of background noises"); // prettier-ignore
  const [validation, test] = [await namedIn(folder, LISTS.validation), await namedIn(folder, LISTS.test)];
  const partOf = (clip: string): Part => (test.has(clip) ? "test" : validation.has(clip) ? "validation" : "train");
  const [train, validated, tested] = PARTS.map((part) => clipsOf(folder, holding, part, partOf)) as [Clip[][], Clip[][], Clip[][]]; // prettier-ignore
  const listing = {train: inTurn(train.map((clips, label) => spread(clips, validated[label]!))), test: inTurn(tested)};
  for (const part of ["train", "test"] as const)
    if (listing[part].length === 0) throw invalid(folder, `no ${part} clips`, "some that are on the lists, and some on neither"); // prettier-ignore
  return listing;
}

async function read({folder, trainCount, testCount, signal, onProgress}: ReadRequest): Promise<Dataset> {
  const name = "speech-commands";
  const held = await listClips(folder);
  const train = held.train.slice(0, countOf(`trainCount of ${name}`, trainCount, held.train.length));
  const test = held.test.slice(0, countOf(`testCount of ${name}`, testCount, held.test.length));
  const tick = (done: number): void => {
    signal?.throwIfAborted();
    if (done % 50 === 0) onProgress?.(done, train.length + test.length, "clips");
  };
  const samples = await readRecordings(name, train, FORM, tick);
  return withChecksum({
    ...{name, sampleShape: FORM.shape, modality: "audio", classes: CLASSES, procedural: false},
    train: samples,
    test: await readRecordings(name, test, FORM, (done) => tick(train.length + done)),
    validation: Int32Array.from(train.flatMap(({part}, i) => (part === "validation" ? [i] : []))),
    sound: {rate: FORM.rate, spectrogram: FORM.spectrogram},
    ...channelStatistics(samples.samples, 1),
    provenance: await describeHolding(folder, "clips of Speech Commands v0.02, download.tensorflow.org/data"),
  });
}

/** Decodes every clip. */
async function verify(folder: string, tools: {signal?: AbortSignal; onProgress?: Progress}) {
  const {train, test} = await listClips(folder);
  await verifyRecordings([...new Set([...train, ...test].map(({path}) => path))], FORM, tools);
  return {train: train.length, test: test.length, notes: []};
}

/** Places of the files, below the folder that has the lists. */
const FILE = new RegExp(`^(?:(.*)/)?((?:\\w+/[0-9a-f]+_nohash_\\d+|${NOISE}/[^/]+)\\.wav|(?:validation|testing)_list\\.txt)$`); // prettier-ignore

const RECIPE: Recipe = {
  folder: "speech_commands_v0.02",
  downloads: [
    {
      url: "http://download.tensorflow.org/data/speech_commands_v0.02.tar.gz",
      sum: {algorithm: "sha256", value: "af14739ee7dc311471de98f5f9d2c9191b18aedfe957f4a6ff791c709868ff58"},
      most: 2_428_923_189,
    },
  ],
  archive: /speech_?commands_v0\.02.*$/i,
  required: Object.values(LISTS),
  official: {},
  most: {file: FORM.most, total: 2 ** 32, files: 120_000},
  place: (path) => {
    const [, root = "", file] = FILE.exec(path) ?? [];
    return file === undefined ? undefined : {root: root.replace(/^\.$/, ""), file, exact: true};
  },
  verify,
  published: COUNTS,
};

export const SPEECH_COMMANDS: DatasetEntry = {
  title: "Speech Commands v0.02, 12 classes, log-mel images",
  counts: COUNTS,
  balanced: BALANCED_TRAIN + BALANCED_VALIDATION,
  validation: BALANCED_VALIDATION,
  sampleShape: FORM.shape,
  modality: "audio",
  classCount: CLASSES.length,
  terms: "CC BY 4.0",
  recipe: RECIPE,
  read,
};
