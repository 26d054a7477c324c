// Losses as plain data, which recipes, trials, threads and processes carry: an objective and weighted terms by name. Their
// equations stand in objective.ts, terms.ts and regularisers.ts.

import {check, checkAbove, checkName, checkOptions, checkRange} from "../check.js";
import {inRange} from "../ranges.js";
import type {Counting} from "./expectedCost.js";
import {checkRoles, type Role} from "./roles.js";

export type ObjectiveOptions = {
  readonly crossEntropy: {
    /** ε, the share of the target that all classes divide. */
    readonly labelSmoothing?: number;
  };
  readonly crossEntropyByTimestep: {
    readonly labelSmoothing?: number;
    /** λ, the weight of the distance between outputs and φ; 0 by default. */
    readonly lambda?: number;
    /** φ; 1 by default. */
    readonly target?: number;
  };
  readonly crossEntropyByPrefix: {readonly labelSmoothing?: number};
  readonly meanSquaredError: object;
};
export type ObjectiveName = keyof ObjectiveOptions;
export type ObjectiveOf<K extends ObjectiveName> = {[P in K]: {readonly name: P} & ObjectiveOptions[P]}[K];
export type ObjectiveSpec = ObjectiveOf<ObjectiveName>;

/** How much a layer of n activations weighs, each of which meets f weights: 1/n, or f/Σnf, a share of the network's operations. */
export const LAYER_WEIGHTS = {mean: 0, fanOut: 0} as const;
/** After or before a ReLU; of neurons there are firing rates, after them. */
export const ACTIVATION_SIDES = {after: 0, before: 0} as const;

export type ActivityOptions = {
  /** `mean` by default. */
  readonly layers?: keyof typeof LAYER_WEIGHTS;
  /** `after` by default. */
  readonly at?: keyof typeof ACTIVATION_SIDES;
};

/** Terms on activations. */
export type ActivityTermOptions = {
  readonly activityL1: ActivityOptions;
  readonly activityL2: ActivityOptions;
  readonly hoyerSquare: ActivityOptions;
  readonly hoyerRatio: ActivityOptions;
  readonly activityL0: ActivityOptions & {
    /** ε, 0.1 by default. */
    readonly epsilon?: number;
  };
  readonly activityLp: ActivityOptions & {
    /** 0.5 by default. */
    readonly p?: number;
    /** ε, 0.001 by default. */
    readonly epsilon?: number;
  };
  readonly activityPush: Pick<ActivityOptions, "layers"> & {
    /** m, 0.1 by default. */
    readonly margin?: number;
  };
};
export type ActivityTermName = keyof ActivityTermOptions;

export type TermOptions = ActivityTermOptions & {
  readonly l2: {
    /** Whose parameters; filters and linear weights by default. */
    readonly roles?: readonly Role[];
  };
  readonly logits: object;
  readonly memory: {
    /** A fraction of what the network takes at 4 bits, by default; or bits. */
    readonly unit?: keyof typeof MEMORY_UNITS;
    /** Whether what belongs to a choice counts by its weight, by default, or whole, as in the code of LitE-SNN's authors. */
    readonly counting?: Counting;
  };
  readonly bitSynOps: {
    /** A fraction of those at 4 bits and all timesteps, by default; or operations. */
    readonly unit?: keyof typeof OPERATION_UNITS;
    /** Of an image, by default, or of all images of the batch, as in the code of LitE-SNN's authors. */
    readonly batch?: keyof typeof BATCHES;
  };
};

const MEMORY_UNITS = {fraction: 0, bits: 0} as const;
const OPERATION_UNITS = {fraction: 0, operations: 0} as const;
const BATCHES = {mean: 0, sum: 0} as const;
const COUNTINGS: Readonly<Record<Counting, 0>> = {weighted: 0, whole: 0};
export type TermName = keyof TermOptions;
export type TermOf<K extends TermName> = {[P in K]: {readonly name: P; readonly weight: number} & TermOptions[P]}[K];
export type TermSpec = TermOf<TermName>;

export type LossSpec = {
  /** Cross-entropy by default. */
  readonly objective?: ObjectiveSpec;
  readonly terms?: readonly TermSpec[];
};

/** An entry's options, each with the check of its value. */
type Checks<Options> = {readonly [O in keyof Options]-?: (value: NonNullable<Options[O]>) => unknown};

const smoothing = (value: number): number => inRange("labelSmoothing", value);

export const OBJECTIVES: {readonly [K in ObjectiveName]: Checks<ObjectiveOptions[K]>} = {
  crossEntropy: {labelSmoothing: smoothing},
  crossEntropyByTimestep: {
    labelSmoothing: smoothing,
    lambda: (value) => checkRange("lambda", value, 0, 1),
    target: (value) => check("target", value, Number.isFinite(value), "a number"),
  },
  crossEntropyByPrefix: {labelSmoothing: smoothing},
  meanSquaredError: {},
};

const ACTIVITY: Checks<ActivityOptions> = {
  layers: (value) => checkName("layers", value, LAYER_WEIGHTS),
  at: (value) => checkName("side of activations", value, ACTIVATION_SIDES),
};

export const TERMS: {readonly [K in TermName]: Checks<TermOptions[K]>} = {
  l2: {roles: (roles) => checkRoles("role", roles)},
  logits: {},
  activityL1: ACTIVITY,
  activityL2: ACTIVITY,
  hoyerSquare: ACTIVITY,
  hoyerRatio: ACTIVITY,
  activityL0: {...ACTIVITY, epsilon: (value) => checkAbove("epsilon", value)},
  activityLp: {
    ...ACTIVITY,
    p: (value) => check("p", value, value > 0 && value < 1, "a number > 0 and < 1"),
    epsilon: (value) => checkAbove("epsilon", value),
  },
  activityPush: {layers: ACTIVITY.layers, margin: (value) => checkAbove("margin", value)},
  memory: {
    unit: (value) => checkName("unit", value, MEMORY_UNITS),
    counting: (value) => checkName("counting", value, COUNTINGS),
  },
  bitSynOps: {
    unit: (value) => checkName("unit", value, OPERATION_UNITS),
    batch: (value) => checkName("batch", value, BATCHES),
  },
};

function checkEntry(what: string, options: object, entry: object): void {
  const checks = entry as Readonly<Record<string, (value: unknown) => unknown>>;
  checkOptions(what, options, Object.keys(checks));
  for (const [option, value] of Object.entries(options)) if (value !== undefined) checks[option]!(value);
}

/** Throws unless the data name an objective with options that it has. */
export function checkObjective({name, ...options}: ObjectiveSpec): void {
  checkEntry(name, options, OBJECTIVES[checkName("objective", name, OBJECTIVES)]);
}

/** Throws unless the data name a term with a weight and options that it has. */
export function checkTerm({name, weight, ...options}: TermSpec): void {
  const entry = TERMS[checkName("term", name, TERMS)];
  checkAbove(`weight of ${name}`, weight);
  checkEntry(name, options, entry);
}
