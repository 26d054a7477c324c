// Why one search costs less than another: the ratio of their work as a product of five reasons.
//
//   W₀ / W  =  N₀/N  ·  w₀/w  ·  N/(N − refused)  ·  (N − refused)/evaluated  ·  w/wₑ
//              fewer     smaller   budget            duplicates                  cheaper
//              candidates  op set    rejections                                  networks
//
// N candidates drawn of mean work w, of which `evaluated` with mean work wₑ were paid for; index 0 is the search compared
// with, which evaluates every candidate it draws, repeats included. Work is operations of a forward pass (search.ts), times the
// evaluations averaged for one fitness. The product is exact.

import {check} from "../check.js";
import type {Counts} from "./search.js";

export type SpeedUp = {
  readonly fewerCandidates: number;
  /** Mean work of what is drawn: fewer and lighter ops make lighter networks. */
  readonly smallerOpSet: number;
  readonly budgetRejections: number;
  readonly duplicates: number;
  /** What passes the budget is lighter than what is drawn. */
  readonly cheaperNetworks: number;
  /** One evaluation for a fitness instead of several. */
  readonly fewerRepeats: number;
  /** The product: total work of the other search over that of this one. */
  readonly total: number;
};

type Run = {readonly counts: Counts; readonly repeats: number};

/** How much less work `search` did than `baseline`, by reasons. */
export function speedUp(search: Run, baseline: Run): SpeedUp {
  const {drawn, refused, evaluated, workDrawn, workEvaluated} = search.counts;
  check("evaluated candidates", evaluated, evaluated > 0, "a search that evaluated at least one");
  check("candidates of the baseline", baseline.counts.drawn, baseline.counts.drawn > 0, "at least one");
  const meanDrawn = workDrawn / drawn;
  const admitted = drawn - refused;
  const factors = {
    fewerCandidates: baseline.counts.drawn / drawn,
    smallerOpSet: baseline.counts.workDrawn / baseline.counts.drawn / meanDrawn,
    budgetRejections: drawn / admitted,
    duplicates: admitted / evaluated,
    cheaperNetworks: meanDrawn / (workEvaluated / evaluated),
    fewerRepeats: baseline.repeats / search.repeats,
  };
  return {...factors, total: Object.values(factors).reduce((product, factor) => product * factor, 1)};
}
