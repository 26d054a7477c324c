// A pool's process that trains: one trial at a time, to its record.

import {evaluateTrial} from "./evaluateTrial.js";
import {serveTasks} from "./serve.js";
import type {Trial, TrialRecord} from "../records/trial.js";

export type TrialTask = {
  readonly trial: Trial;
  readonly folder?: string;
  readonly dataDir?: string;
  readonly threads?: number;
};

serveTasks<TrialTask, TrialRecord>(({trial, ...rest}, onProgress) => evaluateTrial(trial, {...rest, onProgress}));
