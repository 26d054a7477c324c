// A trial: one evaluation of one architecture, fully described by plain data, and the record that it becomes.
//
// What determines the result is the trial; its hash is its identity, so the same trial is never paid for twice. What may differ
// between two runs of it (times, host, memory) stands under `run` in the record and nowhere else.

import {z} from "zod";
import type {Architecture} from "../architectures/architecture.js";
import {hashOf} from "../architectures/canonical.js";
import type {BackendName} from "../tf.js";
import type {Recipe} from "../training/recipe.js";

export type DataSpec = {
  readonly name: string;
  /** Images read, in published order (procedural: drawn). */
  readonly trainCount: number;
  readonly testCount: number;
  /** Of those trainCount, balanced by label: for training and for validation. */
  readonly train: number;
  readonly validation: number;
  /** Names the split, and the images of a procedural data set. */
  readonly seed: number;
};

export type Profile = "quick" | "full";

export type Trial = {
  readonly study: string;
  /** What the study varies, such as {kernelSize: 3}. */
  readonly labels: Readonly<Record<string, string | number>>;
  /** Pairs trials: equal seeds share the images' order, their augmentation and the initial weights of equal layers. */
  readonly seed: number;
  readonly architecture: Architecture;
  readonly data: DataSpec;
  readonly recipe: Recipe;
  readonly profile: Profile;
  /** Precision at which weightBytes is stated. Training is in float32. */
  readonly bits: number;
  readonly backend: BackendName;
};

/** The hash of what determines a trial's result. The profile is a name and determines nothing. */
export function trialId({profile: _profile, ...trial}: Trial): string {
  return hashOf(trial);
}

export const STATUSES = ["ok", "silent", "saturated", "diverged", "over-budget", "failed"] as const;
export type Status = (typeof STATUSES)[number];

const number = z.number();
const rates = z.record(z.string(), number);

/** What a journal's line must hold; unknown fields are kept. */
export const recordSchema = z.looseObject({
  schema: z.literal(1),
  id: z.string(),
  study: z.string(),
  labels: z.record(z.string(), z.union([z.string(), number])),
  seed: number,
  profile: z.enum(["quick", "full"]),
  status: z.enum(STATUSES),
  message: z.string(),
  architecture: z.looseObject({cells: z.array(z.unknown()), T: number}),
  architectureId: z.string(),
  data: z.looseObject({
    name: z.string(),
    checksum: z.string(),
    procedural: z.boolean(),
    train: number,
    validation: number,
    test: number,
  }),
  recipe: z.looseObject({epochs: number}),
  backend: z.string(),
  version: z.string(),
  bits: number,
  params: number,
  paramsWithoutHead: number,
  weightBytes: number,
  macs: number,
  worstCaseAcs: number,
  receptiveField: number,
  curve: z.array(z.looseObject({epoch: number, loss: z.union([number, z.null()])})),
  validationAccuracy: number.optional(),
  testAccuracy: number.optional(),
  testImages: number.optional(),
  acs: number.optional(),
  synOps: number.optional(),
  firingRates: rates.optional(),
  meanFiringRate: number.optional(),
  energy: z.looseObject({pJ: number, estimator: z.string()}).optional(),
  run: z.looseObject({}),
});

/** One trial's result, as the journal keeps it. Accuracies are fractions; macs, acs and synOps are per image; energy is pJ per image. */
export type TrialRecord = z.infer<typeof recordSchema>;

/** A record without what may differ between two runs of the same trial. */
export function stableRecord({run: _run, profile: _profile, ...record}: TrialRecord): Record<string, unknown> {
  return {...record, curve: record.curve.map(({seconds: _seconds, ...epoch}) => epoch)};
}
