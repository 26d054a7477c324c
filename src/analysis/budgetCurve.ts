// How the answer to "which network fits?" changes with the budget: the best by validation among all that fit, budget by budget.

import type {TrialRecord} from "../records/trial.js";
import {type Choice, choicesOf} from "./pick.js";

export type BudgetStep = {
  /** From this many parameters on … */
  readonly maxParams: number;
  /** … this is the best network that fits, up to the next step. */
  readonly choice: Choice;
};

/** The steps, smallest budget first; validation accuracy rises at each. */
export function budgetCurve(records: readonly TrialRecord[]): BudgetStep[] {
  const steps: BudgetStep[] = [];
  let highest = -Infinity;
  for (const choice of choicesOf(records).sort(
    (a, b) => a.params - b.params || b.validationAccuracy - a.validationAccuracy,
  ))
    if (choice.validationAccuracy > highest) {
      highest = choice.validationAccuracy;
      steps.push({maxParams: choice.params, choice});
    }
  return steps;
}
