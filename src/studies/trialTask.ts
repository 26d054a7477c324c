// A trial as a task: what is sent to the process that trains it.

import type {TaskKind} from "../execution/task.js";
import type {Trial, TrialRecord} from "../records/trial.js";
import {evaluateTrial} from "./evaluateTrial.js";

export type TrialTask = {
  readonly trial: Trial;
  /** The study's folder, for checkpoints and networks. */
  readonly folder?: string;
  readonly dataDir?: string;
  readonly threads?: number;
  /** Checksum that the data must have: that of the study's earlier records. */
  readonly checksum?: string;
};

/** What a trial is called in progress lines: "kernelSize 3, seed 1". */
export const trialTitle = ({labels, seed}: Pick<Trial, "labels" | "seed">): string =>
  [...Object.entries(labels).map(([name, value]) => `${name} ${value}`), `seed ${seed}`].join(", ");

export const TRIAL: TaskKind<TrialTask, TrialRecord> = {
  module: import.meta.url,
  name: "TRIAL",
  titleOf: ({trial}) => `trial ${trialTitle(trial)}`,
  evaluate: ({trial, ...options}, context) => evaluateTrial(trial, {...options, ...context}),
};
