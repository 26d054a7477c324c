// What searches of compressed networks found, epoch by epoch and at the end.

import {TIMESTEPS} from "../graphs/ops.js";
import {spearman} from "./correlation.js";
import type {SearchRecord, TrialRecord} from "../records/trial.js";
import {choicesOf} from "../graphs/weightFormat.js";
import {wiringOf} from "../architectures/description.js";
import {bitsParameter} from "../architectures/weightPlan.js";

type Records = readonly TrialRecord[];
type Choices = NonNullable<SearchRecord["curve"][number]["choices"]>;

/** A trial that searched. */
export type SearchedRecord = TrialRecord & {readonly search: SearchRecord};

export const searchedRecords = (records: Records): SearchedRecord[] =>
  records.filter((record): record is SearchedRecord => record.search !== undefined);

/** Σ_t t·ψ̂_t, timesteps; undefined where T is not searched. */
export function expectedTimesteps(choices: Choices): number | undefined {
  const weights = choices[TIMESTEPS];
  return weights?.reduce((sum, weight, t) => sum + weight * (t + 1), 0);
}

/** Σ_b b·β̂_b of each part whose bits are searched. */
export function expectedBits({architecture}: SearchRecord, choices: Choices): Record<string, number> {
  const plan = architecture.weights;
  if (!plan) return {};
  const parts = Object.keys(choices).flatMap((name) => (name.endsWith(bitsParameter("")) ? [name.slice(0, -bitsParameter("").length)] : [])); // prettier-ignore
  return Object.fromEntries(
    parts.map((part) => {
      const bits = choicesOf({...plan, ...plan.parts?.[part]});
      return [part, choices[bitsParameter(part)]!.reduce((sum, weight, i) => sum + weight * bits[i]!, 0)];
    }),
  );
}

/** The bits that were decided, by part: "stem 4, cell1 2". */
export function decidedBits({architecture: {weights}}: TrialRecord): string {
  if (!weights) return "";
  const parts = Object.entries(weights.parts ?? {});
  return parts.map(([part, own]) => `${part} ${choicesOf({...weights, ...own}).join("/")}`).join(", ");
}

/** A row for each searched network: what was decided, what it takes, and how far deciding was from searching. */
export const searchedRows = (records: Records) =>
  searchedRecords(records).map((record) => {
    const {labels, seed, architecture, weightBytes, synOps, bitSynOps, testAccuracy, search} = record;
    const {validation} = search;
    return {
      ...labels,
      seed,
      cells: wiringOf(architecture),
      T: architecture.T,
      bits: decidedBits(record),
      weightBytes,
      synOps,
      bitSynOps,
      accuracy: testAccuracy,
      searchedAccuracy: validation?.searched,
      decidedAccuracy: validation?.decided,
      gapOfDecoding: validation && validation.searched - validation.decided,
    };
  });

/** Spearman's ρ of λ2 with the timesteps that were decided, and with Σ t·ψ̂_t; undefined where λ2 or the timesteps do not vary. */
export function timestepsAgainstCost(records: Records): {decided: number; expected: number; n: number} | undefined {
  const searched = searchedRecords(records).filter(
    ({search, labels}) => search.weights[TIMESTEPS] && labels.lambda2 !== undefined,
  );
  const weights = searched.map(({labels}) => Number(labels.lambda2));
  if (new Set(weights).size < 2) return undefined;
  return {
    decided: spearman(weights, searched.map(({architecture}) => architecture.T)), // prettier-ignore
    expected: spearman(weights, searched.map(({search}) => expectedTimesteps(search.weights)!)), // prettier-ignore
    n: searched.length,
  };
}
