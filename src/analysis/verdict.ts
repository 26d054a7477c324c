// What may be said of a measured difference: its 95 % interval decides, never its middle.
//
//   low > 0                          higher
//   high < 0                         lower
//   −margin <= low, high <= margin   equivalent, where a margin was stated
//   otherwise                        notShown: an interval that holds 0 is no evidence that there is no difference
//
// A claimed direction agrees, is contradicted, or is not shown.

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

/** What the interval shows. `margin`: the largest difference that counts as none; without it nothing is called equivalent. */
export function verdictOf({low, high}: Pick<Difference, "low" | "high">, {margin}: {margin?: number} = {}): Verdict {
  if (margin !== undefined) checkAbove("margin", margin);
  if (low === undefined || high === undefined) return "notShown";
  if (low > 0) return "higher";
  if (high < 0) return "lower";
  return margin !== undefined && -margin <= low && high <= margin ? "equivalent" : "notShown";
}

/** Whether the interval bears out a claim that the difference is above (`higher`) or below (`lower`) zero. */
export function claimVerdict(difference: Pick<Difference, "low" | "high">, claim: "higher" | "lower"): ClaimVerdict {
  const verdict = verdictOf(difference);
  if (verdict === "notShown") return "is not shown";
  return verdict === claim ? "agrees" : "is contradicted";
}
