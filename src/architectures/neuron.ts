// What a neuron is, as plain data. `neurons/` turns these records into dynamics.

/** Step function's stand-in derivative; the equations of each stand in `neurons/surrogate.ts`. */
export type SurrogateSpec =
  | {readonly name: "atan"; /** Steepness α. */ readonly alpha: number}
  | {readonly name: "sigmoid"; readonly alpha: number}
  | {readonly name: "triangular"; readonly alpha: number}
  | {readonly name: "rectangular"; /** Half width. */ readonly width: number}
  | {readonly name: "dspike"; /** Steepness b. */ readonly b: number};

export type NeuronSpec = {
  /** Leaky, non-leaky, or leaky with a learnt time constant (τ is then its initial value). */
  readonly model: "lif" | "if" | "plif";
  /** Membrane time constant τ in timesteps, > 1. Not read by `if`. */
  readonly tau: number;
  /** Firing threshold θ; a neuron fires at u >= θ. */
  readonly threshold: number;
  /** `hard`: to 0. `soft`: θ is subtracted. */
  readonly reset: "hard" | "soft";
  /** true: u = v + (x − v)/τ. false: u = v·(1 − 1/τ) + x. */
  readonly decayInput: boolean;
  /** true: the spike is a constant in the reset's gradient. */
  readonly detachReset: boolean;
  readonly surrogate: SurrogateSpec;
};

/** The SNASNet neuron (arXiv 2201.10355): LIF, τ = 4/3, θ = 1, hard detached reset, ATan with α = 2. */
export const SNASNET_NEURON: NeuronSpec = {
  model: "lif",
  tau: 4 / 3,
  threshold: 1,
  reset: "hard",
  decayInput: true,
  detachReset: true,
  surrogate: {name: "atan", alpha: 2},
};
