// A study's records as a flat table: one row a trial, for CSV files, DataFrames and the terminal.

import type {TrialRecord} from "../records/trial.js";
import type {Row} from "./rows.js";

/** Accuracies are fractions; macs, acs and synOps per image; energy in pJ per image; seconds of wall time. */
export function trialRows(records: readonly TrialRecord[], {stable = false}: {stable?: boolean} = {}): Row[] {
  return records.map((r) => ({
    study: r.study,
    ...r.labels,
    seed: r.seed,
    status: r.status,
    testAccuracy: r.testAccuracy,
    validationAccuracy: r.validationAccuracy,
    testImages: r.testImages,
    params: r.params,
    paramsWithoutHead: r.paramsWithoutHead,
    weightBytes: r.weightBytes,
    bits: r.bits,
    macs: r.macs,
    acs: r.acs,
    synOps: r.synOps,
    meanFiringRate: r.meanFiringRate,
    energyPJ: r.energy?.pJ,
    energyEstimator: r.energy?.estimator,
    receptiveField: r.receptiveField,
    data: r.data.name,
    trainImages: r.data.train,
    epochs: r.recipe.epochs,
    backend: r.backend,
    version: r.version,
    architectureId: r.architectureId,
    id: r.id,
    message: r.message,
    ...(!stable && {
      profile: r.profile,
      seconds: r.run.seconds,
      imagesPerSecond: r.run.imagesPerSecond,
      peakMemoryBytes: r.run.peakMemoryBytes,
    }),
  }));
}

/** Records in an order that does not depend on which trial ended first. */
export function sortedRecords(records: readonly TrialRecord[]): TrialRecord[] {
  const place = (r: TrialRecord): string =>
    [r.study, JSON.stringify(r.labels), String(r.seed).padStart(8, "0"), r.id].join("\n");
  return [...records].sort((a, b) => (place(a) < place(b) ? -1 : 1));
}
