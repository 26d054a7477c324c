// What a neuron is, as plain data: a table with one entry a model. `neurons/` turns these records into dynamics.
//
// A model adds an entry here (its parameters with their ranges, its states, what of it is learnt) and a step in neurons/steps.ts;
// what has no entry does not compile. Compiled kernels opt in by name; every other neuron runs by its step.

import {check, checkName, checkOptions, invalid} from "../check.js";
import {inRange} from "../ranges.js";

/** The firing step's surrogate derivative; the equations of each stand in `neurons/surrogate.ts`. */
export type SurrogateSpec =
  | {readonly name: "atan"; /** Steepness α. */ readonly alpha: number}
  | {readonly name: "sigmoid"; readonly alpha: number}
  | {readonly name: "triangular"; readonly alpha: number}
  | {readonly name: "rectangular"; /** Half width. */ readonly width: number}
  | {readonly name: "dspike"; /** Steepness b. */ readonly b: number};

/** The shape of each surrogate with its usual number. */
export const SURROGATE_DEFAULTS: {readonly [N in SurrogateSpec["name"]]: Extract<SurrogateSpec, {name: N}>} = {
  atan: {name: "atan", alpha: 2},
  sigmoid: {name: "sigmoid", alpha: 4},
  triangular: {name: "triangular", alpha: 1},
  rectangular: {name: "rectangular", width: 0.5},
  dspike: {name: "dspike", b: 3},
};

/** What every spiking neuron has. */
type Leaky = {
  /** Membrane time constant τ in timesteps, > 1. Not read by `if`; where it is learnt (`plif`), its initial value. */
  readonly tau: number;
  /** true: u = v + (x − v)/τ. false: u = v·(1 − 1/τ) + x. Not read by `if`. */
  readonly decayInput: boolean;
  /** Firing threshold θ; a neuron fires at u >= θ, `strictLif` at u > θ. */
  readonly threshold: number;
  /** `hard`: to 0. `soft`: the threshold is subtracted. */
  readonly reset: "hard" | "soft";
  /** true: the spike is a constant in the reset's gradient. */
  readonly detachReset: boolean;
  readonly surrogate: SurrogateSpec;
};

/** Integrates a current in one state: SpikingJelly's LIF, LIF with a learnt time constant, and LIF that fires only above θ. */
export type IntegratorSpec = Leaky & {readonly model: "lif" | "plif" | "strictLif"};

/** Integrates a current without a leak. */
export type IfSpec = Leaky & {
  readonly model: "if";
  /** Membrane potential before the first timestep, as a fraction of the threshold; 0 where it is absent. */
  readonly start?: number;
};

/** The current-based LIF of NIR (CubaLIF, arXiv 2311.14711): a synaptic current between input and membrane. */
export type CubaLifSpec = Leaky & {
  readonly model: "cubaLif";
  /** Synaptic time constant in timesteps, >= 1; 1 makes it the LIF. `decayInput` speaks of both leaks. */
  readonly tauSynapse: number;
};

/** LIF whose threshold rises with every spike and decays back (ALIF, Bellec et al. 2018, arXiv 1803.09574). */
export type AlifSpec = Leaky & {
  readonly model: "alif";
  /** Time constant of the adaptation in timesteps, > 1. */
  readonly tauAdaptation: number;
  /** How far the adaptation raises the threshold, β >= 0; 0 makes it the LIF. */
  readonly beta: number;
};

export type NeuronSpec = IntegratorSpec | IfSpec | CubaLifSpec | AlifSpec;
export type NeuronModel = NeuronSpec["model"];
/** The record of one model. */
export type SpecOf<M extends NeuronModel> = M extends IntegratorSpec["model"]
  ? IntegratorSpec
  : Extract<NeuronSpec, {model: M}>;

/** Throws unless `value` is right for the field of a name. */
type Field = (name: string, value: never) => void;

const timeConstant: Field = (name, value: number) => inRange("tau", value, name);
const atLeastOne: Field = (name, value: number) => inRange("tauSynapse", value, name);
const positive: Field = (name, value: number) => inRange("threshold", value, name);
const notNegative: Field = (name, value: number) => inRange("beta", value, name);
const fraction: Field = (name, value: number | undefined) => value === undefined || inRange("start", value, name);
const boolean: Field = (name, value: boolean) => check(name, value, typeof value === "boolean", "true or false");
const anything: Field = () => {};
const reset: Field = (name, value: string) => checkName(name, value, {hard: 0, soft: 0});
const surrogate: Field = (name, value: SurrogateSpec) => {
  checkRecord(name, value, ["name", ...new Set(Object.values(SURROGATE_DEFAULTS).flatMap(Object.keys))]);
  const known = Object.keys(SURROGATE_DEFAULTS[checkName(name, value.name, SURROGATE_DEFAULTS)]);
  checkOptions(name, value, known);
  for (const key of known.slice(1))
    inRange("surrogateShape", (value as Record<string, unknown>)[key] as number, `${name} ${key}`);
};

type Entry<M extends NeuronModel> = {
  readonly title: string;
  /** Every field but the model's name, and what it may be. */
  readonly fields: {readonly [F in Exclude<keyof SpecOf<M>, "model">]: Field};
  /** State carried from one timestep to the next, zero at the start but where `startOf` says otherwise; `v` is the membrane potential after the reset. */
  readonly states: readonly string[];
  /** Numbers that each population learns, by name, with their initial values. */
  readonly learnt: (spec: SpecOf<M>) => Readonly<Record<string, number>>;
  readonly defaults: SpecOf<M>;
  /** Fields that the model does not read. */
  readonly unread?: readonly (keyof SpecOf<M>)[];
};

const LEAKY = {
  tau: timeConstant,
  decayInput: boolean,
  threshold: positive,
  reset,
  detachReset: boolean,
  surrogate,
} as const;
const DEFAULTS = {
  tau: 4 / 3,
  decayInput: true,
  threshold: 1,
  reset: "hard",
  detachReset: true,
  surrogate: SURROGATE_DEFAULTS.atan,
} as const;
const nothing = () => ({});

/** PLIF's parameter w at the start, so that σ(w) = 1/τ (arXiv 2007.05785). */
export const plifInitial = (tau: number): number => -Math.log(tau - 1);

/** Every neuron model, by name. */
export const NEURONS: {readonly [M in NeuronModel]: Entry<M>} = {
  lif: {
    title: "leaky integrate-and-fire",
    fields: LEAKY,
    states: ["v"],
    learnt: nothing,
    defaults: {model: "lif", ...DEFAULTS},
  },
  if: {
    title: "integrate-and-fire, no leak",
    fields: {...LEAKY, tau: anything, start: fraction},
    states: ["v"],
    learnt: nothing,
    defaults: {model: "if", ...DEFAULTS},
    unread: ["tau", "decayInput"],
  },
  plif: {
    title: "LIF with a learnt time constant",
    fields: LEAKY,
    states: ["v"],
    learnt: ({tau}) => ({w: plifInitial(tau)}),
    defaults: {model: "plif", ...DEFAULTS},
  },
  strictLif: {
    title: "LIF that fires only above its threshold",
    fields: LEAKY,
    states: ["v"],
    learnt: nothing,
    defaults: {
      model: "strictLif",
      tau: 5 / 4,
      decayInput: false,
      threshold: 0.5,
      reset: "hard",
      detachReset: false,
      surrogate: SURROGATE_DEFAULTS.dspike,
    },
  },
  cubaLif: {
    title: "current-based LIF: synaptic current and membrane",
    fields: {...LEAKY, tauSynapse: atLeastOne},
    states: ["i", "v"],
    learnt: nothing,
    defaults: {model: "cubaLif", tauSynapse: 4 / 3, ...DEFAULTS},
  },
  alif: {
    title: "LIF with adaptive threshold",
    fields: {...LEAKY, tauAdaptation: timeConstant, beta: notNegative},
    states: ["v", "a"],
    learnt: nothing,
    defaults: {model: "alif", tauAdaptation: 20, beta: 1.8, ...DEFAULTS},
  },
};

/** The SNASNet neuron (arXiv 2201.10355): LIF, τ = 4/3, θ = 1, hard detached reset, ATan with α = 2. */
export const SNASNET_NEURON: IntegratorSpec = NEURONS.lif.defaults;

/**
 * LitE-SNN's neuron (arXiv 2401.14652): u ← u + x, fires where u > 0.5, then u ← 0.2·u·(1 − s), a decay that is τ = 5/4; Dspike with
 * b = 3. Whether the authors detach the reset is not known to us; here gradients flow through it. Membranes start at rest for every
 * sample, as all of this library do; in the authors' code those of pooling layers go on from one batch to the next.
 */
export const LITE_NEURON: IntegratorSpec = NEURONS.strictLif.defaults;

/** An entry whose model is only known at run time. */
export const neuronEntry = ({model}: Pick<NeuronSpec, "model">): Entry<never> =>
  NEURONS[checkName("neuron model", model, NEURONS)] as unknown as Entry<never>;

/** Throws unless `value` is a record without unknown keys. */
function checkRecord(what: string, value: unknown, known: readonly string[]): void {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid(what, value, `a record of ${known.join(", ")}`);
  checkOptions(what, value, known);
}

const FIELDS = ["model", ...new Set(Object.values(NEURONS).flatMap(({fields}) => Object.keys(fields)))];
const checked = new WeakSet<NeuronSpec>();

/** Returns `spec`, or throws what of it is not a neuron. */
export function checkNeuron(spec: NeuronSpec): NeuronSpec {
  if (typeof spec === "object" && spec !== null && checked.has(spec)) return spec;
  checkRecord("neuron", spec, FIELDS);
  const fields = neuronEntry(spec).fields as Readonly<Record<string, Field>>;
  checkOptions(`${spec.model} neuron`, spec, ["model", ...Object.keys(fields)]);
  for (const [name, field] of Object.entries(fields)) field(name, (spec as unknown as Record<string, never>)[name]!);
  checked.add(spec);
  return spec;
}

/** The numbers that a population of this neuron learns, with their initial values. */
export const learntOf = (spec: NeuronSpec): Readonly<Record<string, number>> => neuronEntry(spec).learnt(spec as never);

/** The states of this neuron. */
export const statesOf = (spec: NeuronSpec): readonly string[] => neuronEntry(spec).states;

/** The membrane potential before the first timestep. */
export const startOf = (spec: NeuronSpec): number => (spec.model === "if" ? (spec.start ?? 0) * spec.threshold : 0);

/** One value for each field that the model does not read, so that equal neurons are equal records. */
export function canonicalNeuron(spec: NeuronSpec): NeuronSpec {
  const {unread = [], defaults} = neuronEntry(spec) as unknown as Entry<"if">;
  const {start, ...rest} = spec as IfSpec;
  return {
    ...rest,
    ...(start && {start}),
    ...Object.fromEntries(unread.map((field) => [field, defaults[field]])),
  } as NeuronSpec;
}

/**
 * A neuron of `model` that keeps what it shares with `base` and takes its own defaults otherwise; `changes` replace its fields.
 */
export function neuronOf(
  model: string,
  changes: Readonly<Record<string, unknown>> = {},
  base: NeuronSpec = SNASNET_NEURON,
): NeuronSpec {
  const {fields, defaults} = neuronEntry({model: model as NeuronModel});
  const shared = Object.entries(base).filter(([name]) => Object.hasOwn(fields, name));
  return checkNeuron({...(defaults as NeuronSpec), ...Object.fromEntries(shared), ...changes, model} as NeuronSpec);
}
