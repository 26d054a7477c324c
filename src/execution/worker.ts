// The child's side of childProcesses.ts: evaluates every task that the parent sends, and ends when its parent does.

import type {Progress} from "../datasets/dataset.js";
import {evaluateMessage, type TaskMessage} from "./task.js";

/** What a child sends: how far it is, and in the end a result or an error. */
export type FromChild<Result> =
  | {readonly progress: Parameters<Progress>}
  | {readonly result: Result}
  | {readonly error: {readonly name: string; readonly message: string}};

/** Milliseconds between two reports of progress. */
const QUIET = 200;

/** To a parent that was killed nothing can be said: the child ends with it. */
const send = (message: FromChild<unknown>): void =>
  void process.send?.(message, (error: Error | null) => error && process.exit());

let told = 0;
const onProgress: Progress = (...progress) => {
  if (Date.now() - told < QUIET) return;
  told = Date.now();
  send({progress});
};

process.on("disconnect", () => process.exit());
process.on("SIGINT", () => {}); // the terminal interrupts the parent, which ends its children
process.on("message", (message: TaskMessage) => {
  evaluateMessage(message, {onProgress}).then(
    (result) => send({result}),
    ({name, message: text}: Error) => send({error: {name, message: text}}),
  );
});
