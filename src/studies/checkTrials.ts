// What must hold of a study's trials before any of them runs: one study, each trial once, and none in place of another.

import {join} from "node:path";
import {check, invalid} from "../check.js";
import {type Trial, trialId, type TrialRecord} from "../records/trial.js";
import {differences} from "./differences.js";
import {TRIALS} from "./journal.js";
import {refusal} from "./studyFolder.js";
import {checkTrialMemory} from "./trialMemory.js";
import {trialTitle} from "./trialTask.js";

/** The study's name, which all trials share. A trial that stands twice would be trained once and counted twice. */
export function checkTrials(trials: readonly Trial[]): string {
  check("trials", trials.length, trials.length > 0, "at least one");
  const names = [...new Set(trials.map(({study}) => study))];
  check("studies of the trials", names, names.length === 1, "one name for all");
  const seen = new Set<string>();
  for (const trial of trials) {
    const id = trialId(trial);
    if (seen.has(id)) throw invalid("trials", `${trialTitle(trial)} twice`, "each trial once");
    seen.add(id);
  }
  checkTrialMemory(trials);
  return names[0]!;
}

/** What a record and its trial both say of what was trained. */
const described = ({architecture, recipe, bits, backend}: Trial | TrialRecord): object => ({architecture, recipe, bits, backend}); // prettier-ignore
const dataThere = ({data: {name, trainCount, train, validation, test, seed}}: TrialRecord): object => ({name, trainCount, train, validation, testCount: test, seed}); // prettier-ignore

/** Throws where a trial stands in the journal under the same labels and seed, but was another: settings need not say all. */
export function checkUnmixed(out: string, trials: readonly Trial[], finished: ReadonlyMap<string, TrialRecord>): void {
  const asked = new Set(trials.map(trialId));
  const others = new Map([...finished.values()].filter(({id}) => !asked.has(id)).map((record) => [trialTitle(record), record])); // prettier-ignore
  for (const trial of trials) {
    const other = others.get(trialTitle(trial));
    if (!other || finished.has(trialId(trial))) continue;
    const differ = differences({...described(other), data: dataThere(other)}, {...described(trial), data: trial.data});
    throw refusal(join(out, TRIALS.file), `another trial of ${trialTitle(trial)}`, differ);
  }
}
