// How a network is trained, as plain data.

import {isDeepStrictEqual} from "node:util";
import {check, checkName, checkOptions, invalid} from "../check.js";
import {inRange} from "../ranges.js";
import type {HeadInit} from "../networks/parameters.js";
import {checkObjective, checkTerm, type LossSpec} from "./lossSpec.js";
import {type OptimiserName, OPTIMISERS} from "./optimiser.js";
import {checkRoles, type Role} from "./roles.js";
import {type Schedule, SCHEDULES} from "./schedule.js";

/** How an optimiser's parameters move: a recipe says it for all of them, a group for those of its roles. */
export type Optimisation = Schedule & {
  readonly optimiser: OptimiserName;
  readonly weightDecay: number;
  /** Largest length of the gradients of the parameters that move together, taken as one vector; none by default. */
  readonly clipNorm?: number;
};

/** Roles whose parameters move in their own way; what is absent is as the recipe says. */
export type GroupSpec = Partial<Optimisation> & {
  readonly roles: readonly Role[];
  /** Epochs before its parameters move; 0 by default. */
  readonly startEpoch?: number;
};

/** One forward and backward pass of a step; what is absent is as the recipe says. */
export type PassSpec = LossSpec & {
  /** Whose parameters it updates; all by default. */
  readonly roles?: readonly Role[];
  /** The step's batch, or one of the images that are kept apart for this (`FitOptions.otherTrain`). */
  readonly images?: keyof typeof PASS_IMAGES;
};

/** Fields that are absent by default: a recipe without them trains, and hashes, as it did before they existed. */
export type Recipe = Optimisation & {
  readonly epochs: number;
  /** Images a step. */
  readonly batchSize: number;
  /** Parts of a batch with batch statistics of their own, whose gradients are averaged: what threads can share. */
  readonly shards: number;
  readonly headInit: HeadInit;
  /** Pixels of padding before a random crop to the original size; 0 for none. */
  readonly crop: number;
  /** What is padded: `mean`, the data set's mean colour, which normalisation makes 0, or `black`, as torchvision does. */
  readonly cropFill: keyof typeof CROP_FILLS;
  /** Mirror half of the images. */
  readonly flip: boolean;
  /** Side in pixels of a square set to the mean colour at a random place (arXiv 1708.04552); 0 for none. */
  readonly cutout: number;
  /** What to do when a layer is silent or saturated after the first batch. */
  readonly guard: keyof typeof GUARDS;
} & LossSpec & {
    /** Parameters that do not move as the rest. */
    readonly groups?: readonly GroupSpec[];
    /** The passes of a step, in order; by default one that updates every parameter. */
    readonly passes?: readonly PassSpec[];
  };

export const HEAD_INITS: Readonly<Record<HeadInit, 0>> = {unitVariance: 0, paper: 0};
export const CROP_FILLS = {mean: 0, black: 0} as const;
export const GUARDS = {stop: 0, warn: 0, off: 0} as const;
const PASS_IMAGES = {same: 0, other: 0} as const;

/**
 * Starts at any width: unit-variance head, AdamW 0.003. On SNASNet with C = 16 and 5,000 CIFAR-10 images it reached 50.9 % of
 * 2,000 test images in 6 epochs (three seeds, 95 % interval 47.4 to 54.3), where the paper's recipe is still at chance (its
 * hidden layer is silent).
 */
export const SMALL_RECIPE: Recipe = {
  epochs: 6,
  batchSize: 32,
  shards: 1,
  optimiser: "adam",
  learningRate: 0.003,
  finalRate: 0.01,
  weightDecay: 0.01,
  headInit: "unitVariance",
  crop: 4,
  cropFill: "mean",
  flip: true,
  cutout: 0,
  guard: "stop",
};

/** SNASNet's own (arXiv 2201.10355): 300 epochs of SGD 0.1 with a head from N(0, 0.01²). Made for C >= 128. */
export const PAPER_RECIPE: Recipe = {
  epochs: 300,
  batchSize: 64,
  shards: 1,
  optimiser: "sgd",
  learningRate: 0.1,
  finalRate: 0.01,
  weightDecay: 5e-4,
  headInit: "paper",
  crop: 4,
  cropFill: "black",
  flip: true,
  cutout: 0,
  guard: "warn",
};

export const RECIPES = {small: SMALL_RECIPE, paper: PAPER_RECIPE} as const;

type Checks<T> = {readonly [K in keyof T]-?: (value: NonNullable<T[K]>) => unknown};

const OPTIMISATION: Checks<Optimisation> = {
  optimiser: (v) => checkName("optimiser", v, OPTIMISERS),
  learningRate: (v) => inRange("learningRate", v),
  finalRate: (v) => inRange("finalRate", v),
  weightDecay: (v) => inRange("weightDecay", v),
  clipNorm: (v) => inRange("clipNorm", v),
  schedule: (v) => checkName("schedule", v, SCHEDULES),
  warmupSteps: (v) => inRange("warmupSteps", v),
};

const GROUP: Checks<GroupSpec> = {
  ...OPTIMISATION,
  roles: (v) => checkRoles("role", v),
  startEpoch: (v) => inRange("startEpoch", v),
};

const LOSS: Checks<LossSpec> = {
  objective: checkObjective,
  terms: (terms) => terms.forEach(checkTerm),
};

const PASS: Checks<PassSpec> = {
  ...LOSS,
  roles: (v) => checkRoles("role", v),
  images: (v) => checkName("images of a pass", v, PASS_IMAGES),
};

const RECIPE: Checks<Recipe> = {
  epochs: (v) => inRange("epochs", v),
  batchSize: (v) => inRange("batchSize", v),
  shards: (v) => inRange("shards", v),
  ...OPTIMISATION,
  headInit: (v) => checkName("head initialisation", v, HEAD_INITS),
  crop: (v) => inRange("crop", v),
  cropFill: (v) => checkName("crop fill", v, CROP_FILLS),
  flip: (v) => check("flip", v, typeof v === "boolean", "true or false"),
  cutout: (v) => inRange("cutout", v),
  guard: (v) => checkName("guard", v, GUARDS),
  ...LOSS,
  groups: (groups) => {
    groups.forEach((group) => checkFields("group", group, GROUP));
    const roles = groups.flatMap((group) => group.roles);
    const twice = roles.find((role, i) => roles.indexOf(role) !== i);
    if (twice !== undefined) throw invalid("groups", `${twice} in two of them`, "each role in one group at most");
  },
  passes: (passes) => passes.forEach((pass) => checkFields("pass", pass, PASS)),
};

function checkFields<T extends object>(what: string, given: T, checks: Checks<T>): void {
  checkOptions(what, given, Object.keys(checks));
  for (const [key, value] of Object.entries(given))
    if (value !== undefined) (checks[key as keyof T] as (value: unknown) => unknown)(value);
}

/** What absent fields mean. A field that says the same is left out, so that one training has one hash. */
const WHERE_ABSENT: Partial<Recipe> = {
  schedule: "cosine",
  warmupSteps: 0,
  objective: {name: "crossEntropy"},
  terms: [],
  groups: [],
  passes: [],
};

/** A complete, checked recipe from a base and what differs from it. */
export function recipe(changes: Partial<Recipe> = {}, base: Recipe = SMALL_RECIPE): Recipe {
  const whole: Recipe = {...base, ...changes};
  checkFields("recipe", whole, RECIPE);
  const says = ([key, value]: [string, unknown]): boolean =>
    value !== undefined && !isDeepStrictEqual(value, WHERE_ABSENT[key as keyof Recipe]);
  return Object.fromEntries(Object.entries(whole).filter(says)) as Recipe;
}
