// Trials that ended without a result: how many, why, and what to change, said once for each reason.

import {STATUSES, type Status, type TrialRecord} from "./trial.js";

export const hasResult = ({testAccuracy}: Pick<TrialRecord, "testAccuracy">): boolean => testAccuracy !== undefined;

/** "2 silent, 1 diverged"; empty where every trial has a result. */
export function countedEndings(records: readonly TrialRecord[]): string {
  const count = (status: Status): number => records.filter((r) => !hasResult(r) && r.status === status).length;
  return STATUSES.flatMap((status) => (count(status) > 0 ? [`${count(status)} ${status}`] : [])).join(", ");
}

/** Lines that say what is missing: a count, then each reason with the trials that it ended; none where nothing is. */
export function endingLines(records: readonly TrialRecord[], label: string): string[] {
  const missing = records.filter((record) => !hasResult(record));
  if (missing.length === 0) return [];
  const reasons = new Map<string, TrialRecord[]>();
  for (const record of missing) {
    const reason = `${record.status}: ${record.message}`;
    reasons.set(reason, [...(reasons.get(reason) ?? []), record]);
  }
  return [
    `${missing.length} of ${records.length} trials have no result (${countedEndings(records)}):`,
    ...[...reasons].map(([reason, ended]) => `  ${reason}\n    ${placesOf(ended, label)}`),
  ];
}

/** "threshold 1.5: seeds 1, 2, 3; threshold 2: seed 1". */
function placesOf(records: readonly TrialRecord[], label: string): string {
  const groups = new Map<string, number[]>();
  for (const {labels, seed} of records) {
    const group = `${label} ${labels[label]}`;
    groups.set(group, [...(groups.get(group) ?? []), seed]);
  }
  return [...groups].map(([group, seeds]) => `${group}: seed${seeds.length > 1 ? "s" : ""} ${seeds.join(", ")}`).join("; "); // prettier-ignore
}
