// A budget in, a network out: the best trained architecture of a study that fits the device, and the runner-up.
//
// Chosen by validation accuracy, mean over seeds; the test accuracy is reported with its interval and chooses nothing. Costs are
// computed anew from the architecture at the wanted precision.

import {type Budget, fitsBudget, validateBudget} from "../architectures/budget.js";
import {paramsOf, weightBytes} from "../architectures/cost.js";
import type {NetworkDescription} from "../architectures/description.js";
import {invalid} from "../check.js";
import type {TrialRecord} from "../records/trial.js";
import {feasibility} from "./benefit.js";
import {accuracyInterval, meanInterval} from "./interval.js";

export type Choice = {
  readonly architecture: NetworkDescription;
  readonly architectureId: string;
  /** Mean validation accuracy over seeds, a fraction: what chose it. */
  readonly validationAccuracy: number;
  /** Mean test accuracy with its 95 % interval: over seeds (t), or over test images (Wilson) where there is one seed. */
  readonly testAccuracy: number;
  readonly testLow: number;
  readonly testHigh: number;
  readonly interval: "seeds" | "images";
  readonly seeds: number;
  readonly params: number;
  /** At the budget's bits. */
  readonly weightBytes: number;
  /** Mean synaptic operations per image, and mean energy in pJ. */
  readonly synOps: number;
  readonly energyPJ: number;
  /** The trial with the highest validation accuracy of these seeds: its network is the one to take. */
  readonly trialId: string;
};

export type Pick = {
  readonly best: Choice;
  readonly runnerUp: Choice | undefined;
  /** All that fit, best first. */
  readonly feasible: readonly Choice[];
  /** Those that do not, best first. */
  readonly infeasible: readonly Choice[];
};

const mean = (values: readonly number[]): number => meanInterval(values).mean;

const RESULT = ["validationAccuracy", "testAccuracy", "testImages", "synOps", "energy"] as const;
type Trained = TrialRecord & {readonly [K in (typeof RESULT)[number]]: NonNullable<TrialRecord[K]>};

const isTrained = (r: TrialRecord): r is Trained =>
  r.status === "ok" && RESULT.every((field) => r[field] !== undefined);

/** One architecture's trials as one choice. */
function choiceOf(records: readonly Trained[], bits: number): Choice {
  const first = records[0]!;
  const architecture = first.architecture;
  const tests = meanInterval(records.map(({testAccuracy}) => testAccuracy));
  const images = accuracyInterval(Math.round(first.testAccuracy * first.testImages), first.testImages);
  const kept = records.reduce((a, b) => (b.validationAccuracy > a.validationAccuracy ? b : a));
  return {
    architecture,
    architectureId: first.architectureId,
    validationAccuracy: mean(records.map(({validationAccuracy}) => validationAccuracy)),
    testAccuracy: tests.mean,
    testLow: tests.low ?? images.low,
    testHigh: tests.high ?? images.high,
    interval: tests.low === undefined ? "images" : "seeds",
    seeds: records.length,
    params: paramsOf(architecture),
    weightBytes: weightBytes(architecture, bits),
    synOps: mean(records.map(({synOps}) => synOps)),
    energyPJ: mean(records.map(({energy}) => energy.pJ)),
    trialId: kept.id,
  };
}

/**
 * The trained architectures of a study, best validation accuracy first, of equals the smaller. Throws where nothing was trained
 * and where trials cannot be compared. Two groups of a study may draw the same network for the same seed: that is one training, and counts once.
 */
export function choicesOf(records: readonly TrialRecord[], bits = 32): Choice[] {
  const trained = records.filter(isTrained);
  if (trained.length === 0)
    throw invalid("study", `${records.length} records`, "at least one trained network with validation accuracy");
  const settings = new Set(
    trained.map(({data, recipe}) => JSON.stringify([data.checksum, data.train, data.validation, recipe])),
  );
  if (settings.size > 1)
    throw invalid("study", `${settings.size} data sets or recipes`, "trials that share both, to be compared");
  const groups = new Map<string, Trained[]>();
  for (const record of trained) {
    const others = groups.get(record.architectureId);
    if (!others) groups.set(record.architectureId, [record]);
    else if (!others.some(({seed}) => seed === record.seed)) others.push(record);
  }
  return [...groups.values()]
    .map((group) => choiceOf(group, bits))
    .sort((a, b) => b.validationAccuracy - a.validationAccuracy || a.params - b.params);
}

/** Picks from a study's records. Throws where nothing fits, naming the smallest network there is. */
export function pick(records: readonly TrialRecord[], budget: Budget): Pick {
  validateBudget(budget);
  const bits = budget.bits ?? 32;
  const choices = choicesOf(records, bits);
  const {feasible, infeasible} = feasibility(choices, ({architecture}) => fitsBudget(architecture, budget));
  if (feasible.length === 0) {
    const smallest = choices.reduce((a, b) => (b.params < a.params ? b : a));
    throw invalid(
      "budget",
      JSON.stringify(budget),
      `room for a network of the study; the smallest of its ${choices.length} has ${smallest.params} parameters, ` +
        `${smallest.weightBytes} bytes at ${bits} bits`,
    );
  }
  return {best: feasible[0]!, runnerUp: feasible[1], feasible, infeasible};
}
