// Ranked search: the candidates that a free score likes best, first; of equal scores, in random order.
//
// With a score that needs no network this is random search that looks in a better place.

import type {Cells} from "../architectures/networkSpace.js";
import {check, checkInteger} from "../check.js";
import type {Algorithm} from "./search.js";

/** Proposes `candidates` by descending `scores`, one number for each. */
export function rankedSearch({
  name,
  candidates,
  scores,
  batch = 32,
}: {
  name: string;
  candidates: readonly Cells[];
  scores: readonly number[];
  batch?: number;
}): Algorithm {
  check("scores", scores.length, scores.length === candidates.length, `${candidates.length}, one for each candidate`);
  checkInteger("batch", batch);
  return {
    name,
    source: "ranked by a free score",
    repeats: 1,
    *propose(_networks, random) {
      const order = [...random.permutation(candidates.length)].sort((a, b) => scores[b]! - scores[a]!); // a stable sort
      for (let start = 0; start < order.length; start += batch)
        yield order.slice(start, start + batch).map((i) => ({cells: candidates[i]!}));
    },
  };
}
