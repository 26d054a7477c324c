// What activity regularisation saves: multiply-accumulates of DNNs, and synaptic operations of the networks converted from them.
//
//   saving        1 − cost/cost of the unregularised network of the same seed
//   at equal      the same where log cost, linear in accuracy between neighbouring λ, reaches an accuracy: the least of the crossings
//   accuracy
//   agreement     Kendall's τ_b and Spearman's ρ of the two savings over regularisers and λ (means over seeds), with the bootstrap
//                 interval over seeds: 1 where both currencies rank them the same

import type {RandomKey} from "../random.js";
import type {TrialRecord} from "../records/trial.js";
import {bootstrapInterval} from "./bootstrap.js";
import {kendallTau, spearman} from "./correlation.js";
import {mean} from "./interval.js";

type Records = readonly TrialRecord[];

/** A DNN with what its converted network needed; λ = 0 of none. */
export type ActivityPoint = {
  readonly regulariser: string;
  readonly lambda: number;
  readonly seed: number;
  /** Test accuracies of the DNN, and of the converted network at its latency. */
  readonly accuracy: number;
  readonly convertedAccuracy: number;
  readonly macs: number;
  readonly synOps: number;
};

/** The DNNs whose converted networks came within one point. */
export const activityPoints = (records: Records): ActivityPoint[] =>
  records.flatMap(({labels, seed, testAccuracy, effectiveMacs, conversion}) =>
    testAccuracy === undefined || effectiveMacs === undefined || conversion?.latencySynOps === undefined
      ? []
      : [
          {
            ...{regulariser: String(labels.regulariser), lambda: Number(labels.lambda), seed, accuracy: testAccuracy},
            ...{convertedAccuracy: conversion.latencyAccuracy!, macs: effectiveMacs, synOps: conversion.latencySynOps},
          },
        ],
  );

export type Currency = "macs" | "synOps";
const accuracyIn = (point: ActivityPoint, currency: Currency): number =>
  currency === "macs" ? point.accuracy : point.convertedAccuracy;

/**
 * The least cost at an accuracy on the line through points in order of λ, the first of them unregularised; undefined where the line
 * does not reach the accuracy.
 */
export function costAt(points: readonly ActivityPoint[], accuracy: number, currency: Currency): number | undefined {
  const sorted = points.toSorted((a, b) => a.lambda - b.lambda);
  const costs = sorted.slice(1).flatMap((right, i) => {
    const left = sorted[i]!;
    const [a, b] = [accuracyIn(left, currency), accuracyIn(right, currency)];
    if (accuracy < Math.min(a, b) || accuracy > Math.max(a, b)) return [];
    const [from, to] = [Math.log(left[currency]), Math.log(right[currency])];
    return [a === b ? Math.min(from, to) : from + ((accuracy - a) / (b - a)) * (to - from)];
  });
  return costs.length > 0 ? Math.exp(Math.min(...costs)) : undefined;
}

const NONE = "none";

export type EqualAccuracyRow = {
  readonly regulariser: string;
  readonly currency: Currency;
  /** Seeds whose line reaches the accuracy, of all. */
  readonly n: number;
  readonly seeds: number;
  /** Mean saving over them; undefined where there is none. */
  readonly saving: number | undefined;
};

/** Savings at an accuracy `below` (a fraction) that of the unregularised network of each seed, in that currency. */
export function savingsAtEqualAccuracy(points: readonly ActivityPoint[], below = 0.01): EqualAccuracyRow[] {
  const bases = points.filter(({regulariser}) => regulariser === NONE);
  const names = [...new Set(points.map(({regulariser}) => regulariser))].filter((name) => name !== NONE);
  return names.flatMap((regulariser) =>
    (["macs", "synOps"] as const).map((currency) => {
      const savings = bases.flatMap((base) => {
        const own = points.filter((point) => point.regulariser === regulariser && point.seed === base.seed);
        const cost = costAt([base, ...own], accuracyIn(base, currency) - below, currency);
        return cost === undefined ? [] : [1 - cost / base[currency]];
      });
      const saving = savings.length > 0 ? mean(savings) : undefined;
      return {regulariser, currency, n: savings.length, seeds: bases.length, saving};
    }),
  );
}

export type Agreement = {
  /** Regularisers with a λ, and seeds. */
  readonly groups: number;
  readonly seeds: number;
  readonly tau: number;
  readonly rho: number;
  /** 95 % intervals over seeds; absent for one seed. */
  readonly tauInterval?: {readonly low: number; readonly high: number};
  readonly rhoInterval?: {readonly low: number; readonly high: number};
};

/** How alike the two savings rank the groups that every seed has; undefined for fewer than two. */
export function agreementOf(points: readonly ActivityPoint[], key: RandomKey, resamples = 1000): Agreement | undefined {
  const bases = new Map(points.filter(({regulariser}) => regulariser === NONE).map((base) => [base.seed, base]));
  const seeds = [...bases.keys()];
  const groups = new Map<string, ActivityPoint[]>();
  for (const point of points) {
    const name = `${point.regulariser} ${point.lambda}`;
    if (point.regulariser !== NONE && bases.has(point.seed)) groups.set(name, [...(groups.get(name) ?? []), point]);
  }
  const whole = [...groups.values()].filter((own) => own.length === seeds.length);
  if (whole.length < 2) return undefined;
  const saved = (point: ActivityPoint, currency: Currency): number =>
    Math.log(point[currency] / bases.get(point.seed)![currency]);
  const bySeed = whole.map((own) => seeds.map((seed) => own.find((point) => point.seed === seed)!));
  const ranked = (statistic: typeof kendallTau, sample: ArrayLike<number>): number => {
    const of = (currency: Currency): number[] => bySeed.map((own) => mean(Array.from(sample, (i) => saved(own[i]!, currency)))); // prettier-ignore
    return statistic(of("macs"), of("synOps"));
  };
  const every = seeds.map((_, i) => i);
  const interval = (statistic: typeof kendallTau) =>
    bootstrapInterval(seeds.length, (sample) => ranked(statistic, sample), {key, resamples});
  return {
    ...{groups: whole.length, seeds: seeds.length, tau: ranked(kendallTau, every), rho: ranked(spearman, every)},
    ...(seeds.length > 1 && {tauInterval: interval(kendallTau), rhoInterval: interval(spearman)}),
  };
}
