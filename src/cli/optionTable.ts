// The options of studies as one table: how each is written and explained, and which setting it changes.
//
// Lists of choices are read from the tables that dispatch on them. What is not said stays as the profile has it.

import type {Architecture, Head} from "../architectures/architecture.js";
import {ENCODINGS} from "../graphs/encoding.js";
import {NEURONS, SURROGATE_DEFAULTS} from "../graphs/neuron.js";
import type {DataSpec} from "../records/trial.js";
import type {StudySettings} from "../studies/settings.js";
import {OBJECTIVES} from "../training/lossSpec.js";
import {OPTIMISERS} from "../training/optimiser.js";
import {CROP_FILLS, GUARDS, HEAD_INITS, type Recipe} from "../training/recipe.js";
import {SCHEDULES} from "../training/schedule.js";

/** The setting that an option replaces, in the part of the settings that holds it. */
export type Place =
  | readonly ["settings", keyof StudySettings]
  | readonly ["data", keyof DataSpec]
  | readonly ["network", keyof Architecture]
  | readonly ["head", keyof Head]
  | readonly ["neuron", string]
  | readonly ["recipe", keyof Recipe];

export type TableOption = {
  readonly help: string;
  /** What its value is called: a number as <n>, a name where there are choices; a switch has none. */
  readonly value?: string;
  readonly choices?: readonly string[];
  /** What --no-NAME says: of a switch that can be set both ways. */
  readonly no?: string;
  /** Absent where several options make one setting (studyOptions.ts). */
  readonly sets?: Place;
};

/** By name in camel case: `batchSize` is --batch-size. */
export type OptionGroup = Readonly<Record<string, TableOption>>;

const names = (table: object): string[] => Object.keys(table);

export const TRIAL_OPTIONS: OptionGroup = {
  seeds: {value: "<n>", help: "trials of each group", sets: ["settings", "seeds"]},
  firstSeed: {value: "<n>", help: "the first seed", sets: ["settings", "firstSeed"]},
};

export const DATA_OPTIONS: OptionGroup = {
  train: {value: "<n>", help: "training images, balanced by label"},
  validation: {value: "<n>", help: "validation images"},
  trainCount: {value: "<n>", help: "first images of the training set that both are drawn from"},
  test: {value: "<n>", help: "first images of the test set", sets: ["data", "testCount"]},
  dataSeed: {
    value: "<n>",
    help: "names the split, the images of procedural data, and the test share of your own",
    sets: ["data", "seed"],
  },
};

export const ARCHITECTURE_OPTIONS: OptionGroup = {
  cells: {value: "<n>", help: "number of cells", sets: ["settings", "cellCount"]},
  channels: {value: "<n>", help: "channels C of the first cell", sets: ["network", "channels"]},
  stemStride: {value: "<n>", help: "stride of the stem, 1 or 2", sets: ["network", "stemStride"]},
  pool: {value: "<p>", help: "average pooling before the head", sets: ["network", "pool"]},
  hidden: {value: "<n>", help: "units of the hidden layer", sets: ["head", "hidden"]},
  voters: {value: "<n>", help: "output units a class", sets: ["head", "voters"]},
  dropout: {value: "<p>", help: "dropout before the hidden layer", sets: ["head", "dropout"]},
  timesteps: {value: "<T>", help: "timesteps", sets: ["network", "T"]},
  encoding: {
    value: "<name>",
    help: "how samples become the input of T timesteps (default: direct; none where samples have time)",
    choices: names(ENCODINGS),
    sets: ["network", "encoding"],
  },
  normalisation: {
    value: "<how>",
    help: "batch statistics for each timestep or joint",
    choices: ["perTimestep", "joint"],
    sets: ["network", "normalisation"],
  },
  bits: {value: "<n>", help: "precision at which memory is stated", sets: ["settings", "bits"]},
};

export const NEURON_OPTIONS: OptionGroup = {
  activation: {
    value: "<what>",
    help: "relu: a DNN, with a ReLU in place of every population (default: spikes)",
    choices: ["spikes", "relu"],
    sets: ["network", "activation"],
  },
  neuron: {value: "<model>", help: "neuron model", choices: names(NEURONS)},
  tau: {value: "<t>", help: "membrane time constant in timesteps", sets: ["neuron", "tau"]},
  threshold: {value: "<v>", help: "firing threshold", sets: ["neuron", "threshold"]},
  reset: {value: "<how>", help: "reset", choices: ["hard", "soft"], sets: ["neuron", "reset"]},
  decayInput: {help: "input decays with the membrane", no: "input is added whole", sets: ["neuron", "decayInput"]},
  detachReset: {
    help: "the spike is a constant in the reset's gradient",
    no: "gradients flow through the reset",
    sets: ["neuron", "detachReset"],
  },
  surrogate: {value: "<name>", help: "surrogate gradient", choices: names(SURROGATE_DEFAULTS)},
  surrogateShape: {value: "<a>", help: "its alpha, width or b"},
};

export const TRAINING_OPTIONS: OptionGroup = {
  epochs: {value: "<n>", help: "epochs", sets: ["recipe", "epochs"]},
  batchSize: {value: "<n>", help: "images a step", sets: ["recipe", "batchSize"]},
  shards: {
    value: "<n>",
    help: "parts of a batch that are normalised alone, so that threads can share it",
    sets: ["recipe", "shards"],
  },
  optimiser: {value: "<name>", help: "optimiser", choices: names(OPTIMISERS), sets: ["recipe", "optimiser"]},
  learningRate: {
    value: "<r>",
    help: "learning rate of the first step, but for warm-up",
    sets: ["recipe", "learningRate"],
  },
  finalRate: {value: "<f>", help: "fraction of it at the last step", sets: ["recipe", "finalRate"]},
  schedule: {
    value: "<name>",
    help: "how the learning rate goes from one to the other (default: cosine)",
    choices: names(SCHEDULES),
    sets: ["recipe", "schedule"],
  },
  warmupSteps: {
    value: "<n>",
    help: "steps over which the learning rate rises to the schedule's",
    sets: ["recipe", "warmupSteps"],
  },
  weightDecay: {value: "<l>", help: "weight decay", sets: ["recipe", "weightDecay"]},
  clipNorm: {
    value: "<c>",
    help: "longest gradient, of all parameters as one vector (default: any)",
    sets: ["recipe", "clipNorm"],
  },
  objective: {value: "<name>", help: "what is minimised (default: crossEntropy)", choices: names(OBJECTIVES)},
  labelSmoothing: {value: "<e>", help: "share of the target that all classes divide"},
  headInit: {
    value: "<how>",
    help: "initial weights of the head",
    choices: names(HEAD_INITS),
    sets: ["recipe", "headInit"],
  },
  crop: {value: "<px>", help: "padding of random crops, 0 for none", sets: ["recipe", "crop"]},
  cropFill: {value: "<colour>", help: "what is padded", choices: names(CROP_FILLS), sets: ["recipe", "cropFill"]},
  flip: {help: "mirror half of the images", no: "do not mirror images", sets: ["recipe", "flip"]},
  cutout: {value: "<px>", help: "side of a masked square, 0 for none", sets: ["recipe", "cutout"]},
  guard: {
    value: "<what>",
    help: "on a silent or saturated layer after one batch",
    choices: names(GUARDS),
    sets: ["recipe", "guard"],
  },
};
