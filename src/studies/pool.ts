// Tasks in child processes, one each at a time. A process that dies costs its task one attempt and is replaced.
//
// A child runs a module that calls `serveTasks` (serve.ts). The pool keeps its processes from one list of tasks to the next.

import {type ChildProcess, fork} from "node:child_process";
import {fileURLToPath} from "node:url";
import type {Progress} from "../datasets/dataset.js";
import type {FromChild} from "./serve.js";

/** Attempts at a task whose process dies. */
const ATTEMPTS = 3;

export type PoolOptions<Task> = {
  /** The module that the processes run. */
  readonly module: URL;
  readonly workers: number;
  readonly signal?: AbortSignal;
  /** A task in an error message. */
  readonly nameOf: (task: Task) => string;
};

export type Pool<Task, Result> = {
  /**
   * Runs all tasks and calls `onResult` as each ends, in any order. Rejects when one fails for good or the signal fires.
   */
  run(
    tasks: readonly Task[],
    on: {
      readonly onResult: (task: Task, result: Result) => void;
      readonly onProgress?: (task: Task, ...progress: Parameters<Progress>) => void;
    },
  ): Promise<void>;
  /** Ends the processes. */
  close(): void;
};

type Outcome<Result> =
  | {readonly result: Result}
  | {readonly error: {name: string; message: string}}
  | {readonly died: string};

export function openPool<Task extends object, Result>({
  module,
  workers,
  signal,
  nameOf,
}: PoolOptions<Task>): Pool<Task, Result> {
  const idle: ChildProcess[] = [];
  const all = new Set<ChildProcess>();
  const stop = (): void => all.forEach((child) => child.kill());
  signal?.addEventListener("abort", stop);

  const take = (): ChildProcess => {
    for (let child = idle.pop(); child; child = idle.pop()) if (child.connected) return child;
    const child = fork(fileURLToPath(module), {stdio: ["ignore", "inherit", "inherit", "ipc"], execArgv: []});
    all.add(child);
    child.once("exit", () => all.delete(child));
    return child;
  };

  const run: Pool<Task, Result>["run"] = async (tasks, {onResult, onProgress}) => {
    const waiting = tasks.map((task) => ({task, attempt: 1}));
    let failed = false;
    const lane = async (): Promise<void> => {
      for (let next = waiting.shift(); next && !failed; next = waiting.shift()) {
        signal?.throwIfAborted();
        const {task, attempt} = next;
        const child = take();
        const outcome = await ask<Result>(child, task, (...progress) => onProgress?.(task, ...progress));
        if (!("died" in outcome)) idle.push(child);
        if ("result" in outcome) onResult(task, outcome.result);
        else if ("error" in outcome) throw Object.assign(new Error(outcome.error.message), {name: outcome.error.name});
        else {
          signal?.throwIfAborted();
          if (attempt >= ATTEMPTS)
            throw new Error(
              `the process of ${nameOf(task)} died ${ATTEMPTS} times (${outcome.died}); is there enough memory?`,
            );
          waiting.unshift({task, attempt: attempt + 1});
        }
      }
    };
    try {
      await Promise.all(Array.from({length: Math.min(workers, tasks.length)}, lane));
    } catch (error) {
      failed = true;
      stop();
      throw error;
    }
  };

  return {
    run,
    close() {
      signal?.removeEventListener("abort", stop);
      stop();
    },
  };
}

/** Sends one task to a process and waits for its result, its error or its end. */
function ask<Result>(child: ChildProcess, task: object, onProgress: Progress): Promise<Outcome<Result>> {
  return new Promise((resolve) => {
    const settle = (outcome: Outcome<Result>): void => {
      child.off("message", onMessage).off("exit", onExit).off("error", onError);
      resolve(outcome);
    };
    const onMessage = (message: FromChild<Result>): void => {
      if ("progress" in message) onProgress(...message.progress);
      else settle(message);
    };
    const onExit = (code: number | null, killedBy: string | null): void => settle({died: killedBy ?? `exit ${code}`});
    const onError = (error: Error): void => settle({died: error.message});
    child.on("message", onMessage).on("exit", onExit).on("error", onError);
    child.send(task, (error) => error && settle({died: error.message}));
  });
}
