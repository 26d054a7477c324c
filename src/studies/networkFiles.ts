// Where a study keeps the networks that it trained: OUT/networks, a file a trial (files/networkFile.ts).

import {existsSync} from "node:fs";
import {join} from "node:path";
import type {TrialRecord} from "../records/trial.js";

/** Where the network of a trial goes. */
export const networkFileOf = (folder: string, trialId: string): string =>
  join(folder, "networks", `${trialId}.safetensors`);

/** The file of a trial's network; undefined where the study did not keep it, as version 0.1.0 did not. */
export function findNetworkFile(folder: string, trialId: string): string | undefined {
  const path = networkFileOf(folder, trialId);
  return existsSync(path) ? path : undefined;
}

/** The trial with the highest validation accuracy, of equals the first; undefined where none was validated. */
export function bestTrial(records: readonly TrialRecord[]): TrialRecord | undefined {
  const accuracy = ({status, validationAccuracy = -1}: TrialRecord): number =>
    status === "ok" ? validationAccuracy : -1;
  const best = records.reduce<TrialRecord | undefined>((a, b) => (a && accuracy(a) >= accuracy(b) ? a : b), undefined);
  return best && accuracy(best) >= 0 ? best : undefined;
}
