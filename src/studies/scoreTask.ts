// Scoring one candidate as a piece of a study: what determines its value, and the record that it becomes.

import type {Architecture} from "../architectures/architecture.js";
import {hashOf} from "../architectures/canonical.js";
import {costOf} from "../architectures/cost.js";
import {graphOf} from "../architectures/description.js";
import {dataStamp, loadDataset} from "../datasets/index.js";
import type {TaskKind} from "../execution/task.js";
import type {HeadInit} from "../networks/parameters.js";
import {random, randomKey} from "../random.js";
import {type ScoreRecord, scoreRecordSchema} from "../records/score.js";
import {packageVersion} from "../root.js";
import {type ScoreName, scoreOf} from "../scoring/registry.js";
import {scoreArchitecture} from "../scoring/scoreArchitecture.js";
import {startBackend} from "../kernels/index.js";
import type {BackendName, Tensor, Tensor1D} from "../tf.js";
import {batchOf, scaleFor, type ValueScale} from "../training/batches.js";
import type {JournalKind} from "./journal.js";
import {checkUnchanged} from "./unchangedData.js";

export type ScoreSpec = {
  readonly score: ScoreName;
  /** Measurements, each with fresh weights and a batch of its own. */
  readonly repeats: number;
  readonly data: {
    readonly name: string;
    /** First training images, of which batches are drawn. */
    readonly trainCount: number;
    /** Names the images of a procedural data set. */
    readonly seed: number;
    /** Images of a batch. */
    readonly batch: number;
  };
  readonly head: HeadInit;
  /** Names the batches and the weights: the same for every candidate. */
  readonly seed: number;
  readonly backend: BackendName;
};

export type ScoreTask = ScoreSpec & {readonly architecture: Architecture};

export const scoreTaskId = (task: ScoreTask): string => hashOf(task);

export const SCORED: JournalKind<ScoreRecord> = {file: "scores.jsonl", schema: scoreRecordSchema, work: "candidate"};

type Batches = {readonly x: Tensor[]; readonly labels: Tensor1D[]; readonly checksum: string; procedural: boolean};
let held: {key: string; batches: Promise<Batches>} | undefined;

/** The batches of a specification; the last ones used are kept, since a study's candidates share theirs. */
export function batchesOf(
  {data, repeats, seed}: Pick<ScoreSpec, "data" | "repeats" | "seed">,
  dataDir: string | undefined,
  scale: ValueScale = "normalised",
): Promise<Batches> {
  const key = JSON.stringify([data, repeats, seed, dataDir, dataStamp(data.name), scale]);
  if (held?.key !== key) {
    void held?.batches.then(
      ({x, labels}) => [...x, ...labels].forEach((t) => t.dispose()),
      () => {},
    );
    const batches = drawBatches(data, {repeats, seed, scale}, dataDir);
    held = {key, batches};
    batches.catch(() => held?.batches === batches && (held = undefined)); // data may be installed before the next try
  }
  return held.batches;
}

async function drawBatches(
  {name, trainCount, seed: dataSeed, batch}: ScoreSpec["data"],
  {repeats, seed, scale}: {readonly repeats: number; readonly seed: number; readonly scale: ValueScale},
  dataDir: string | undefined,
): Promise<Batches> {
  const set = await loadDataset(name, {
    trainCount,
    testCount: 1,
    seed: dataSeed,
    ...(dataDir !== undefined && {dataDir}),
  });
  const drawn = Array.from({length: repeats}, (_, r) =>
    random(randomKey(seed, "score-batch", r))
      .permutation(set.train.labels.length)
      .subarray(0, batch),
  ).map((indices) => batchOf(set, set.train, indices, {scale}));
  return {
    x: drawn.map(({x}) => x),
    labels: drawn.map(({labels}) => labels),
    checksum: set.checksum,
    procedural: set.procedural,
  };
}

/** Scores one candidate. Scores that only count need no data and no backend. */
export async function evaluateScore(
  task: ScoreTask,
  {dataDir, checksum, signal}: {dataDir?: string; checksum?: string; signal?: AbortSignal} = {},
): Promise<ScoreRecord> {
  const {architecture, score, repeats, data, head, seed} = task;
  const counting = scoreOf(score).needs === "architecture";
  const backend = counting ? "none" : (await startBackend(task.backend)).name;
  const batches = counting ? undefined : await batchesOf(task, dataDir, scaleFor(graphOf(architecture)));
  if (batches) checkUnchanged({name: data.name, checksum: batches.checksum}, checksum);
  const result = await scoreArchitecture(architecture, batches?.x, {
    score,
    repeats,
    key: randomKey(seed, "score"),
    head,
    ...(batches && {labels: batches.labels}),
    ...(signal && {signal}),
  });
  const {params, macs, worstCaseAcs} = costOf(architecture);
  return {
    schema: 1,
    id: scoreTaskId(task),
    score,
    seed,
    repeats,
    status: result.status,
    value: result.value,
    values: result.repeats.map(({value}) => value),
    architecture,
    architectureId: hashOf(architecture),
    data: {...data, checksum: batches?.checksum ?? "", procedural: batches?.procedural ?? false},
    params,
    macs,
    worstCaseAcs,
    firingRates: {...result.firingRates},
    backend,
    version: packageVersion,
    run: {seconds: result.seconds},
  };
}

/** A candidate as a task: what is sent to the process that scores it. */
export type ScoreRequest = {
  readonly task: ScoreTask;
  readonly dataDir?: string;
  /** Checksum that the data must have: that of the search's earlier records. */
  readonly checksum?: string;
};

export const SCORE: TaskKind<ScoreRequest, ScoreRecord> = {
  module: import.meta.url,
  name: "SCORE",
  titleOf: ({task}) =>
    `a candidate (${task.architecture.cells.length} cells, ${hashOf(task.architecture).slice(0, 8)})`,
  evaluate: ({task, ...options}, {signal}) => evaluateScore(task, {...options, ...(signal && {signal})}),
};
