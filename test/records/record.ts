// A complete record of a trial, for tests that need one and train nothing.

import {snasnet} from "../../src/architectures/architecture.js";
import {hashOf} from "../../src/architectures/canonical.js";
import {costOf} from "../../src/architectures/cost.js";
import {graphOf} from "../../src/architectures/description.js";
import {energiesOf, energyOf, operationsOf} from "../../src/architectures/energy.js";
import type {TrialRecord} from "../../src/records/trial.js";
import {recipe} from "../../src/training/recipe.js";

/** Trained to 50 % of 40 test images with 1,000 synaptic operations, unless `changes` say otherwise. */
export function recordOf(changes: Partial<TrialRecord> = {}): TrialRecord {
  const size = {size: 16, channels: 3};
  const architecture = changes.architecture ?? snasnet({input: size, channels: 2, T: 2, head: {hidden: 8, voters: 10, dropout: 0}}); // prettier-ignore
  const {params, paramsWithoutHead, weightBytes, macs, worstCaseAcs, receptiveField} = costOf(architecture);
  const synOps = changes.synOps ?? 1000;
  return {
    schema: 1,
    id: "a",
    study: "test",
    labels: {kernelSize: 3},
    seed: 1,
    profile: "quick",
    status: "ok",
    message: "",
    architecture,
    architectureId: hashOf(architecture),
    data: {
      ...{name: "procedural-16", checksum: "c", provenance: "drawn", procedural: true},
      ...{trainCount: 60, train: 40, validation: 20, test: 40, seed: 0},
    },
    recipe: recipe({epochs: 1}),
    ...{backend: "wasm", version: "0", bits: 32},
    ...{params, paramsWithoutHead, weightBytes, macs, worstCaseAcs, receptiveField},
    curve: [{epoch: 1, loss: 2, trainAccuracy: 0.4, learningRate: 0.001, validationAccuracy: 0.45, seconds: 3}],
    ...{validationAccuracy: 0.45, testAccuracy: 0.5, testImages: 40, testLoss: 1.5, synOps, meanFiringRate: 0.1},
    energy: energyOf({macs, acs: synOps}),
    energies: energiesOf(operationsOf(graphOf(architecture), {macs, acs: synOps})),
    run: {seconds: 5, host: "h"},
    ...changes,
  };
}
