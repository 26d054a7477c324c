// What energy figures show besides energies: the estimator by its name in the records, and the quantised ANN that matches a spiking
// network, with the firing rate at which the two take as much.

import {graphOf} from "../architectures/description.js";
import {type Estimator, ESTIMATORS, type MatchedAnn, matchedAnn} from "../architectures/energy.js";
import {activationsOf} from "../graphs/populations.js";
import {measureOf, type MeasureName} from "../records/measures.js";
import type {TrialRecord} from "../records/trial.js";

type Records = readonly TrialRecord[];

/** The name of the estimator of a record's energy, where the quantity is one. */
function estimatorOf({energy, energies}: TrialRecord, name: MeasureName): string | undefined {
  const [field, key] = measureOf(name).field.split(".");
  return field === "energies" ? energies?.[key!]?.estimator : field === "energy" ? energy?.estimator : undefined;
}

/** The estimators by which these records' energies were estimated, as a sentence; "" of other quantities. */
export function estimatorNote(records: Records, name: MeasureName): string {
  const names = new Set(records.flatMap((record) => estimatorOf(record, name) ?? []));
  return names.size > 0 ? `Estimator: ${[...names].join("; ")}.` : "";
}

/** The ANN that matches a record's network under the estimator of its energy; undefined of a DNN, and of other quantities. */
export function matchedOf(record: TrialRecord, name: MeasureName): MatchedAnn | undefined {
  const made = estimatorOf(record, name);
  const estimator = Object.values<Estimator>(ESTIMATORS).find((known) => known.name === made);
  const graph = graphOf(record.architecture);
  const spikes = activationsOf(graph).some(({kind}) => kind === "neurons");
  return estimator && spikes ? matchedAnn(graph, estimator) : undefined;
}

/** "2.0" or "1.0 to 3.0". */
export function rangeOf(values: readonly number[], digits: number): string {
  const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(digits)) as [string, string]; // prettier-ignore
  return low === high ? low : `${low} to ${high}`;
}

/** What the matched ANNs are, and where the networks break even with them. */
export function matchedNote(matched: readonly MatchedAnn[], shown: string): string {
  if (matched.length === 0) return "";
  const bits = rangeOf(matched.map((ann) => ann.bits), 0); // prettier-ignore
  const rates = rangeOf(matched.map(({breakEvenRate}) => breakEvenRate), 2); // prettier-ignore
  return `${shown}: an ANN of the same shape with activations of ⌈log2(T + 1)⌉ = ${bits} bits, no value skipped; at ${rates} spikes per synapse and timestep a network takes as much.`;
}
