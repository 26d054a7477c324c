// Runs a study's trials: those in its journal are kept, the others are run by the executor and appended as they end.

import {availableParallelism} from "node:os";
import {inRange} from "../ranges.js";
import type {Progress} from "../datasets/dataset.js";
import {type ExecutionOptions, openExecutor} from "../execution/openExecutor.js";
import {type Trial, trialId, type TrialRecord} from "../records/trial.js";
import {checkTrials, checkUnmixed} from "./checkTrials.js";
import {TRIALS} from "./journal.js";
import {warnOfMixedEngines} from "./mixedEngines.js";
import {runMissing} from "./runMissing.js";
import {openStudyFolder} from "./studyFolder.js";
import {TRIAL, type TrialTask, trialTitle} from "./trialTask.js";

export type StudyOptions = ExecutionOptions & {
  /** Folder of the journal, checkpoints and networks. */
  readonly out: string;
  /** Threads of each process, for trials whose recipe has shards; by default the cores that the processes leave each other. */
  readonly threads?: number;
  readonly dataDir?: string;
  /** Names of the settings that list what the study compares: they may differ from one run to the next. Its lists unless given. */
  readonly groups?: readonly string[];
  /** Of the trials that were missing: how many are done (parts of a trial count), with a note on what runs. */
  readonly onProgress?: Progress;
};

export type StudyResult = {
  /** One record a trial, in the order of `trials`. */
  readonly records: readonly TrialRecord[];
  /** Trials that this call ran; the others were in the journal. */
  readonly ran: number;
};

/** Settings that say how many trials of each group there are. */
const ROUNDS = ["seeds", "firstSeed", "workers"];

const listsOf = (settings: object): string[] =>
  Object.entries(settings).flatMap(([name, value]) => (Array.isArray(value) ? [name] : []));

/**
 * Runs what is not yet in the journal of `out`. `settings` are kept beside it, to be read by people and by later runs: the folder is
 * refused to a study that differs in anything but its seeds and groups.
 */
export async function runStudy(
  trials: readonly Trial[],
  settings: object,
  {out, threads, dataDir, groups = listsOf(settings), onProgress, ...execution}: StudyOptions,
): Promise<StudyResult> {
  if (threads !== undefined) inRange("threads", threads);
  const kind = checkTrials(trials);
  const executor = openExecutor(TRIAL, execution);
  try {
    const mayGrow = [...ROUNDS, ...groups];
    const journal = openStudyFolder(out, {kind, settings, mayGrow, asked: trials.map(trialId)}, TRIALS);
    try {
      checkUnmixed(out, trials, journal.finished);
      const lacking = trials.filter((trial) => !journal.finished.has(trialId(trial)));
      const missing = lacking.length;
      warnOfMixedEngines(lacking, journal.finished.values());
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

/** The progress of `total` trials from those of each: a trial's last steps (evaluation) count as a twentieth. */
function reports(total: number, onProgress: Progress) {
  const fractions = new Map<TrialTask, number>();
  let [done, failed] = [0, 0];
  const report = (note: string): void =>
    onProgress(done + [...fractions.values()].reduce((a, b) => a + b, 0), total, failed > 0 ? `${note} (${failed} without a result)` : note); // prettier-ignore
  return {
    onProgress(task: TrialTask, ahead: number, all: number, note = ""): void {
      fractions.set(task, all > 0 ? ahead / (all * 1.05) : 0);
      report(`${trialTitle(task.trial)}: ${note}`);
    },
    onRecord(task: TrialTask, {testAccuracy, status}: TrialRecord): void {
      fractions.delete(task);
      ++done;
      if (testAccuracy === undefined) ++failed;
      const found = testAccuracy === undefined ? status : `test ${(100 * testAccuracy).toFixed(1)} %`;
      report(`${trialTitle(task.trial)}: ${found}`);
    },
  };
}
