// What may be said of a measured difference d (or of a value against b): its 95 % interval decides, never its middle.
//
//   low > b                              higher
//   high < b                             lower
//   b − margin <= low, high <= b + margin   equivalent, where a margin was stated
//   otherwise                            notShown: an interval that holds b is no evidence of equality
//
// with b = 0 for a difference. A claimed direction agrees, is contradicted, or is not shown.

import {checkAbove} from "../check.js";

/** A mean difference with its 95 % interval; without one (a single value) nothing is shown. */
export type Difference = {
  readonly n: number;
  readonly mean: number;
  readonly low?: number | undefined;
  readonly high?: number | undefined;
};

export type Verdict = "higher" | "lower" | "equivalent" | "notShown";
export type ClaimVerdict = "agrees" | "is contradicted" | "is not shown";

type Bounds = Pick<Difference, "low" | "high">;

/**
 * What the interval shows beside `than`. `margin` is the largest distance that counts as none; without it nothing is called
 * equivalent.
 */
export function verdictOf({low, high}: Bounds, {than = 0, margin}: {than?: number; margin?: number} = {}): Verdict {
  if (margin !== undefined) checkAbove("margin", margin);
  if (low === undefined || high === undefined) return "notShown";
  if (low > than) return "higher";
  if (high < than) return "lower";
  return margin !== undefined && than - margin <= low && high <= than + margin ? "equivalent" : "notShown";
}

/** Whether the interval bears out a claim that what was measured is above (`higher`) or below (`lower`) `than`. */
export function claimVerdict(
  interval: Bounds,
  claim: "higher" | "lower",
  {than = 0}: {than?: number} = {},
): ClaimVerdict {
  const verdict = verdictOf(interval, {than});
  if (verdict === "notShown") return "is not shown";
  return verdict === claim ? "agrees" : "is contradicted";
}
