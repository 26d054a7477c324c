// The tasks that a journal lacks are run, each once, and their records appended as they end: what makes every study resumable.

import type {Executor} from "../execution/executor.js";
import type {Progress} from "../datasets/dataset.js";
import type {Journal} from "./journal.js";

export type MissingOptions<Task, R> = {
  readonly journal: Journal<R>;
  readonly executor: Executor<Task, R>;
  /** Called when a record has been appended. */
  readonly onRecord?: (task: Task, record: R) => void;
  readonly onProgress?: (task: Task, ...progress: Parameters<Progress>) => void;
};

/** One record a task, in the order of `tasks`, from the journal or from the executor. */
export async function runMissing<Task, R extends {readonly id: string}>(
  tasks: readonly Task[],
  idOf: (task: Task) => string,
  {journal, executor, onRecord, onProgress}: MissingOptions<Task, R>,
): Promise<R[]> {
  const missing = new Map(tasks.map((task) => [idOf(task), task] as const).filter(([id]) => !journal.finished.has(id)));
  if (missing.size)
    await executor.run([...missing.values()], {
      onResult(task, record) {
        journal.append(record);
        onRecord?.(task, record);
      },
      ...(onProgress && {onProgress}),
    });
  return tasks.map((task) => journal.finished.get(idOf(task))!);
}
