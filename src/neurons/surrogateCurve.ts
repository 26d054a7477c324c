// A surrogate as two curves: the smooth step, and the derivative that the backward pass uses.

import type {SurrogateSpec} from "../graphs/neuron.js";
import {tensor1d, tidy} from "../tf.js";
import {smoothSpike, surrogateDerivative} from "./surrogate.js";

export type SurrogateCurve = {
  /** "atan α = 2" */
  readonly name: string;
  /** Distance from the threshold, u − θ. */
  readonly x: readonly number[];
  readonly step: readonly number[];
  readonly derivative: readonly number[];
};

const LETTERS: Readonly<Record<string, string>> = {alpha: "α", width: "w", b: "b"};

/** The curves of a surrogate at the distances `x`, by default from −1.5 to 1.5. */
export function surrogateCurve(
  spec: SurrogateSpec,
  x: readonly number[] = Array.from({length: 121}, (_, i) => (i - 60) / 40),
): SurrogateCurve {
  const {name, ...shape} = spec;
  const shown = Object.entries(shape).map(([key, value]) => `${LETTERS[key] ?? key} = ${value}`);
  const curves = tidy(() => {
    const at = tensor1d([...x]);
    const [step, derivative] = [smoothSpike(at, spec), surrogateDerivative(at, spec)];
    return {step: [...step.dataSync()], derivative: [...derivative.dataSync()]};
  });
  return {name: [name, ...shown].join(" "), x, ...curves};
}
