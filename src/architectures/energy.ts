// Energy of one inference, estimated from operation counts.
//
//   E = E_MAC · macs + E_AC · acs
//
// A layer whose input is binary adds without multiplying, so its operations count as acs; every other layer's count as macs.
// An estimate of arithmetic alone: memory traffic, leakage and control are not in it. A number without its estimator's name
// means nothing, so the two travel together; a record keeps the estimate of every entry of this table.

import {check} from "../check.js";

export type Estimator = {
  /** Stands beside every number that it made. */
  readonly name: string;
  /** Energy of one multiply-accumulate, in pJ. */
  readonly macPJ: number;
  /** Energy of one accumulate, in pJ. */
  readonly acPJ: number;
};

/** 32-bit floating point in 45 nm: multiplication 3.7 pJ, addition 0.9 pJ (M. Horowitz, ISSCC 2014). */
export const HOROWITZ_45NM: Estimator = {name: "45 nm fp32, MAC 4.6 pJ, AC 0.9 pJ", macPJ: 4.6, acPJ: 0.9};

/** 8-bit integers in 45 nm: multiplication 0.2 pJ, addition 0.03 pJ (ibid.). */
const HOROWITZ_45NM_INT8: Estimator = {name: "45 nm int8, MAC 0.23 pJ, AC 0.03 pJ", macPJ: 0.23, acPJ: 0.03};

/** Loihi's least energy of a synaptic operation (M. Davies et al., IEEE Micro 38, 2018); it has no analog stem to price. */
const LOIHI: Estimator = {name: "Loihi, 23.6 pJ per synaptic operation, stem not counted", macPJ: 0, acPJ: 23.6};

/** By the key under which a record keeps an estimate. */
export const ESTIMATORS = {fp32: HOROWITZ_45NM, int8: HOROWITZ_45NM_INT8, loihi: LOIHI} as const satisfies Readonly<
  Record<string, Estimator>
>;
export type EstimatorName = keyof typeof ESTIMATORS;

/** Operations of one inference. */
export type Operations = {readonly macs: number; readonly acs: number};

export type Energy = {
  readonly pJ: number;
  /** The name of the estimator. */
  readonly estimator: string;
};

/** The energy of these operations. */
export function energyOf({macs, acs}: Operations, estimator: Estimator = HOROWITZ_45NM): Energy {
  check("macs", macs, Number.isFinite(macs) && macs >= 0, "a number >= 0");
  check("acs", acs, Number.isFinite(acs) && acs >= 0, "a number >= 0");
  return {pJ: estimator.macPJ * macs + estimator.acPJ * acs, estimator: estimator.name};
}

/** The energy of these operations by every estimator. */
export const energiesOf = (operations: Operations): Record<EstimatorName, Energy> => ({
  fp32: energyOf(operations, ESTIMATORS.fp32),
  int8: energyOf(operations, ESTIMATORS.int8),
  loihi: energyOf(operations, ESTIMATORS.loihi),
});
