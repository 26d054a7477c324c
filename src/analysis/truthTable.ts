// The truth table of scores: how well does each rank trained networks, over all of them and among the good ones?
//
// τ (with its 95 % bootstrap interval over networks), ρ and regret@k, in two scopes: `all` networks that have a path from input
// to output, and the `top 10 %` by measured accuracy. Most scores tell good networks from bad ones, and few tell the good apart.

import {check} from "../check.js";
import type {RandomKey} from "../random.js";
import {bootstrapInterval} from "./bootstrap.js";
import {kendallTau, spearman} from "./correlation.js";
import {topRegret} from "./regret.js";

/** A score's values by network; undefined where it has none (not computed, or silent). */
export type ScoreColumn = {readonly name: string; readonly values: readonly (number | undefined)[]};

/** In the scope of a score that was made as coarse as another, before the other's name (analysis/ties.ts). */
export const AS_COARSE_AS = ", as coarse as ";

export type TruthRow = {
  readonly score: string;
  readonly scope: string;
  /** Networks compared: those of the scope with a value. */
  readonly n: number;
  /** NaN for a score that is constant in the scope. */
  readonly tau: number;
  readonly tauLow: number;
  readonly tauHigh: number;
  readonly spearman: number;
  /** In the units of the accuracy, expected over ties, against the best of the networks compared. */
  readonly "regret@10": number;
};

/** The row of one list of values against what was measured. */
export function truthRow(
  score: string,
  scope: string,
  pairs: readonly (readonly [score: number, measured: number])[],
  {key, resamples = 200}: {key: RandomKey; resamples?: number},
): TruthRow {
  check(`networks with ${score}`, pairs.length, pairs.length >= 3, "at least 3");
  const [x, y] = [pairs.map(([value]) => value), pairs.map(([, value]) => value)];
  const tau = kendallTau(x, y);
  const resampled = (sample: Int32Array): number =>
    kendallTau(
      Array.from(sample, (i) => x[i]!),
      Array.from(sample, (i) => y[i]!),
    );
  const interval = Number.isNaN(tau)
    ? {low: NaN, high: NaN}
    : bootstrapInterval(pairs.length, resampled, {key: key.split("truth", score, scope), resamples});
  return {
    score,
    scope,
    n: pairs.length,
    tau,
    tauLow: interval.low,
    tauHigh: interval.high,
    spearman: spearman(x, y),
    "regret@10": topRegret(x, y, 10),
  };
}

/** Rows for each score and scope. `measured` is the accuracy of each network; `share` of them are the best. */
export function truthTable(
  measured: readonly number[],
  scores: readonly ScoreColumn[],
  {
    key,
    resamples = 200,
    share = 0.1,
    onScore,
  }: {key: RandomKey; resamples?: number; share?: number; onScore?: ((done: number, total: number, note: string) => void) | undefined}, // prettier-ignore
): TruthRow[] {
  const sorted = [...measured].sort((a, b) => b - a);
  const least = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
  const scopes: readonly (readonly [string, (value: number) => boolean])[] = [
    ["all", () => true],
    [`top ${Math.round(100 * share)} %`, (value) => value >= least],
  ];
  return scores.flatMap(({name, values}, i) => {
    check(`values of ${name}`, values.length, values.length === measured.length, `${measured.length}, one a network`);
    const rows = scopes.flatMap(([scope, inside]) => {
      const pairs = measured.flatMap((accuracy, k) => {
        const value = values[k];
        return value !== undefined && inside(accuracy) ? [[value, accuracy] as const] : [];
      });
      return pairs.length < 3 ? [] : [truthRow(name, scope, pairs, {key, resamples})];
    });
    onScore?.(i + 1, scores.length, name);
    return rows;
  });
}
