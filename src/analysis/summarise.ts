// Records grouped by a field, and what each group measured: mean, spread, 95 % interval.

import {check, checkName, InputError} from "../check.js";
import type {Group} from "../records/comparison.js";
import {type AnyRecord, checkField, fieldOf} from "../records/field.js";
import {type Interval, meanInterval} from "./interval.js";

export type Summary = Interval & {
  readonly group: Group;
  readonly min: number;
  readonly max: number;
  /** Records of the group without a finite number in the field (a failed or diverged trial); not in n. */
  readonly missing: number;
};

export type Difference = Interval & {
  readonly group: Group;
  /** Records of the group without a partner in the reference group, or without a number; not in n. */
  readonly unpaired: number;
};

const asGroup = (value: unknown): Group =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? value
    : (JSON.stringify(value) ?? "undefined");

/** Records by the value of a field: numbers ascending, anything else in order of appearance. */
export function groupBy<R extends AnyRecord>(records: readonly R[], by: string): [Group, R[]][] {
  checkField(records, by);
  const groups = new Map<Group, R[]>();
  for (const record of records) {
    const group = asGroup(fieldOf(record, by));
    const members = groups.get(group);
    if (members) members.push(record);
    else groups.set(group, [record]);
  }
  const entries = [...groups];
  return entries.every(([group]) => typeof group === "number")
    ? entries.sort(([a], [b]) => Number(a) - Number(b))
    : entries;
}

function numberOf(record: AnyRecord, of: string): number | undefined {
  const value = fieldOf(record, of);
  if (value === undefined || value === null) return undefined;
  check(`field ${of}`, value, typeof value === "number", "numbers");
  return Number.isFinite(value) ? (value as number) : undefined;
}

/** One row for each value of `by`: the mean of the field `of` with its 95 % interval. A group without any number is left out. */
export function summary(records: readonly AnyRecord[], {by, of}: {by: string; of: string}): Summary[] {
  checkField(records, of);
  return groupBy(records, by).flatMap(([group, members]) => {
    const values = members.map((record) => numberOf(record, of)).filter((value) => value !== undefined);
    if (values.length === 0) return [];
    const [min, max] = [Math.min(...values), Math.max(...values)];
    return [{group, ...meanInterval(values), min, max, missing: members.length - values.length}];
  });
}

/** Each group's records by the field that pairs them; a pair must be unique within its group. */
function byPair(members: readonly AnyRecord[], of: string, pair: string, group: Group): Map<Group, number> {
  const values = new Map<Group, number>();
  for (const record of members) {
    const [key, value] = [asGroup(fieldOf(record, pair)), numberOf(record, of)];
    if (value === undefined) continue;
    if (values.has(key))
      throw new InputError(`invalid pairs: two records of group ${group} have ${pair} ${key}; expected one each`);
    values.set(key, value);
  }
  return values;
}

/**
 * For each group but the reference: the mean of (its value − the reference's value with the same seed), with its 95 %
 * interval. `pair` names the field that pairs records.
 */
export function differences(
  records: readonly AnyRecord[],
  {by, of, reference, pair = "seed"}: {by: string; of: string; reference: Group; pair?: string},
): Difference[] {
  for (const field of [of, pair]) checkField(records, field);
  const groups = groupBy(records, by);
  checkName(by, String(reference), Object.fromEntries(groups.map(([group]) => [String(group), 0])));
  const [, base] = groups.find(([group]) => String(group) === String(reference))!;
  const partners = byPair(base, of, pair, reference);
  return groups
    .filter(([group]) => String(group) !== String(reference))
    .flatMap(([group, members]) => {
      const gaps = [...byPair(members, of, pair, group)]
        .filter(([key]) => partners.has(key))
        .map(([key, value]) => value - partners.get(key)!);
      return gaps.length === 0 ? [] : [{group, ...meanInterval(gaps), unpaired: members.length - gaps.length}];
    });
}
