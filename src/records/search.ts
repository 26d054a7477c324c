// What a search found: result.json of its folder.

import {z} from "zod";
import {validateBudget} from "../architectures/budget.js";
import {parseArchitecture} from "../architectures/validate.js";
import {type KnownFields, objectOf, parsedBy} from "./parsed.js";

const number = z.number();

export const searchResultSchema = z.looseObject({
  algorithm: z.string(),
  /** The paper, and whether it is the paper's algorithm or a reconstruction. */
  source: z.string(),
  score: z.string(),
  seed: number,
  budget: parsedBy((value) => validateBudget(objectOf("budget", value))),
  /** Measurements of a candidate whose mean is its score. */
  repeats: number,
  /** search/search.ts says what is counted. */
  counts: z.looseObject({
    drawn: number,
    refused: number,
    duplicates: number,
    evaluated: number,
    unusable: number,
    workDrawn: number,
    workEvaluated: number,
  }),
  /** Seconds spent in scoring, summed over processes and interruptions; not part of what a seed determines. */
  scoringSeconds: number,
  best: z.looseObject({
    cells: z.string(),
    value: number,
    architectureId: z.string(),
    architecture: parsedBy(parseArchitecture),
    params: number,
    paramsWithoutHead: number,
    weightBytes: number,
    macs: number,
    worstCaseAcs: number,
    activationBytes: number,
    stateBytes: number,
  }),
});

export type SearchResult = KnownFields<z.infer<typeof searchResultSchema>>;
