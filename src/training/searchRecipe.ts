// How a network with choices is trained: LitE-SNN's search (arXiv 2401.14652).
//
//   each step   the weights W, then on the same images the scores S, the bits β, the mixtures α and the timesteps ψ
//   W           SGD 0.025 by a cosine to 0.001, momentum 0.9, weight decay 3e-4, gradients of at most 5
//   S, β        Adam 0.01, weight decay 1e-3
//   α           Adam 0.001, weight decay 1e-3
//   ψ           SGD 0.025, after 5 epochs in which every number of timesteps weighs the same
//   loss        cross-entropy after each number of timesteps, weighed by ψ̂, and λ1·memory + λ2·bitSynOps
//
// The second step is on the same images, as in the authors' code; `images: "other"` gives it images of its own. Adam's weight decay is
// decoupled here, a part of the gradient there.

import {checkName, check} from "../check.js";
import type {ObjectiveSpec, TermSpec} from "./lossSpec.js";
import type {GroupSpec, PassSpec, Recipe} from "./recipe.js";
import {recipe} from "./recipe.js";
import type {Role} from "./roles.js";

const WEIGHTS: readonly Role[] = ["conv", "gamma", "beta", "linear", "bias", "neuron"];
const SEARCHED: readonly Role[] = ["mask", "bits", "mixture", "timesteps"];

/** How the weights of LitE-SNN's search move; epochs and batch are the paper's, augmentation is retraining's. */
export const LITE_RECIPE: Recipe = {
  epochs: 50,
  batchSize: 30,
  shards: 1,
  optimiser: "sgd",
  learningRate: 0.025,
  finalRate: 0.04,
  weightDecay: 3e-4,
  clipNorm: 5,
  headInit: "unitVariance",
  crop: 4,
  cropFill: "black",
  flip: true,
  cutout: 0,
  guard: "warn",
};

/** How LitE-SNN's decided network is trained anew. */
export const LITE_RETRAINING: Partial<Recipe> = {
  ...{epochs: 200, batchSize: 50, optimiser: "sgd", learningRate: 0.025, finalRate: 0, weightDecay: 3e-4, clipNorm: 5},
  ...{headInit: "unitVariance", crop: 4, flip: true, cutout: 16},
};

/** What λ1 and λ2 multiply. */
export const COST_UNITS = {
  fraction: "fractions of the cost at 4 bits and all timesteps",
  paper: "bits, and bit operations summed over the batch, as the authors' code counts them",
} as const;

export type SearchCosts = {
  /** λ1, the weight of memory; 0 for none. */
  readonly memory: number;
  /** λ2, the weight of the bit operations; 0 for none. */
  readonly bitSynOps: number;
  readonly unit?: keyof typeof COST_UNITS;
};

/** λ1 and λ2 of the authors' code. */
export const LITE_COSTS: SearchCosts = {memory: 5e-10, bitSynOps: 5e-14, unit: "paper"};

export const STEPS = {two: "weights, then choices", one: "both by one gradient"} as const;

export type SearchOptions = {
  readonly costs: SearchCosts;
  /** Weights and choices one after the other, as in the authors' code, by default; or both by one gradient, in half the time. */
  readonly steps?: keyof typeof STEPS;
  /** Images of the second step. */
  readonly images?: NonNullable<PassSpec["images"]>;
  /** Epochs before the timesteps are weighed. */
  readonly warmupEpochs?: number;
};

const LEARNT_BY: readonly GroupSpec[] = [
  {roles: ["mask", "bits"], optimiser: "adam", learningRate: 0.01, schedule: "constant", weightDecay: 1e-3},
  {roles: ["mixture"], optimiser: "adam", learningRate: 0.001, schedule: "constant", weightDecay: 1e-3},
];

function termsOf({memory, bitSynOps, unit = "fraction"}: SearchCosts): TermSpec[] {
  checkName("unit of costs", unit, COST_UNITS);
  for (const [name, value] of Object.entries({memory, bitSynOps}))
    check(`weight of ${name}`, value, Number.isFinite(value) && value >= 0, "a number >= 0");
  const paper = unit === "paper";
  const all: readonly TermSpec[] = [
    {name: "memory", weight: memory, ...(paper && {unit: "bits", counting: "whole"})},
    {name: "bitSynOps", weight: bitSynOps, ...(paper && {unit: "operations", batch: "sum"})},
  ];
  return all.filter(({weight}) => weight > 0);
}

/** The recipe of a search in which weights move as `base` says. */
export function searchRecipe(
  base: Recipe,
  {costs, steps = "two", images = "same", warmupEpochs = 5}: SearchOptions,
): Recipe {
  const {clipNorm, groups: _groups, passes: _passes, terms: _terms, ...rest} = base;
  checkName("steps", steps, STEPS);
  check("images of choices", images, steps === "two" || images === "same", "same, where weights and choices move by one gradient"); // prettier-ignore
  const objective: ObjectiveSpec = {name: "crossEntropyByPrefix"};
  const terms = termsOf(costs);
  const whole: Recipe = {
    ...rest,
    objective,
    groups: [
      {roles: WEIGHTS, ...(clipNorm !== undefined && {clipNorm})},
      ...LEARNT_BY,
      {roles: ["timesteps"], ...{optimiser: "sgd", learningRate: 0.025, schedule: "constant"}, weightDecay: 0, startEpoch: warmupEpochs}, // prettier-ignore
    ],
    ...(steps === "one"
      ? {terms}
      : {passes: [{roles: WEIGHTS}, {roles: SEARCHED, terms, ...(images === "other" && {images})}]}),
  };
  return recipe({}, whole);
}
