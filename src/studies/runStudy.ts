// Runs a study's trials: those in its journal are kept, the others are run in child processes and appended as they end.

import {availableParallelism} from "node:os";
import {join} from "node:path";
import {writeWhole} from "../atomic.js";
import {checkInteger} from "../check.js";
import type {Progress} from "../datasets/dataset.js";
import {openJournal, type Journal, TRIALS} from "./journal.js";
import {openPool} from "./pool.js";
import {evaluateTrial} from "./evaluateTrial.js";
import {type Trial, trialId, type TrialRecord} from "../records/trial.js";
import type {TrialTask} from "./worker.js";

export type StudyOptions = {
  /** Folder of the journal, checkpoints and networks. */
  readonly out: string;
  /** Child processes; 0 runs the trials in this one. */
  readonly workers?: number;
  /** Threads of each process, for trials whose recipe has shards; by default the cores that the processes leave each other. */
  readonly threads?: number;
  readonly dataDir?: string;
  readonly signal?: AbortSignal;
  /** Of the trials that were missing: how many are done (parts of a trial count), with a note on what runs. */
  readonly onProgress?: Progress;
};

export type StudyResult = {
  /** One record a trial, in the order of `trials`. */
  readonly records: readonly TrialRecord[];
  /** Trials that this call ran; the others were in the journal. */
  readonly ran: number;
};

/** What a trial is called in progress lines: "kernelSize 3, seed 1". */
export const trialTitle = ({labels, seed}: Pick<Trial, "labels" | "seed">): string =>
  [...Object.entries(labels).map(([name, value]) => `${name} ${value}`), `seed ${seed}`].join(", ");

/** Runs what is not yet in the journal of `out`. `settings` are kept beside it, to be read by people and by later runs. */
export async function runStudy(
  trials: readonly Trial[],
  settings: object,
  {out, workers = 1, threads, dataDir, signal, onProgress}: StudyOptions,
): Promise<StudyResult> {
  checkInteger("workers", workers, 0);
  if (threads !== undefined) checkInteger("threads", threads);
  const journal = openJournal(out, TRIALS);
  try {
    const ids = trials.map(trialId);
    const missing = trials.filter((_, i) => !journal.finished.has(ids[i]!));
    if (missing.length) {
      writeWhole(join(out, "study.json"), `${JSON.stringify(settings, null, 2)}\n`);
      await runMissing(missing, journal, {out, workers, threads, dataDir, signal, onProgress});
    }
    return {records: ids.map((id) => journal.finished.get(id)!), ran: missing.length};
  } finally {
    journal.close();
  }
}

async function runMissing(
  missing: readonly Trial[],
  journal: Journal,
  options: StudyOptions & {workers: number},
): Promise<void> {
  const {out, workers, dataDir, signal, onProgress} = options;
  const processes = Math.min(Math.max(1, workers), missing.length);
  const threads = options.threads ?? Math.max(1, Math.floor(availableParallelism() / processes));
  const fractions = new Map<Trial, number>();
  const total = missing.length;
  let done = 0;
  const report = (note: string): void =>
    onProgress?.(done + [...fractions.values()].reduce((a, b) => a + b, 0), total, note);
  const onTrial = (trial: Trial, ahead: number, all: number, note = ""): void => {
    fractions.set(trial, all > 0 ? ahead / (all * 1.05) : 0);
    report(`${trialTitle(trial)}: ${note}`);
  };
  const onRecord = (trial: Trial, record: TrialRecord): void => {
    journal.append(record);
    fractions.delete(trial);
    ++done;
    const accuracy =
      record.testAccuracy === undefined ? record.status : `test ${(100 * record.testAccuracy).toFixed(1)} %`;
    report(`${trialTitle(trial)}: ${accuracy}`);
  };
  if (workers > 0) {
    const pool = openPool<TrialTask, TrialRecord>({
      module: new URL("./worker.js", import.meta.url),
      workers,
      signal,
      nameOf: ({trial}) => `trial ${JSON.stringify(trial.labels)} seed ${trial.seed}`,
    });
    const tasks = missing.map((trial) => ({trial, folder: out, threads, ...(dataDir !== undefined && {dataDir})}));
    try {
      await pool.run(tasks, {
        onResult: ({trial}, record) => onRecord(trial, record),
        onProgress: ({trial}, ...progress) => onTrial(trial, ...progress),
      });
    } finally {
      pool.close();
    }
    return;
  }
  for (const trial of missing)
    onRecord(
      trial,
      await evaluateTrial(trial, {
        folder: out,
        threads,
        signal,
        onProgress: (...p) => onTrial(trial, ...p),
        ...(dataDir !== undefined && {dataDir}),
      }),
    );
}
