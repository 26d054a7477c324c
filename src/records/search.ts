// What a search found: result.json of its folder.

import type {Architecture} from "../architectures/architecture.js";
import type {Budget} from "../architectures/budget.js";
import type {Counts} from "../search/search.js";

export type SearchResult = {
  readonly algorithm: string;
  /** The paper, and whether it is the paper's algorithm or a reconstruction. */
  readonly source: string;
  readonly score: string;
  readonly seed: number;
  readonly budget: Budget;
  /** Measurements of a candidate whose mean is its score. */
  readonly repeats: number;
  readonly counts: Counts;
  /** Seconds spent in scoring, summed over processes and interruptions; not part of what a seed determines. */
  readonly scoringSeconds: number;
  readonly best: {
    readonly cells: string;
    readonly value: number;
    readonly architectureId: string;
    readonly architecture: Architecture;
    readonly params: number;
    readonly paramsWithoutHead: number;
    readonly weightBytes: number;
    readonly macs: number;
    readonly worstCaseAcs: number;
    readonly activationBytes: number;
    readonly stateBytes: number;
  };
};
