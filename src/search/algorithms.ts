// The search algorithms by name: one table that commands, studies and error messages read.

import {checkName} from "../check.js";
import {autosnn} from "./autosnn.js";
import {exhaustive} from "./exhaustive.js";
import {lightsnn} from "./lightsnn.js";
import {randomSearch, snasnetSearch} from "./random.js";
import {regularisedEvolution} from "./evolution.js";
import type {Algorithm} from "./search.js";
import {spikenas} from "./spikenas.js";
import {spikernel} from "./spikernel.js";

type Maker = (settings: {candidates?: number}) => Algorithm;

/** Each with about `candidates` proposals in all, or its own number where that is not given. */
export const ALGORITHMS = {
  random: (s) => randomSearch(s),
  snasnet: (s) => snasnetSearch(s),
  spikenas: (s) => spikenas(s),
  spikernel: ({candidates}) => spikernel(candidates === undefined ? {} : {candidates: Math.ceil(candidates / 6)}),
  lightsnn: () => lightsnn(),
  evolution: (s) => regularisedEvolution(s),
  autosnn: ({candidates}) => autosnn(candidates === undefined ? {} : {iterations: Math.ceil(candidates / 20) - 1}),
  exhaustive: () => exhaustive(),
} as const satisfies Readonly<Record<string, Maker>>;

export type AlgorithmName = keyof typeof ALGORITHMS;

/** The algorithm of that name. `candidates` limits what it draws; LightSNN and the exhaustive search have their own end. */
export const searchAlgorithm = (name: string, settings: {candidates?: number} = {}): Algorithm =>
  ALGORITHMS[checkName("algorithm", name, ALGORITHMS)](settings);
