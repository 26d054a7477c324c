// A study's records as a flat table: one row a trial, for CSV files, DataFrames and the terminal.

import {MEASURE_NAMES, measureOf, valueOf} from "../records/measures.js";
import type {TrialRecord} from "../records/trial.js";
import type {Row} from "./rows.js";

/** The columns of measured quantities, unscaled: as the record holds them. */
const measured = (record: TrialRecord, stable: boolean): Row =>
  Object.fromEntries(
    MEASURE_NAMES.filter((name) => !stable || measureOf(name).kind !== "run").map((name) => {
      const {field, column = field} = measureOf(name);
      return [column, valueOf(record, name)];
    }),
  );

/** Accuracies are fractions; macs and synOps per image; energies in pJ per image; seconds of wall time. `stable`: nothing that two runs of a trial may differ in. */
export function trialRows(records: readonly TrialRecord[], {stable = false}: {stable?: boolean} = {}): Row[] {
  return records.map((r) => ({
    study: r.study,
    ...r.labels,
    seed: r.seed,
    status: r.status,
    ...measured(r, stable),
    testImages: r.testImages,
    bits: r.bits,
    energyEstimator: r.energy?.estimator,
    data: r.data.name,
    trainImages: r.data.train,
    epochs: r.recipe.epochs,
    backend: r.backend,
    version: r.version,
    architectureId: r.architectureId,
    id: r.id,
    message: r.message,
    ...(!stable && {profile: r.profile}),
  }));
}

/** Records in an order that does not depend on which trial ended first. */
export function sortedRecords(records: readonly TrialRecord[]): TrialRecord[] {
  const place = (r: TrialRecord): string =>
    [r.study, JSON.stringify(r.labels), String(r.seed).padStart(8, "0"), r.id].join("\n");
  return [...records].sort((a, b) => (place(a) < place(b) ? -1 : 1));
}
