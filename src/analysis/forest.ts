// A random forest for regression (Breiman 2001), for features that are small counts.
//
//   tree  : on a bootstrap sample; each node of five rows or more splits at x_f >= c where the squared error falls most, with f
//           among a random third of the features and c from 1 to 4
//   forest: the mean of the trees
//
// A split's gain is s₀²/n₀ + s₁²/n₁ − s²/n, with s the sums of the targets.

import {check, checkInteger} from "../check.js";
import {type Random, random, type RandomKey} from "../random.js";

/** Fewer rows are a leaf. */
const LEAF = 5;
const HIGHEST = 4;

/** x_feature >= least ? right : left; a leaf has neither. */
type Node =
  | {readonly value: number}
  | {readonly feature: number; readonly least: number; readonly left: Node; readonly right: Node};

export type Forest = {readonly predict: (x: Uint8Array) => number};

function grow(x: readonly Uint8Array[], y: readonly number[], rows: Int32Array, tried: number, stream: Random): Node {
  const n = rows.length;
  let sum = 0;
  for (const row of rows) sum += y[row]!;
  const leaf = {value: sum / n};
  if (n < LEAF) return leaf;
  let best = {gain: 1e-12 * Math.abs(sum), feature: -1, least: 0};
  const order = stream.permutation(x[0]!.length);
  for (let k = 0; k < tried; ++k) {
    const feature = order[k]!;
    for (let least = 1; least <= HIGHEST; ++least) {
      let [count, part] = [0, 0];
      for (const row of rows)
        if (x[row]![feature]! >= least) {
          ++count;
          part += y[row]!;
        }
      if (count === 0 || count === n) continue;
      const gain = (part * part) / count + (sum - part) ** 2 / (n - count) - (sum * sum) / n;
      if (gain > best.gain) best = {gain, feature, least};
    }
  }
  if (best.feature < 0) return leaf;
  const {feature, least} = best;
  const half = (right: boolean): Node =>
    grow(x, y, rows.filter((row) => x[row]![feature]! >= least === right), tried, stream); // prettier-ignore
  return {feature, least, left: half(false), right: half(true)};
}

/** Learns `y` from `x`, one row of features for each target. */
export function trainForest(
  x: readonly Uint8Array[],
  y: readonly number[],
  {key, trees = 100}: {key: RandomKey; trees?: number},
): Forest {
  check("rows", [x.length, y.length], x.length === y.length && x.length > 0, "as many features as targets");
  checkInteger("trees", trees);
  const tried = Math.max(1, Math.ceil(x[0]!.length / 3));
  const roots = Array.from({length: trees}, (_, i) => {
    const stream = random(key.split("tree", i));
    return grow(
      x,
      y,
      Int32Array.from({length: x.length}, () => stream.integer(x.length)),
      tried,
      stream,
    );
  });
  const walk = (node: Node, features: Uint8Array): number => {
    let at = node;
    while (!("value" in at)) at = features[at.feature]! >= at.least ? at.right : at.left;
    return at.value;
  };
  return {predict: (features) => roots.reduce((total, root) => total + walk(root, features), 0) / trees};
}
