// A kind of task: the function that evaluates it, and where a process that knows nothing else finds that function.

import type {Progress} from "../datasets/dataset.js";

/** What an evaluation may use besides its task; its result must not depend on it. */
export type TaskContext = {readonly onProgress: Progress; readonly signal?: AbortSignal};

export type TaskKind<Task, Result> = {
  /** The address of the module that exports this kind, by `name`: `import.meta.url` where it is declared. */
  readonly module: string;
  readonly name: string;
  /** A task in messages: "trial kernelSize 3, seed 1". */
  readonly titleOf: (task: Task) => string;
  /** Evaluates one task. Task and result are plain data that JSON keeps. */
  readonly evaluate: (task: Task, context: TaskContext) => Promise<Result>;
};

/** What is sent to wherever a task is evaluated. */
export type TaskMessage = {readonly module: string; readonly name: string; readonly task: object};

/** What is sent for a task. */
export const messageOf = (
  {module, name}: Pick<TaskKind<object, unknown>, "module" | "name">,
  task: object,
): TaskMessage => ({module, name, task});

/** Finds the kind of a message and evaluates its task. */
export async function evaluateMessage({module, name, task}: TaskMessage, context: TaskContext): Promise<unknown> {
  const exported = (await import(module)) as Record<string, TaskKind<object, unknown> | undefined>;
  const kind = exported[name];
  if (typeof kind?.evaluate !== "function")
    throw new Error(`no kind of task ${name} in ${module}; expected an export with an evaluate function`);
  return kind.evaluate(task, context);
}
