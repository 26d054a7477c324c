// The optimisers as plain data. The equations of a step stand in layers/optimiser.ts.

import {checkName} from "../check.js";
import {inRange} from "../ranges.js";
import type {AdamNumbers, SgdNumbers} from "../layers/optimiser.js";

type Numbers = {readonly sgd: SgdNumbers; readonly adam: AdamNumbers};
export type OptimiserName = keyof Numbers;
/** What changes from step to step: the learning rate, and the number of the step, from 1. */
export type Moving = {readonly learningRate: number; readonly step: number};
export type SpecOf<K extends OptimiserName> = {[P in K]: {readonly name: P} & Omit<Numbers[P], keyof Moving>}[K];
/** An optimiser and its constants, as plain data. */
export type OptimiserSpec = SpecOf<OptimiserName>;

type Optimiser = {
  readonly momentCount: number;
  /** The usual constants and this weight decay. */
  readonly spec: (weightDecay: number) => OptimiserSpec;
};

/** SGD and AdamW with the usual constants; `weightDecay` as given. */
export const sgd = ({momentum = 0.9, weightDecay = 5e-4} = {}): OptimiserSpec => ({name: "sgd", momentum, weightDecay});
export const adam = ({beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01} = {}): OptimiserSpec => ({
  name: "adam",
  beta1,
  beta2,
  epsilon,
  weightDecay,
});

export const OPTIMISERS: Readonly<Record<OptimiserName, Optimiser>> = {
  adam: {momentCount: 2, spec: (weightDecay) => adam({weightDecay})},
  sgd: {momentCount: 1, spec: (weightDecay) => sgd({weightDecay})},
};

/** The optimiser of a name, with its usual constants and this weight decay. */
export function optimiserOf(name: string, weightDecay: number): OptimiserSpec {
  inRange("weightDecay", weightDecay);
  return OPTIMISERS[checkName("optimiser", name, OPTIMISERS)].spec(weightDecay);
}
