// Energy of one inference, estimated from operation counts.
//
//   E = E_MAC · macs + E_AC · acs
//
// A layer whose input is binary adds without multiplying, so its operations count as acs; every other layer's count as macs.
// An estimate of arithmetic alone: memory traffic, leakage and control are not in it. A number without its estimator's name
// means nothing, so the two travel together.

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
