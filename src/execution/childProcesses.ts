// Tasks in child processes, one each at a time. A process that dies costs its task one attempt and is replaced.
//
// Processes are kept from one list of tasks to the next. Their module (worker.ts) finds the function of a task itself.

import {type ChildProcess, fork} from "node:child_process";
import {fileURLToPath} from "node:url";
import {InputError} from "../check.js";
import type {Progress} from "../datasets/dataset.js";
import type {Executor} from "./executor.js";
import {messageOf, type TaskKind, type TaskMessage} from "./task.js";
import type {FromChild} from "./worker.js";

/** Attempts at a task whose process dies. */
const ATTEMPTS = 3;
const WORKER = fileURLToPath(new URL("./worker.js", import.meta.url));

type Failure = {readonly name: string; readonly message: string};
type Outcome<Result> = {readonly result: Result} | {readonly error: Failure} | {readonly died: string};

export function childProcesses<Task extends object, Result>(
  kind: TaskKind<Task, Result>,
  {workers, signal}: {readonly workers: number; readonly signal?: AbortSignal},
): Executor<Task, Result> {
  const children = keptChildren();
  signal?.addEventListener("abort", children.stop);

  const run: Executor<Task, Result>["run"] = async (tasks, {onResult, onProgress}) => {
    const waiting = tasks.map((task) => ({task, attempt: 1}));
    let failed = false;
    const lane = async (): Promise<void> => {
      for (let next = waiting.shift(); next && !failed; next = waiting.shift()) {
        signal?.throwIfAborted();
        const {task, attempt} = next;
        const child = children.take();
        const outcome = await ask<Result>(child, messageOf(kind, task), (...progress) => onProgress?.(task, ...progress)); // prettier-ignore
        if (!("died" in outcome)) children.giveBack(child);
        if ("result" in outcome) onResult(task, outcome.result);
        else if ("error" in outcome) throw rebuilt(outcome.error);
        else {
          signal?.throwIfAborted();
          if (attempt >= ATTEMPTS)
            throw new Error(
              `the process of ${kind.titleOf(task)} died ${ATTEMPTS} times (${outcome.died}); is there enough memory?`,
            );
          waiting.unshift({task, attempt: attempt + 1});
        }
      }
    };
    try {
      await Promise.all(Array.from({length: Math.min(workers, tasks.length)}, lane));
    } catch (error) {
      failed = true;
      children.stop();
      throw error;
    }
  };

  return {
    run,
    close() {
      signal?.removeEventListener("abort", children.stop);
      children.stop();
    },
  };
}

/** Processes that wait for a task, and all that live. */
function keptChildren() {
  const idle: ChildProcess[] = [];
  const all = new Set<ChildProcess>();
  return {
    take(): ChildProcess {
      for (let child = idle.pop(); child; child = idle.pop()) if (child.connected) return child;
      const child = fork(WORKER, {stdio: ["ignore", "inherit", "inherit", "ipc"], execArgv: []});
      all.add(child);
      child.once("exit", () => all.delete(child));
      return child;
    },
    giveBack: (child: ChildProcess): void => void idle.push(child),
    stop: (): void => all.forEach((child) => child.kill()),
  };
}

/** A child's error as the class that it had there: what a user can act on stays recognisable. */
const rebuilt = ({name, message}: Failure): Error =>
  name === "InputError" ? new InputError(message) : Object.assign(new Error(message), {name});

/** Sends one task to a process and waits for its result, its error or its end. */
function ask<Result>(child: ChildProcess, task: TaskMessage, onProgress: Progress): Promise<Outcome<Result>> {
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
