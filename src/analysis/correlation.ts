// How well does a score rank what was measured?
//
//   Kendall  τ_b = (concordant − discordant) / √((n₀ − t_x)(n₀ − t_y)),  n₀ = n(n−1)/2, t = pairs tied in x or in y
//   Spearman ρ   = Pearson's correlation of the ranks, ties given the mean of their places
//
// τ in O(n log n) (Knight 1966): sort by x, then count the exchanges of a merge sort by y. Both are NaN where a list is constant:
// a score that is the same for all ranks nothing.

import {check} from "../check.js";

function checkPairs(x: readonly number[], y: readonly number[]): void {
  check("paired values", [x.length, y.length], x.length === y.length && x.length > 1, "two lists of one length >= 2");
  check("values", "NaN", ![...x, ...y].some(Number.isNaN), "numbers");
}

/** Pairs of equal neighbours in a sorted list of n: Σ g(g − 1)/2 over the groups. */
function tiedPairs(n: number, equal: (i: number) => boolean): number {
  let [pairs, group] = [0, 1];
  for (let i = 1; i <= n; ++i) {
    if (i < n && equal(i)) ++group;
    else {
      pairs += (group * (group - 1)) / 2;
      group = 1;
    }
  }
  return pairs;
}

/** Sorts `values` in place by merging, and returns how many pairs stood in the wrong order. */
function exchanges(values: Float64Array): number {
  const n = values.length;
  let [from, to]: [Float64Array, Float64Array] = [values, new Float64Array(n)];
  let count = 0;
  for (let width = 1; width < n; width *= 2) {
    for (let left = 0; left < n; left += 2 * width) {
      const [middle, end] = [Math.min(left + width, n), Math.min(left + 2 * width, n)];
      let [i, j] = [left, middle];
      for (let k = left; k < end; ++k) {
        if (i < middle && (j >= end || from[i]! <= from[j]!)) to[k] = from[i++]!;
        else {
          count += middle - i;
          to[k] = from[j++]!;
        }
      }
    }
    [from, to] = [to, from];
  }
  if (from !== values) values.set(from);
  return count;
}

/** Kendall's τ_b of two lists, in [−1, 1]. */
export function kendallTau(x: readonly number[], y: readonly number[]): number {
  checkPairs(x, y);
  const n = x.length;
  const order = Array.from(x.keys()).sort((a, b) => x[a]! - x[b]! || y[a]! - y[b]!);
  const sameX = (i: number): boolean => x[order[i]!] === x[order[i - 1]!];
  const tiedX = tiedPairs(n, sameX);
  const tiedBoth = tiedPairs(n, (i) => sameX(i) && y[order[i]!] === y[order[i - 1]!]);
  const byY = Float64Array.from(order, (i) => y[i]!);
  const discordant = exchanges(byY);
  const tiedY = tiedPairs(n, (i) => byY[i] === byY[i - 1]);
  const all = (n * (n - 1)) / 2;
  const concordant = all - tiedX - tiedY + tiedBoth - discordant;
  return (concordant - discordant) / Math.sqrt((all - tiedX) * (all - tiedY));
}

/** Ranks from 1, ties given the mean of their places. */
export function ranks(values: readonly number[]): number[] {
  const order = Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const result = new Array<number>(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) ++end;
    for (let i = start; i < end; ++i) result[order[i]!] = (start + end + 1) / 2;
    start = end;
  }
  return result;
}

/** Pearson's correlation. */
function pearson(x: readonly number[], y: readonly number[]): number {
  const n = x.length;
  const [mx, my] = [x, y].map((list) => list.reduce((a, b) => a + b, 0) / n) as [number, number];
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < n; ++i) {
    const [dx, dy] = [x[i]! - mx, y[i]! - my];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xy / Math.sqrt(xx * yy);
}

/** Spearman's ρ of two lists, in [−1, 1]. */
export function spearman(x: readonly number[], y: readonly number[]): number {
  checkPairs(x, y);
  return pearson(ranks(x), ranks(y));
}
