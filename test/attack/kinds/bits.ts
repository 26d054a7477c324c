// Files of ours with a bit flipped: each is refused with words that name it, or says what it said before.

import {mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {isDeepStrictEqual} from "node:util";
import {InputError} from "../../../src/check.js";
import {readManifest} from "../../../src/datasets/manifest.js";
import {sealedJson} from "../../../src/disk/seal.js";
import {loadNetwork, saveNetwork} from "../../../src/files/networkFile.js";
import {sampleFormatOf} from "../../../src/files/networkText.js";
import {useBackend} from "../../../src/kernels/index.js";
import {disposeNetwork, initialise} from "../../../src/networks/parameters.js";
import {type Random, randomKey} from "../../../src/random.js";
import {runSearchStudy} from "../../../src/studies/architectureSearch.js";
import {openJournal, readRecords, TRIALS} from "../../../src/studies/journal.js";
import {chosenBy} from "../../../src/studies/finalTraining.js";
import {readSearch} from "../../../src/studies/searchFolder.js";
import {openStudyFolder} from "../../../src/studies/studyFolder.js";
import type {TrialRecord} from "../../../src/records/trial.js";
import {toCsv} from "../../../src/tables/csv.js";
import {trialRows} from "../../../src/tables/trials.js";
import {loadCheckpoint, saveCheckpoint} from "../../../src/training/checkpoint.js";
import {initOptimiser} from "../../../src/training/update.js";
import {recordOf} from "../../records/record.js";
import {smallSearch} from "../../studies/small.js";
import {smallArchitecture, tinyData} from "../../tiny.js";
import {isRaw} from "../program.js";
import type {Kind} from "../kind.js";

/** A file of ours: its bytes, and what they say, read by the program's own reader. */
type Target = {
  readonly file: string;
  readonly bytes: Buffer;
  readonly read: () => unknown;
  readonly says: unknown;
};

let targets: Readonly<Record<string, Target>> = {};
let folder = "";

async function target(file: string, read: () => unknown): Promise<Target> {
  return {file, bytes: readFileSync(file), read, says: await read()};
}

const described = {channels: 2, head: {hidden: 8, voters: 2, dropout: 0}};
/** Tensors as bytes, so that they can be compared. */
const plain = (tensors: Readonly<Record<string, {dataSync(): unknown}>>): object =>
  Object.fromEntries(Object.entries(tensors).map(([name, t]) => [name, t.dataSync()]));

async function networkTarget(): Promise<Target> {
  const file = join(folder, "small.safetensors");
  const data = await tinyData(20, 10);
  const description = smallArchitecture(described);
  const network = initialise(description, randomKey(7, "bits"));
  await saveNetwork(file, {...network, description, sample: sampleFormatOf(data, network.graph), classes: data.classes, bits: 8}); // prettier-ignore
  return target(file, async () => {
    const {parameters, statistics, ...rest} = await loadNetwork(file);
    const found = [plain(parameters), plain(statistics), rest];
    disposeNetwork({parameters, statistics, graph: rest.graph});
    return found;
  });
}

function checkpointTarget(): Promise<Target> {
  const file = join(folder, "small.checkpoint");
  const {parameters, statistics} = initialise(smallArchitecture(described), randomKey(7, "bits"));
  const curve = [{epoch: 1, loss: 2, trainAccuracy: 0.4, learningRate: 0.001, seconds: 3}];
  const optimisers = [initOptimiser({name: "adam", weightDecay: 0.01} as never, parameters)];
  saveCheckpoint(file, {identity: "a", curve, message: "none", parameters, statistics, optimisers});
  return target(file, () => {
    const found = loadCheckpoint(file, "a");
    return found && [found.curve, found.message, plain(found.parameters), plain(found.statistics), found.optimisers.map(({step, moments}) => [step, moments.map(plain)])]; // prettier-ignore
  });
}

function journalTarget(): Promise<Target> {
  const journal = openJournal(folder, TRIALS);
  for (const id of ["a", "b", "c"]) journal.append(recordOf({id}));
  journal.close();
  return target(join(folder, TRIALS.file), () => readRecords(folder));
}

/** The files of a small search. */
async function searchTargets(): Promise<Readonly<Record<string, Target>>> {
  const out = join(folder, "search");
  const search = smallSearch({candidates: 3});
  const settings = {...search, scoring: {...search.scoring, score: "params"}} as const;
  await runSearchStudy(settings, {out, workers: 0});
  const read = (): unknown => {
    const search = readSearch(out);
    return [search, chosenBy([search], {blindFrom: search.settings.networks})];
  };
  const at = (name: string): Promise<Target> => target(join(out, name), read);
  return {study: await at("study.json"), result: await at("result.json"), scores: await at("scores.jsonl")};
}

async function studyTarget(): Promise<Target> {
  const out = join(folder, "mine");
  const open = (seeds: number) => openStudyFolder(out, {kind: "test", settings: {seeds, data: {train: 40}}, mayGrow: ["seeds"]}, TRIALS); // prettier-ignore
  const journal = open(1);
  journal.append(recordOf());
  journal.close();
  const read = (): unknown => {
    const other = open(2);
    other.close();
    return [...other.finished.keys()];
  };
  return target(join(out, "study.json"), read);
}

function manifestTarget(): Promise<Target> {
  const out = join(folder, "data");
  const manifest = {dataset: "cifar10", source: "/x", train: 4, test: 2, cut: true, notes: ["n"], files: {}};
  const file = join(out, "dataset.json");
  const made = openJournal(out, TRIALS);
  made.append(recordOf());
  made.close();
  writeFileSync(file, sealedJson(manifest));
  return target(file, () => readManifest(out));
}

async function prepare(): Promise<() => void> {
  if (folder !== "") return () => {};
  folder = mkdtempSync(join(tmpdir(), "bits-"));
  process.on("exit", () => rmSync(folder, {recursive: true, force: true}));
  await useBackend("wasm");
  targets = {
    network: await networkTarget(),
    checkpoint: await checkpointTarget(),
    journal: await journalTarget(),
    ...(await searchTargets()),
    studyFile: await studyTarget(),
    manifest: await manifestTarget(),
  };
  return () => {};
}

/** One bit flipped, bytes overwritten, cut off, put in twice or zeroed. */
function spoilt(bytes: Buffer, index: number, random: Random): Buffer {
  const copy = Buffer.from(bytes);
  const at = (index * 7919) % bytes.length; // every byte comes, far from the one before
  const length = 1 + random.integer(40);
  switch (index < bytes.length ? 0 : 1 + random.integer(5)) {
    case 0:
      copy[at]! ^= 1 << random.integer(8);
      return copy;
    case 1:
      return copy.subarray(0, at);
    case 2:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + length)]);
    case 3:
      return Buffer.concat([copy.subarray(0, at + length), copy.subarray(at)]);
    case 4:
      return copy.fill(0, at, Math.min(at + length, copy.length));
    default:
      for (let i = at; i < Math.min(at + length, copy.length); ++i) copy[i] = random.integer(256);
      return copy;
  }
}

/** Whether a journal's reading lost whole lines at its end alone: their work is done again. */
const isBeginning = (found: unknown, says: unknown): boolean =>
  Array.isArray(found) && Array.isArray(says) && isDeepStrictEqual(found, says.slice(0, found.length));

async function attempt(name: string, index: number, random: Random): Promise<string | undefined> {
  const {file, bytes, read, says} = targets[name]!;
  const changed = spoilt(bytes, index, random);
  writeFileSync(file, changed);
  try {
    const found = await read();
    if (isDeepStrictEqual(found, says) || (file.endsWith(TRIALS.file) && isBeginning(found, says))) return undefined;
    return "read without an error, and says something else";
  } catch (error) {
    const {message} = error as Error;
    if (!(error instanceof InputError) || isRaw(message)) return `a raw error: ${(error as Error).stack}`;
    return message.includes(file) ? undefined : `an error that does not name the file: ${message}`;
  } finally {
    writeFileSync(file, bytes);
  }
}

const kind = (name: string, what: string, count: number): Kind => ({
  name: `${name}-bits`,
  held: `a damaged ${what} is refused by name, or says what it said`,
  ...{count, small: 40, seconds: 900, prepare},
  attempt: ({index, random}) => attempt(name, index, random),
});

/** A value of a JSON text replaced, or left out. */
function reworded(value: unknown, random: Random): unknown {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0 || random.integer(6) === 0)
    return random.choice([null, -1, 7, 1e300, "", "x", [], {}, [[]], true, value]);
  const copy = structuredClone(value) as Record<string, unknown>;
  const key = random.choice(Object.keys(copy));
  if (random.integer(5) > 0) copy[key] = reworded(copy[key], random);
  else if (Array.isArray(copy)) copy.splice(Number(key), 1);
  else delete copy[key];
  return copy;
}

/** A file of version 0.1.0, without a checksum, in which a value is another: refused with words, or read and shown. */
async function old(name: string, random: Random): Promise<string | undefined> {
  const {file, bytes, read} = targets[name]!;
  const [line, ...rest] = file.endsWith(".jsonl") ? bytes.toString().split("\n") : [bytes.toString()];
  const {sha256: _sha256, ...value} = JSON.parse(line!) as Record<string, unknown>;
  writeFileSync(file, [JSON.stringify(reworded(value, random)), ...rest].join("\n"));
  try {
    const found = await read();
    if (name === "journal") toCsv(trialRows(found as TrialRecord[]));
    return undefined;
  } catch (error) {
    const {message} = error as Error;
    if (!(error instanceof InputError) || isRaw(message)) return `a raw error: ${(error as Error).stack}`;
    return message.includes(file) ? undefined : `an error that does not name the file: ${message}`;
  } finally {
    writeFileSync(file, bytes);
  }
}

const oldKind = (name: string, what: string): Kind => ({
  name: `${name}-old`,
  held: `a ${what} of version 0.1.0 with other values is refused by name, or read`,
  ...{count: 1500, small: 40, seconds: 600, prepare},
  attempt: ({random}) => old(name, random),
});

export const kinds: readonly Kind[] = [
  ...[oldKind("journal", "trials.jsonl"), oldKind("scores", "scores.jsonl"), oldKind("result", "result.json")],
  ...[
    oldKind("study", "study.json of a search"),
    oldKind("studyFile", "study.json"),
    oldKind("manifest", "dataset.json"),
  ],
  kind("network", "network", 9000),
  kind("checkpoint", "checkpoint", 30000),
  kind("journal", "trials.jsonl", 9000),
  kind("scores", "scores.jsonl", 5000),
  kind("result", "result.json", 5000),
  kind("study", "study.json of a search", 4000),
  kind("studyFile", "study.json", 1500),
  kind("manifest", "dataset.json", 1500),
];
