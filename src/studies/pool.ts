// Trials in child processes, one each at a time. A process that dies costs its trial one attempt and is replaced.

import {type ChildProcess, fork} from "node:child_process";
import {fileURLToPath} from "node:url";
import type {Progress} from "../datasets/dataset.js";
import type {Trial, TrialRecord} from "./trial.js";
import type {FromWorker, ToWorker} from "./worker.js";

const WORKER = fileURLToPath(new URL("./worker.js", import.meta.url));
/** Attempts at a trial whose process dies. */
const ATTEMPTS = 3;

export type PoolOptions = {
  readonly workers: number;
  readonly folder?: string;
  readonly dataDir?: string;
  /** Threads of each process. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
  /** A trial's own progress. */
  readonly onProgress?: (trial: Trial, ...progress: Parameters<Progress>) => void;
  readonly onRecord: (trial: Trial, record: TrialRecord) => void;
};

/** Runs all trials and calls `onRecord` as each ends. Rejects when one fails for good or the signal fires, after ending its processes. */
export async function runTrials(
  trials: readonly Trial[],
  {workers, folder, dataDir, threads, signal, onProgress, onRecord}: PoolOptions,
): Promise<void> {
  const waiting = trials.map((trial) => ({trial, attempt: 1}));
  const children = new Set<ChildProcess>();
  const stop = (): void => children.forEach((child) => child.kill());
  signal?.addEventListener("abort", stop);
  const lane = async (): Promise<void> => {
    let child: ChildProcess | undefined;
    try {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        signal?.throwIfAborted();
        if (!child?.connected) {
          child = fork(WORKER, {stdio: ["ignore", "inherit", "inherit", "ipc"], execArgv: []});
          children.add(child);
        }
        const {trial, attempt} = next;
        const request: ToWorker = {
          trial,
          ...(folder !== undefined && {folder}),
          ...(dataDir !== undefined && {dataDir}),
          ...(threads !== undefined && {threads}),
        };
        const outcome = await ask(child, request, (...progress) => onProgress?.(trial, ...progress));
        if ("record" in outcome) onRecord(trial, outcome.record);
        else if ("error" in outcome) throw Object.assign(new Error(outcome.error.message), {name: outcome.error.name});
        else {
          children.delete(child);
          child = undefined;
          signal?.throwIfAborted();
          if (attempt >= ATTEMPTS)
            throw new Error(
              `the process of trial ${JSON.stringify(trial.labels)} seed ${trial.seed} died ${ATTEMPTS} times (${outcome.died}); is there enough memory?`,
            );
          waiting.unshift({trial, attempt: attempt + 1});
        }
      }
    } finally {
      if (child) {
        children.delete(child);
        child.kill();
      }
    }
  };
  try {
    await Promise.all(Array.from({length: Math.min(workers, trials.length)}, lane));
  } finally {
    signal?.removeEventListener("abort", stop);
    stop();
  }
}

type Outcome =
  | {readonly record: TrialRecord}
  | {readonly error: {name: string; message: string}}
  | {readonly died: string};

/** Sends one trial to a process and waits for its record, its error or its end. */
function ask(child: ChildProcess, request: ToWorker, onProgress: Progress): Promise<Outcome> {
  return new Promise((resolve) => {
    const settle = (outcome: Outcome): void => {
      child.off("message", onMessage).off("exit", onExit).off("error", onError);
      resolve(outcome);
    };
    const onMessage = (message: FromWorker): void => {
      if ("progress" in message) onProgress(...message.progress);
      else settle(message);
    };
    const onExit = (code: number | null, killedBy: string | null): void => settle({died: killedBy ?? `exit ${code}`});
    const onError = (error: Error): void => settle({died: error.message});
    child.on("message", onMessage).on("exit", onExit).on("error", onError);
    child.send(request, (error) => error && settle({died: error.message}));
  });
}
