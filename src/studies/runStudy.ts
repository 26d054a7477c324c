// Runs a study's trials: those in its journal are kept, the others are run by the executor and appended as they end.

import {availableParallelism} from "node:os";
import {join} from "node:path";
import {writeWhole} from "../atomic.js";
import {checkInteger, invalid} from "../check.js";
import type {Progress} from "../datasets/dataset.js";
import {type ExecutionOptions, openExecutor} from "../execution/openExecutor.js";
import {type Trial, trialId, type TrialRecord} from "../records/trial.js";
import {openJournal, TRIALS} from "./journal.js";
import {runMissing} from "./runMissing.js";
import {TRIAL, type TrialTask, trialTitle} from "./trialTask.js";

export type StudyOptions = ExecutionOptions & {
  /** Folder of the journal, checkpoints and networks. */
  readonly out: string;
  /** Threads of each process, for trials whose recipe has shards; by default the cores that the processes leave each other. */
  readonly threads?: number;
  readonly dataDir?: string;
  /** Of the trials that were missing: how many are done (parts of a trial count), with a note on what runs. */
  readonly onProgress?: Progress;
};

export type StudyResult = {
  /** One record a trial, in the order of `trials`. */
  readonly records: readonly TrialRecord[];
  /** Trials that this call ran; the others were in the journal. */
  readonly ran: number;
};

/** Runs what is not yet in the journal of `out`. `settings` are kept beside it, to be read by people and by later runs. */
export async function runStudy(
  trials: readonly Trial[],
  settings: object,
  {out, threads, dataDir, onProgress, ...execution}: StudyOptions,
): Promise<StudyResult> {
  if (threads !== undefined) checkInteger("threads", threads);
  checkOnce(trials);
  const executor = openExecutor(TRIAL, execution);
  try {
    const journal = openJournal(out, TRIALS);
    try {
      const missing = trials.filter((trial) => !journal.finished.has(trialId(trial))).length;
      if (missing) writeWhole(join(out, "study.json"), `${JSON.stringify(settings, null, 2)}\n`);
      const processes = Math.min(Math.max(1, execution.workers ?? 1), missing);
      const checksums = checksumsOf(trials, journal.finished);
      const tasks = trials.map((trial) => ({
        trial,
        folder: out,
        ...checksums.get(JSON.stringify(trial.data)),
        threads: threads ?? Math.max(1, Math.floor(availableParallelism() / processes)),
        ...(dataDir !== undefined && {dataDir}),
      }));
      const records = await runMissing(tasks, ({trial}) => trialId(trial), {
        journal,
        executor,
        ...(onProgress && reports(missing, onProgress)),
      });
      return {records, ran: missing};
    } finally {
      journal.close();
    }
  } finally {
    executor.close();
  }
}

/** By data specification, the checksum that finished records of these trials have. */
function checksumsOf(
  trials: readonly Trial[],
  finished: ReadonlyMap<string, TrialRecord>,
): Map<string, {readonly checksum: string}> {
  const done = trials.flatMap((trial) => {
    const record = finished.get(trialId(trial));
    return record ? [[JSON.stringify(trial.data), {checksum: record.data.checksum}] as const] : [];
  });
  return new Map(done);
}

/** A trial that stands twice in a study would be trained once and counted twice. */
function checkOnce(trials: readonly Trial[]): void {
  const seen = new Set<string>();
  for (const trial of trials) {
    const id = trialId(trial);
    if (seen.has(id)) throw invalid("trials", `${trialTitle(trial)} twice`, "each trial once");
    seen.add(id);
  }
}

/** The progress of `total` trials from those of each: a trial's last steps (evaluation) count as a twentieth. */
function reports(total: number, onProgress: Progress) {
  const fractions = new Map<TrialTask, number>();
  let done = 0;
  const report = (note: string): void =>
    onProgress(done + [...fractions.values()].reduce((a, b) => a + b, 0), total, note);
  return {
    onProgress(task: TrialTask, ahead: number, all: number, note = ""): void {
      fractions.set(task, all > 0 ? ahead / (all * 1.05) : 0);
      report(`${trialTitle(task.trial)}: ${note}`);
    },
    onRecord(task: TrialTask, {testAccuracy, status}: TrialRecord): void {
      fractions.delete(task);
      ++done;
      const found = testAccuracy === undefined ? status : `test ${(100 * testAccuracy).toFixed(1)} %`;
      report(`${trialTitle(task.trial)}: ${found}`);
    },
  };
}
