// SpiKernel's fourth step (arXiv 2404.01685): trained networks weighed by accuracy against memory, work and energy.
//
//   front   : no other network is at least as good in validation accuracy and in the cost, and better in one
//   benefit : validation accuracy (%) − μ · params / largest params, for the networks that fit
//   best μ  : which network wins for each μ, from 0 (accuracy alone) upwards
//
// Everything that selects uses validation accuracy; the test accuracy stands beside it with its interval.

import {type Budget, fitsBudget} from "../architectures/budget.js";
import {wiringOf} from "../architectures/description.js";
import type {TrialRecord} from "../records/trial.js";
import {byBenefit} from "./benefit.js";
import {hypervolume, kneeOf, type Objective, paretoFront} from "./pareto.js";
import {type Choice, choicesOf} from "./pick.js";

/** Accuracies in percent, energy in µJ per image, synOps per image. */
export type TradeoffRow = {
  readonly cells: string;
  readonly seeds: number;
  readonly validation: number;
  readonly test: number;
  readonly testLow: number;
  readonly testHigh: number;
  readonly params: number;
  readonly weightBytes: number;
  readonly synOps: number;
  readonly energy: number;
  /** Whether it is within the budget. */
  readonly fits: boolean;
  /** On the front of accuracy and memory, of accuracy and synaptic operations, of accuracy and energy, and of all four. */
  readonly frontMemory: boolean;
  readonly frontWork: boolean;
  readonly frontEnergy: boolean;
  readonly frontAll: boolean;
  /** The knee of accuracy and memory. */
  readonly knee: boolean;
  /** undefined where it does not fit. */
  readonly benefit: number | undefined;
  /** The highest benefit of those that fit. */
  readonly chosen: boolean;
  readonly architectureId: string;
  readonly trialId: string;
};

export type Tradeoff = {
  /** By validation accuracy, best first. */
  readonly rows: readonly TradeoffRow[];
  /** Area under the front of validation accuracy (%) and millions of parameters, from chance to the largest network. */
  readonly hypervolume: number;
  /** Which network has the highest benefit from this μ on, up to the next. */
  readonly selection: readonly {readonly mu: number; readonly cells: string; readonly architectureId: string}[];
};

const ACCURACY: Objective<Choice> = {name: "accuracy", of: (c) => 100 * c.validationAccuracy, better: "higher"};
const MEMORY: Objective<Choice> = {name: "params", of: (c) => c.params, better: "lower"};
const WORK: Objective<Choice> = {name: "synOps", of: (c) => c.synOps, better: "lower"};
const ENERGY: Objective<Choice> = {name: "energy", of: (c) => c.energyPJ, better: "lower"};

/**
 * The winner for each μ: straight lines accuracy − μ·share; the upper envelope from μ = 0, exact. A network that never wins is not
 * in it.
 */
function selectionOf(choices: readonly Choice[]): Tradeoff["selection"] {
  if (choices.length === 0) return [];
  const largest = Math.max(...choices.map(({params}) => params));
  const lines = choices.map((choice) => ({
    choice,
    at: 100 * choice.validationAccuracy,
    slope: choice.params / largest,
  }));
  let mu = 0;
  let winner = lines.reduce((a, b) => (b.at > a.at || (b.at === a.at && b.slope < a.slope) ? b : a));
  const found = [{mu, winner}];
  for (;;) {
    const next = lines
      .filter(({slope}) => slope < winner.slope)
      .map((line) => ({line, mu: (winner.at - line.at) / (winner.slope - line.slope)}))
      .sort((a, b) => a.mu - b.mu || a.line.slope - b.line.slope)[0];
    if (!next) break;
    [mu, winner] = [next.mu, next.line];
    found.push({mu, winner});
  }
  return found.map(({mu: from, winner: {choice}}) => ({
    mu: from,
    cells: wiringOf(choice.architecture),
    architectureId: choice.architectureId,
  }));
}

/** The trade-off of a study's trained networks under a budget (none by default). */
export function tradeoff(
  records: readonly TrialRecord[],
  {budget = {}, mu = 10}: {budget?: Budget; mu?: number} = {},
): Tradeoff {
  const choices = choicesOf(records, budget.bits ?? 32);
  const fits = new Set(choices.filter(({architecture}) => fitsBudget(architecture, budget)));
  const feasible = [...fits];
  const benefits = new Map(
    byBenefit(feasible, {accuracy: ACCURACY.of, memory: MEMORY.of, mu}).map(({point, benefit}) => [point, benefit]),
  );
  const [chosen] = benefits.keys();
  const front = (...costs: Objective<Choice>[]) => new Set(paretoFront(choices, [ACCURACY, ...costs]));
  const [memory, work, energy, all] = [front(MEMORY), front(WORK), front(ENERGY), front(MEMORY, WORK, ENERGY)];
  const knee = kneeOf(choices, [ACCURACY, MEMORY]);
  const chance = 100 / choices[0]!.architecture.classes;
  const largest = Math.max(...choices.map(({params}) => params));
  return {
    rows: choices.map((choice) => ({
      cells: wiringOf(choice.architecture),
      seeds: choice.seeds,
      validation: 100 * choice.validationAccuracy,
      test: 100 * choice.testAccuracy,
      testLow: 100 * choice.testLow,
      testHigh: 100 * choice.testHigh,
      params: choice.params,
      weightBytes: choice.weightBytes,
      synOps: choice.synOps,
      energy: choice.energyPJ / 1e6,
      fits: fits.has(choice),
      frontMemory: memory.has(choice),
      frontWork: work.has(choice),
      frontEnergy: energy.has(choice),
      frontAll: all.has(choice),
      knee: choice === knee,
      benefit: benefits.get(choice),
      chosen: choice === chosen,
      architectureId: choice.architectureId,
      trialId: choice.trialId,
    })),
    hypervolume: hypervolume(choices, [ACCURACY, {...MEMORY, of: (c) => c.params / 1e6}], [chance, largest / 1e6]),
    selection: selectionOf(feasible),
  };
}
