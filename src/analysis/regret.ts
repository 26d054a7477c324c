// What a score costs whoever trusts it: train the k networks that it ranks highest, keep the best of them.
//
//   regret@k = best measured of all − best measured of the k with the highest score
//
// Where scores tie at the k-th place the choice is a draw, and the regret its expectation: of a group of g tied networks m are
// taken, and its j-th best (from 0) is the best of them with probability C(g−1−j, m−1)/C(g, m).

import {check, checkInteger} from "../check.js";

/** The expected largest of `m` values drawn without replacement, but no less than `least`. */
function expectedBest(values: readonly number[], m: number, least: number): number {
  const sorted = [...values].sort((a, b) => b - a);
  const g = sorted.length;
  let chance = m / g; // that the best is drawn
  let expected = 0;
  for (let j = 0; j <= g - m; ++j) {
    expected += chance * Math.max(least, sorted[j]!);
    chance *= (g - m - j) / (g - 1 - j);
  }
  return expected;
}

/** Expected regret of the k networks with the highest `score`, in units of `measured`. */
export function topRegret(score: readonly number[], measured: readonly number[], k = 10): number {
  const n = score.length;
  check("paired values", [n, measured.length], n === measured.length && n > 0, "two lists of one length");
  checkInteger("k", k);
  check("scores", "NaN", !score.some(Number.isNaN), "numbers");
  const order = Array.from(score.keys()).sort((a, b) => score[b]! - score[a]!);
  const best = measured.reduce((a, b) => Math.max(a, b), -Infinity);
  if (k >= n) return 0;
  const edge = score[order[k - 1]!]!;
  const above = order.filter((i) => score[i]! > edge);
  const tied = order.filter((i) => score[i] === edge);
  const sure = above.reduce((most, i) => Math.max(most, measured[i]!), -Infinity);
  return (
    best -
    expectedBest(
      tied.map((i) => measured[i]!),
      k - above.length,
      sure,
    )
  );
}
