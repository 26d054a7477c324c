// The child process of a pool: takes a trial, sends progress and the record back, and ends when its parent does.

import type {Progress} from "../datasets/dataset.js";
import {evaluateTrial} from "./evaluateTrial.js";
import type {Trial, TrialRecord} from "./trial.js";

export type ToWorker = {
  readonly trial: Trial;
  readonly folder?: string;
  readonly dataDir?: string;
  readonly threads?: number;
};
export type FromWorker =
  | {readonly progress: Parameters<Progress>}
  | {readonly record: TrialRecord}
  | {readonly error: {readonly name: string; readonly message: string}};

const send = (message: FromWorker): void => void process.send?.(message);

let told = 0;
const onProgress: Progress = (...progress) => {
  if (Date.now() - told < 200) return;
  told = Date.now();
  send({progress});
};

process.on("disconnect", () => process.exit());
process.on("SIGINT", () => {}); // the terminal interrupts the parent, which ends its workers
process.on("message", (request: ToWorker) => {
  const {trial, ...rest} = request;
  evaluateTrial(trial, {...rest, onProgress}).then(
    (record) => send({record}),
    (error: Error) => send({error: {name: error.name, message: error.message}}),
  );
});
