// What runs tasks: this process, child processes, or whatever an implementation of one's own sends them to.
//
// A task is plain data, and what evaluates it is found by a module's address and the name of its export. So a task means the same
// in another process, on another machine or in the file of a queue, and a kind of task need not be known here. Results depend on
// the tasks alone: not on how many run at once, in which order they end, or how often one of them was begun again.

import type {Progress} from "../datasets/dataset.js";
import type {TaskKind} from "./task.js";

export type Listeners<Task, Result> = {
  /** Called once for each task as it ends, in any order. What it throws ends the run. */
  readonly onResult: (task: Task, result: Result) => void;
  readonly onProgress?: (task: Task, ...progress: Parameters<Progress>) => void;
};

export type Executor<Task, Result> = {
  /** Runs all tasks. Rejects when one fails for good or the signal fires; what has ended until then was reported. */
  run(tasks: readonly Task[], on: Listeners<Task, Result>): Promise<void>;
  /** Frees what it holds; nothing runs afterwards. */
  close(): void;
};

/** Makes the executor of a kind of task: this process, child processes, or a queue of one's own. */
export type OpenExecutor = <Task extends object, Result>(
  kind: TaskKind<Task, Result>,
  options: {readonly workers: number; readonly signal?: AbortSignal},
) => Executor<Task, Result>;
