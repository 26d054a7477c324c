// The child's side of a pool: takes a task, sends progress and the result back, and ends when its parent does.

import type {Progress} from "../datasets/dataset.js";

export type FromChild<Result> =
  | {readonly progress: Parameters<Progress>}
  | {readonly result: Result}
  | {readonly error: {readonly name: string; readonly message: string}};

/** Milliseconds between two reports of progress. */
const QUIET = 200;

/** Answers every task that the parent sends. */
export function serveTasks<Task, Result>(evaluate: (task: Task, onProgress: Progress) => Promise<Result>): void {
  const send = (message: FromChild<Result>): void => void process.send?.(message);
  let told = 0;
  const onProgress: Progress = (...progress) => {
    if (Date.now() - told < QUIET) return;
    told = Date.now();
    send({progress});
  };
  process.on("disconnect", () => process.exit());
  process.on("SIGINT", () => {}); // the terminal interrupts the parent, which ends its children
  process.on("message", (task: Task) => {
    evaluate(task, onProgress).then(
      (result) => send({result}),
      ({name, message}: Error) => send({error: {name, message}}),
    );
  });
}
