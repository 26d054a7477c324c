// A search beside the baseline of its seed: what each paid, and what each found.

import type {SpeedUp} from "../search/speedup.js";

export type SpeedUpPair = SpeedUp & {
  readonly algorithm: string;
  readonly baseline: string;
  readonly score: string;
  readonly seed: number;
  /** Candidates that each paid for. */
  readonly scored: number;
  readonly baselineScored: number;
  /** Seconds of scoring, summed over processes, as measured. */
  readonly seconds: number;
  readonly baselineSeconds: number;
  /** The baseline's, had it scored duplicates again as published: measured seconds times work drawn over work evaluated. */
  readonly baselineSecondsAsPublished: number;
  /** Means over the fresh measurements; null where a winner is silent or singular in one of them. */
  readonly found: number | null;
  readonly baselineFound: number | null;
  /** The baseline's best candidate that fits the search's budget. */
  readonly baselineFoundWithin: number | null;
  readonly cells: string;
  readonly baselineCells: string;
  readonly baselineCellsWithin: string;
  readonly params: number;
  readonly baselineParams: number;
  readonly baselineParamsWithin: number;
};
