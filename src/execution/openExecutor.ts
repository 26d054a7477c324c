// Chooses what runs the tasks of a study, a search or a sample of scores.

import {inRange} from "../ranges.js";
import {childProcesses} from "./childProcesses.js";
import type {Executor, OpenExecutor} from "./executor.js";
import {inThisProcess} from "./inThisProcess.js";
import type {TaskKind} from "./task.js";

/** How tasks are run; never part of what they give. */
export type ExecutionOptions = {
  /** Tasks at once, each in a child process; 0 runs them in this one. */
  readonly workers?: number;
  /** Runs the tasks in place of child processes or this one. */
  readonly executor?: OpenExecutor;
  readonly signal?: AbortSignal;
};

/** The executor that the options name. */
export function openExecutor<Task extends object, Result>(
  kind: TaskKind<Task, Result>,
  {workers = 1, executor = workers === 0 ? inThisProcess : childProcesses, signal}: ExecutionOptions = {},
): Executor<Task, Result> {
  inRange("workers", workers);
  return executor(kind, {workers, ...(signal && {signal})});
}
