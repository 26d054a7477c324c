// Several wishes at once: the networks that no other beats in every one of them.
//
//   a dominates b:  a is at least as good in every objective, and better in one
//   front        :  what nothing dominates
//   hypervolume  :  the volume between the front and a reference point that is worse than all of it (2 or 3 objectives, exact)
//   knee         :  the point of the front farthest from the line through its two ends, axes scaled to [0, 1]
//
// An objective is a value of a point and a direction; inside, everything is turned so that smaller is better.

import {check} from "../check.js";

export type Objective<T> = {
  readonly name: string;
  readonly of: (point: T) => number;
  readonly better: "higher" | "lower";
};

type Turned<T> = {readonly point: T; readonly values: readonly number[]};

/** Values that are all to be small; points without a finite value in each objective are left out. */
const turned = <T>(points: readonly T[], objectives: readonly Objective<T>[]): Turned<T>[] =>
  points
    .map((point) => ({
      point,
      values: objectives.map(({of, better}) => (better === "lower" ? of(point) : -of(point))),
    }))
    .filter(({values}) => values.every(Number.isFinite));

const byFirst = (a: Turned<unknown>, b: Turned<unknown>): number => {
  for (const [i, value] of a.values.entries()) if (value !== b.values[i]) return value - b.values[i]!;
  return 0;
};

const dominates = (a: readonly number[], b: readonly number[]): boolean => a.every((value, i) => value <= b[i]!);

/** The front, sorted by the first objective, its best first. Of equal points the first is kept. */
export function paretoFront<T>(points: readonly T[], objectives: readonly Objective<T>[]): T[] {
  check("objectives", objectives.length, objectives.length >= 2, "two or more");
  return frontOf(turned(points, objectives)).map(({point}) => point);
}

/** In lexical order nothing is dominated by what follows it: one pass against the front so far. */
function frontOf<T>(points: readonly Turned<T>[]): Turned<T>[] {
  const front: Turned<T>[] = [];
  for (const candidate of [...points].sort(byFirst)) {
    const two = candidate.values.length === 2;
    const rivals = two ? front.slice(-1) : front;
    if (!rivals.some(({values}) => dominates(values, candidate.values))) front.push(candidate);
  }
  return front;
}

/** Area of the union of boxes from points of a front to `reference`, two objectives. */
function area(front: readonly (readonly number[])[], [rx, ry]: readonly number[]): number {
  let [sum, top] = [0, ry!];
  for (const [x, y] of [...front].sort((a, b) => a[0]! - b[0]!)) {
    if (y! >= top) continue;
    sum += (rx! - x!) * (top - y!);
    top = y!;
  }
  return sum;
}

/** The hypervolume of points against `reference`, one value for each objective (2 or 3); points no better than it add nothing. */
export function hypervolume<T>(
  points: readonly T[],
  objectives: readonly Objective<T>[],
  reference: readonly number[],
): number {
  const n = objectives.length;
  check("objectives", n, n === 2 || n === 3, "2 or 3");
  check("reference", reference, reference.length === n && reference.every(Number.isFinite), `${n} numbers`);
  const corner = reference.map((value, i) => (objectives[i]!.better === "lower" ? value : -value));
  const inside = frontOf(turned(points, objectives))
    .map(({values}) => values)
    .filter((values) => values.every((value, i) => value < corner[i]!));
  if (n === 2) return area(inside, corner);
  // Slices along the third objective: between two of its values, the area of all points that reach below.
  const levels = [...inside].sort((a, b) => a[2]! - b[2]!);
  return levels.reduce((volume, values, i) => {
    const next = levels[i + 1]?.[2] ?? corner[2]!;
    return volume + area(levels.slice(0, i + 1), corner) * (next - values[2]!);
  }, 0);
}

/** The knee of a front of two objectives; undefined for fewer than three points. */
export function kneeOf<T>(points: readonly T[], objectives: readonly Objective<T>[]): T | undefined {
  check("objectives", objectives.length, objectives.length === 2, "two");
  const front = frontOf(turned(points, objectives));
  if (front.length < 3) return undefined;
  const [first, last] = [front[0]!.values, front.at(-1)!.values];
  // Scaled, the ends are (0, 1) and (1, 0): the distance to their line is (1 − x − y)/√2.
  const bend = ({values: [x, y]}: Turned<T>): number =>
    1 - (x! - first[0]!) / (last[0]! - first[0]!) - (y! - last[1]!) / (first[1]! - last[1]!);
  return front.reduce((best, candidate) => (bend(candidate) > bend(best) ? candidate : best)).point;
}
