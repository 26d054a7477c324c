// Trains and evaluates one trial, to its record.

import {execFileSync} from "node:child_process";
import {hostname} from "node:os";
import {rmSync} from "node:fs";
import {join} from "node:path";
import {energiesOf, energyOf, operationsOf} from "../architectures/energy.js";
import {costOf} from "../architectures/cost.js";
import {hashOf} from "../architectures/canonical.js";
import {graphOf, validateDescription} from "../architectures/description.js";
import type {Dataset, Progress} from "../datasets/dataset.js";
import {balancedCount} from "../datasets/inTurn.js";
import {dataStamp, loadDataset} from "../datasets/index.js";
import {balancedSplit, type Split} from "../datasets/split.js";
import {kernelReport, startBackend} from "../kernels/index.js";
import {saveNetwork} from "../files/networkFile.js";
import {sampleFormatOf, type TrainedNetwork} from "../files/networkText.js";
import {disposeNetwork, type Network} from "../networks/parameters.js";
import {randomKey} from "../random.js";
import {evaluatedFields} from "../records/measures.js";
import {packageRoot, packageVersion} from "../root.js";
import {evaluate, type Evaluation} from "../training/evaluate.js";
import {fit} from "../training/fit.js";
import {type DataSpec, type Trial, trialId, type TrialRecord} from "../records/trial.js";
import {convertedActivity} from "./convertedActivity.js";
import {networkFileOf} from "./networkFiles.js";
import {searchTrial} from "./searchTrial.js";
import {checkTrialMemory} from "./trialMemory.js";
import {checkUnchanged} from "./unchangedData.js";

export type TrialOptions = {
  /** The study's folder: checkpoints while training, networks when done. Without it nothing is written. */
  readonly folder?: string;
  readonly dataDir?: string;
  /** Threads that share a step where the recipe has shards. */
  readonly threads?: number;
  /** Checksum that the data must have: that of earlier records of the same study. */
  readonly checksum?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: Progress;
};

let held: {key: string; data: Promise<Dataset>} | undefined;

/** The data of a trial; the last one used is kept, since a study's trials share theirs. */
function dataOf({name, trainCount, testCount, seed}: DataSpec, dataDir: string | undefined): Promise<Dataset> {
  const key = JSON.stringify([name, trainCount, testCount, seed, dataDir, dataStamp(name)]);
  if (held?.key !== key) {
    const data = loadDataset(name, {trainCount, testCount, seed, ...(dataDir !== undefined && {dataDir})});
    held = {key, data};
    data.catch(() => held?.data === data && (held = undefined)); // it may be installed before the next try
  }
  return held.data;
}

/** How many of `wanted` samples a data set cannot give with equally many of each class, since files could not be read. */
function lostOf({train, classes, skipped}: Dataset, wanted: number): number {
  if (!skipped?.length) return 0;
  const perClass = new Array<number>(classes.length).fill(0);
  for (const label of train.labels) ++perClass[label]!;
  return Math.max(0, wanted - balancedCount(perClass));
}

/**
 * The training and validation samples of a trial: the same for every trial of one data specification. Files that could not
 * be read are missing from training, not from validation.
 */
export function splitOf({train, validation, seed}: DataSpec, data: Dataset): Split {
  return balancedSplit(data.train.labels, {
    classes: data.classes.length,
    sizes: {train: train - lostOf(data, train + validation), validation},
    key: randomKey(seed, "split"),
    reserved: data.validation,
  });
}

/** Trains and evaluates one trial, and keeps its network in a file of the study's folder. */
export async function evaluateTrial(trial: Trial, options: TrialOptions = {}): Promise<TrialRecord> {
  const {record, network} = await trainTrial(trial, options);
  try {
    if (options.folder !== undefined && record.status === "ok")
      await saveNetwork(networkFileOf(options.folder, record.id), network);
    if (options.folder !== undefined)
      for (const name of [record.id, searchOf(record.id)]) rmSync(checkpointOf(options.folder, name), {force: true});
  } finally {
    disposeNetwork(network);
  }
  return record;
}

const checkpointOf = (folder: string, id: string): string => join(folder, "checkpoints", `${id}.checkpoint`);

/** What the first half of a trial with a search is called. */
const searchOf = (id: string): string => `${id}.search`;

/** Trains and evaluates one trial. The record does not depend on how often it was interrupted. */
export async function trainTrial(
  trial: Trial,
  {folder, dataDir, threads, checksum, signal, onProgress}: TrialOptions = {},
): Promise<{readonly record: TrialRecord; readonly network: TrainedNetwork}> {
  const began = new Date();
  const id = trialId(trial);
  const described = validateDescription(trial.architecture);
  checkTrialMemory([trial]);
  const backend = await startBackend(trial.backend);
  const data = await dataOf(trial.data, dataDir);
  checkUnchanged(data, checksum);
  const {train, validation} = splitOf(trial.data, data);
  const placeOf = (identity: string) =>
    folder === undefined ? {} : {checkpoint: {path: checkpointOf(folder, identity), identity}};
  const common = {data, threads, signal};
  const halves = trial.search ? 2 : 1;
  const progressOf = (half: number): Progress | undefined =>
    onProgress && ((done, all, note) => onProgress(half * all + done, halves * all, note));
  const searched =
    trial.search &&
    (await searchTrial(trial, {...common, split: {train, validation}, onProgress: progressOf(0), checkpoint: undefined, ...placeOf(searchOf(id))})); // prettier-ignore
  const architecture = searched?.architecture ?? described;
  const fitted =
    searched?.failed ??
    (await fit(architecture, {
      ...{...common, train, validation, recipe: trial.recipe, key: randomKey(trial.seed, "trial")},
      ...{onProgress: progressOf(halves - 1), ...placeOf(id)},
    }));
  const trained = fitted.status === "ok";
  const test = trained ? await evaluate(fitted.network, data, data.test, {signal}) : undefined;
  const plan = trained ? trial.conversion : undefined;
  const conversion = plan && (await convertedActivity(fitted.network, data, {plan, train, signal}));
  const cost = costOf(architecture, {bits: trial.bits});
  // Of a DNN the multiply-accumulates that its zeros leave.
  const operations = ({synOps, dnn}: Evaluation) =>
    operationsOf(graphOf(architecture), {acs: synOps, ...(dnn && {macs: dnn.effectiveMacs})});
  const record: TrialRecord = {
    schema: 1,
    id,
    study: trial.study,
    labels: {...trial.labels},
    seed: trial.seed,
    profile: trial.profile,
    status: fitted.status,
    message: fitted.message,
    architecture,
    architectureId: hashOf(architecture),
    data: {
      name: data.name,
      checksum: data.checksum,
      provenance: data.provenance,
      procedural: data.procedural,
      trainCount: trial.data.trainCount,
      train: train.length,
      validation: validation.length,
      test: data.test.labels.length,
      seed: trial.data.seed,
    },
    recipe: {...trial.recipe},
    backend: backend.name,
    version: packageVersion,
    bits: trial.bits,
    params: cost.params,
    paramsWithoutHead: cost.paramsWithoutHead,
    weightBytes: cost.weightBytes,
    macs: cost.macs,
    worstCaseAcs: cost.worstCaseAcs,
    receptiveField: cost.receptiveField,
    curve: fitted.curve.map((epoch) => ({...epoch, loss: Number.isFinite(epoch.loss) ? epoch.loss : null})),
    ...(fitted.curve.at(-1)?.validationAccuracy !== undefined && {
      validationAccuracy: fitted.curve.at(-1)!.validationAccuracy!,
    }),
    ...(test && {
      ...evaluatedFields(test),
      testImages: test.n,
      synOpsByLayer: test.synOpsByLayer,
      firingRates: test.firingRates,
      ...(test.dnn && {zerosByLayer: test.dnn.zerosByLayer, effectiveMacsByLayer: test.dnn.effectiveMacsByLayer}),
      ...(conversion && {conversion}),
      energy: energyOf(operations(test)),
      energies: energiesOf(operations(test)),
    }),
    ...(searched?.record && {search: searched.record}),
    run: {
      began: began.toISOString(),
      seconds: (Date.now() - began.getTime()) / 1000,
      imagesPerSecond: fitted.imagesPerSecond,
      peakMemoryBytes: fitted.peakMemoryBytes,
      host: hostname(),
      node: process.version,
      engine: kernelReport().engine,
      commit: commit(),
    },
  };
  return {record, network: trainedNetwork(fitted.network, {trial, record, data})};
}

/** A network with what using it takes: its samples, its classes, and where it comes from. */
function trainedNetwork(
  network: Network,
  {trial, record, data}: {readonly trial: Trial; readonly record: TrialRecord; readonly data: Dataset},
): TrainedNetwork {
  const {id, study, labels, seed, version, backend, bits, testAccuracy, testImages, validationAccuracy} = record;
  const {name, checksum, provenance} = data;
  const {trainCount, testCount, train, validation, seed: dataSeed} = trial.data;
  return {
    ...network,
    sample: sampleFormatOf(data, network.graph),
    classes: data.classes,
    bits,
    description: record.architecture,
    ...(testAccuracy !== undefined &&
      testImages !== undefined && {
        made: {
          ...{id, study, labels, seed, version, backend},
          data: {name, checksum, provenance, trainCount, testCount, train, validation, seed: dataSeed},
          ...{testAccuracy, testImages, ...(validationAccuracy !== undefined && {validationAccuracy})},
        },
      }),
  };
}

let commitFound: string | undefined;

/** The checkout's commit, with "+" where it was changed since; "" outside a checkout. */
function commit(): string {
  if (commitFound !== undefined) return commitFound;
  try {
    const git = (...args: string[]): string =>
      execFileSync("git", ["-C", packageRoot, ...args], {encoding: "utf8", stdio: ["ignore", "pipe", "ignore"]}).trim();
    commitFound =
      git("rev-parse", "--short=12", "HEAD") +
      (git("status", "--porcelain", "--untracked-files=no", "--", "src", "assembly") ? "+" : "");
  } catch {
    commitFound = "";
  }
  return commitFound;
}
