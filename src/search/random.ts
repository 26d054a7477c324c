// Random search, and SNASNet's (arXiv 2201.10355): draw N cells, score each untrained, keep the best.
//
// SNASNet draws 5,000 with one wiring for all cells; a candidate's score is the mean of two, each on a fresh batch of images
// (the score itself is the evaluator's). Outcomes do not change what is drawn: the batch size changes nothing.

import {sampleCells} from "../architectures/networkSpace.js";
import {checkInteger} from "../check.js";
import {inRange} from "../ranges.js";
import {type Algorithm, batches} from "./search.js";

/** Draws `candidates` networks. */
export function randomSearch({candidates = 5000, batch = 32}: {candidates?: number; batch?: number} = {}): Algorithm {
  inRange("candidates", candidates);
  checkInteger("batch", batch);
  return {
    name: "random",
    source: "random search",
    repeats: 1,
    draws: candidates,
    *propose(networks, random) {
      yield* batches(candidates, batch, () => ({cells: sampleCells(networks, random)}));
    },
  };
}

/** SNASNet's search: 5,000 candidates, two scores each. */
export const snasnetSearch = ({
  candidates = 5000,
  batch = 32,
}: {candidates?: number; batch?: number} = {}): Algorithm => ({
  ...randomSearch({candidates, batch}),
  name: "snasnet",
  source: "SNASNet (arXiv 2201.10355): random search with a training-free score",
  repeats: 2,
});
