// A trial: one evaluation of one architecture, fully described by plain data, and the record that it becomes.
//
// What determines the result is the trial; its hash is its identity, so the same trial is never paid for twice. What may differ
// between two runs of it (times, host, memory) stands under `run` in the record and nowhere else.
//
// A line of a journal is parsed once, into this type: nobody behind it casts or fills in a default.

import {z} from "zod";
import {hashOf} from "../architectures/canonical.js";
import {EDGE_RULES, type EdgeRule} from "../architectures/decode.js";
import {type NetworkDescription, parseDescription} from "../architectures/description.js";
import type {BackendName} from "../tf.js";
import {recipe, type Recipe} from "../training/recipe.js";
import {EVALUATED_FIELDS, type EvaluatedField} from "./measures.js";
import {type KnownFields, objectOf, parsedBy} from "./parsed.js";

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

/** What a study varies, such as {kernelSize: 3}. */
export type Labels = Readonly<Record<string, string | number>>;

/** How an architecture with choices is decided before it is trained. */
export type TrialSearch = {
  /** Of the network that holds all choices. */
  readonly recipe: Recipe;
  readonly rule?: EdgeRule;
  /** Most bytes of the parameters of what is decided. */
  readonly maxBytes?: number;
};

/** A trained DNN is also run as a spiking network. */
export type ConversionPlan = {
  /** Timesteps. */
  readonly T: number;
  /** Above which percentile of a layer's positive activations they saturate. */
  readonly percentile: number;
  /** Training images that the scales come from, and test images that it is run on. */
  readonly images: number;
  readonly testImages: number;
};

export type Trial<D extends NetworkDescription = NetworkDescription> = {
  readonly study: string;
  readonly labels: Labels;
  /** Pairs trials: equal seeds share the images' order, their augmentation and the initial weights of equal layers. */
  readonly seed: number;
  readonly architecture: D;
  readonly data: DataSpec;
  readonly recipe: Recipe;
  /** Where the architecture holds choices: how they are decided. What is left is trained by `recipe`. */
  readonly search?: TrialSearch;
  readonly profile: Profile;
  /** Precision at which weightBytes is stated. Training is in float32. */
  readonly bits: number;
  readonly backend: BackendName;
  readonly conversion?: ConversionPlan;
};

/** The hash of what determines a trial's result. The profile is a name and determines nothing. */
export function trialId({profile: _profile, ...trial}: Trial): string {
  return hashOf(trial);
}

/** How a trial ended. All but `ok` have no test accuracy; the record's message says why and what to change. */
export const STATUSES = ["ok", "silent", "saturated", "diverged"] as const;
export type Status = (typeof STATUSES)[number];

const parseRecipe = (value: unknown): Recipe => recipe(objectOf("recipe", value));

const number = z.number();
/** Between 0 and 1: an accuracy. */
const fraction = z.number().min(0).max(1);
/** Of something that cannot be negative. */
const amount = z.number().nonnegative();
const rates = z.record(z.string(), number);
const energy = z.looseObject({pJ: amount, estimator: z.string()});

const schemaOf = (field: EvaluatedField): z.ZodNumber => (field === "testAccuracy" || field === "zeros" ? fraction : field === "testLoss" ? number : amount); // prettier-ignore

type Evaluated = Record<EvaluatedField, z.ZodOptional<z.ZodNumber>>;
const evaluated = Object.fromEntries(EVALUATED_FIELDS.map((field) => [field, schemaOf(field).optional()])) as Evaluated;

const dataSchema = z.looseObject({
  name: z.string(),
  checksum: z.string(),
  provenance: z.string(),
  procedural: z.boolean(),
  trainCount: number,
  train: number,
  validation: number,
  test: number,
  seed: number,
});

const epochSchema = z.looseObject({
  epoch: number,
  /** null where it was no longer a number. */
  loss: number.nullable(),
  trainAccuracy: fraction,
  learningRate: number,
  validationAccuracy: fraction.optional(),
  choices: z.record(z.string(), z.array(fraction)).optional(),
  seconds: number.optional(),
});

const searchSchema = z.looseObject({
  /** With its choices. */
  architecture: parsedBy(parseDescription),
  recipe: parsedBy(parseRecipe),
  rule: z.enum(Object.keys(EDGE_RULES) as [EdgeRule, ...EdgeRule[]]).optional(),
  maxBytes: amount.optional(),
  /** The weights of the choices at the end, by parameter. */
  weights: z.record(z.string(), z.array(fraction)),
  curve: z.array(epochSchema),
  /** Accuracy with all choices, and of what was decided before it was trained: the gap of decoding. */
  validation: z.looseObject({searched: fraction, decided: fraction}).optional(),
  imagesPerSecond: number.optional(),
});

/** What a trial's search saw and decided. */
export type SearchRecord = KnownFields<z.infer<typeof searchSchema>>;

/** Accuracy and synaptic operations per image after each timestep; latency: the first within one point of the DNN on these images. */
const conversionSchema = z.looseObject({
  T: amount,
  percentile: amount,
  images: amount,
  testImages: amount,
  dnnAccuracy: fraction,
  accuracy: z.array(fraction),
  synOps: z.array(amount),
  latency: amount.optional(),
  latencyAccuracy: fraction.optional(),
  latencySynOps: amount.optional(),
  /** Of the converted network up to its latency, by estimator. */
  latencyEnergies: z.record(z.string(), energy).optional(),
  /** Spikes per neuron and timestep by population, up to the latency, or to T where there is none. */
  firingRates: rates,
});

const runSchema = z.looseObject({
  began: z.string().optional(),
  seconds: number,
  imagesPerSecond: number.optional(),
  peakMemoryBytes: number.optional(),
  host: z.string().optional(),
  node: z.string().optional(),
  engine: z.string().optional(),
  commit: z.string().optional(),
});

/** What a journal's line must hold; unknown fields are kept. Accuracies are fractions; macs, acs and synOps are per image. */
export const recordSchema = z.looseObject({
  schema: z.literal(1),
  id: z.string(),
  study: z.string(),
  labels: z.record(z.string(), z.union([z.string(), number])),
  seed: number,
  profile: z.enum(["quick", "full"]),
  status: z.enum(STATUSES),
  message: z.string(),
  architecture: parsedBy(parseDescription),
  architectureId: z.string(),
  data: dataSchema,
  recipe: parsedBy(parseRecipe),
  backend: z.string(),
  version: z.string(),
  bits: number,
  params: amount,
  paramsWithoutHead: amount,
  weightBytes: amount,
  macs: amount,
  worstCaseAcs: amount,
  receptiveField: amount,
  curve: z.array(epochSchema),
  validationAccuracy: fraction.optional(),
  ...evaluated,
  testImages: amount.optional(),
  synOpsByLayer: rates.optional(),
  firingRates: rates.optional(),
  /** Of a DNN: fractions of zeros by ReLU, multiply-accumulates of values that are not 0 by layer with weights. */
  zerosByLayer: rates.optional(),
  effectiveMacsByLayer: rates.optional(),
  /** Of a DNN, as a spiking network. */
  conversion: conversionSchema.optional(),
  /** The estimate of figures and tables; `energies` holds those of all estimators, by their key. */
  energy: energy.optional(),
  energies: z.record(z.string(), energy).optional(),
  search: searchSchema.optional(),
  run: runSchema,
});

/** What a converted DNN did. */
export type ConvertedActivity = KnownFields<z.infer<typeof conversionSchema>>;

/** One trial's result, as the journal keeps it. */
export type TrialRecord = KnownFields<z.infer<typeof recordSchema>>;

/** A record without what may differ between two runs of the same trial. */
export function stableRecord({run: _run, profile: _profile, search, ...record}: TrialRecord): Record<string, unknown> {
  const stable = ({curve}: Pick<TrialRecord, "curve">) => curve.map(({seconds: _seconds, ...epoch}) => epoch);
  const {imagesPerSecond: _speed, ...searched} = search ?? {};
  return {...record, ...(search && {search: {...searched, curve: stable(search)}}), curve: stable(record)};
}
