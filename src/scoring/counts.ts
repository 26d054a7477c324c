// Scores that cost nothing: counts of the architecture. A score that looks at spikes or gradients must beat them.

import type {Architecture} from "../architectures/architecture.js";
import {convPathOf} from "../architectures/convPath.js";
import {paramsOf} from "../architectures/cost.js";
import {type Measured, measured, type Score} from "./score.js";

/** What has no path from input to output is silent before any image is seen. */
const connected = (value: number): Measured =>
  value === -Infinity ? {value: null, status: "silent"} : measured(value);

export const params: Score = {
  title: "learnt parameters",
  source: "closed form",
  needs: "architecture",
  of: (a: Architecture) => measured(paramsOf(a)),
};

export const longestConvPath: Score = {
  title: "most convolutions on a path from input to output, over all cells",
  source: "a count; ours",
  needs: "architecture",
  of: (a: Architecture) => connected(convPathOf(a)),
};
