// Every score, by name. A new one is a file of its own and a line here.

import {checkName} from "../check.js";
import {longestConvPath, params} from "./counts.js";
import {firingEntropy} from "./firingEntropy.js";
import {gradientNorm} from "./gradientNorm.js";
import {hamming, naswot} from "./naswot.js";
import {sahd, sahdWithoutN} from "./sahd.js";
import type {Score} from "./score.js";
import {synflow} from "./synflow.js";

export const SCORES = {
  sahd,
  sahdWithoutN,
  naswot,
  hamming,
  params,
  longestConvPath,
  firingEntropy,
  gradientNorm,
  synflow,
} as const satisfies Record<string, Score>;

export type ScoreName = keyof typeof SCORES;

/** The score of a name, or an error that lists the names. */
export const scoreOf = (name: string): Score => SCORES[checkName("score", name, SCORES)];
