// A kernel-impact study of seconds, as settings and as command-line options: the same trials; and a search of as many.

import {networkSpace} from "../../src/architectures/networkSpace.js";
import {SNASNET_FORWARD} from "../../src/architectures/spaces.js";
import type {SearchSettings} from "../../src/studies/architectureSearch.js";
import {kernelImpactSettings, kernelImpactTrials} from "../../src/studies/kernelImpact.js";
import type {Architecture} from "../../src/architectures/architecture.js";
import type {Trial} from "../../src/records/trial.js";

export const smallTrials = (): Trial<Architecture>[] =>
  kernelImpactTrials(
    kernelImpactSettings({
      kernelSizes: [1, 3],
      seeds: 2,
      data: {name: "procedural-16", trainCount: 60, testCount: 40, train: 40, validation: 20, seed: 0},
      network: {channels: 2, T: 2, head: {hidden: 8, voters: 10, dropout: 0}},
      recipe: {epochs: 2, batchSize: 10, guard: "warn"}, // eight hidden neurons may well be silent at first
    }),
  );

export const SMALL_OPTIONS =
  "--kernels 1,3 --seeds 2 --train 40 --validation 20 --test 40 --channels 2 --timesteps 2 --hidden 8 --epochs 2 --batch-size 10 --guard warn".split(
    " ",
  );

/** A search in a space of small networks. */
export const smallSearch = (changes: Partial<SearchSettings> = {}): SearchSettings => ({
  algorithm: "random",
  candidates: 12,
  networks: networkSpace(SNASNET_FORWARD, {
    network: {input: {size: 16, channels: 3}, channels: 4, T: 2, head: {hidden: 8, voters: 2, dropout: 0}},
  }),
  budget: {},
  seed: 3,
  scoring: {
    score: "sahd",
    repeats: 1,
    data: {name: "procedural-16", trainCount: 20, seed: 0, batch: 6},
    head: "unitVariance",
    seed: 3,
    backend: "wasm",
  },
  ...changes,
});
