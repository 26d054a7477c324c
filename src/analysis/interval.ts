// How far a measured mean can be trusted: 95 % intervals.
//
//   mean of n values         x̄ ± t(0.975, n−1)·sd/√n        sd with n − 1; Student's t, as seeds are few
//   paired difference        the same of d_i = a_i − b_i      what both share (seed, split) cancels
//   accuracy k of n images   (k + z²/2)/(n + z²) ± z/(n + z²)·√(k(n−k)/n + z²/4),  z = 1.95996    Wilson 1927
//
// The first says how other seeds would vary, the last how other test images would: they answer different questions.

import {check, checkInteger} from "../check.js";
import {studentQuantile} from "./studentT.js";

export type Interval = {
  readonly n: number;
  readonly mean: number;
  /** Sample standard deviation (n − 1); undefined for one value. */
  readonly sd: number | undefined;
  /** 95 % interval of the mean; undefined for one value. */
  readonly low: number | undefined;
  readonly high: number | undefined;
};

const Z = 1.959963984540054;

const checkValues = (values: readonly number[]): readonly number[] =>
  check("values", values, values.length > 0 && values.every(Number.isFinite), "one or more finite numbers");

/** Arithmetic mean. */
export function mean(values: readonly number[]): number {
  checkValues(values);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sample standard deviation, with n − 1; undefined for one value. */
export function standardDeviation(values: readonly number[]): number | undefined {
  const centre = mean(values);
  if (values.length < 2) return undefined;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

/** Mean, sd and the 95 % t-interval of the mean. */
export function meanInterval(values: readonly number[]): Interval {
  const [n, centre, sd] = [values.length, mean(values), standardDeviation(values)];
  if (sd === undefined) return {n, mean: centre, sd, low: undefined, high: undefined};
  const half = (studentQuantile(0.975, n - 1) * sd) / Math.sqrt(n);
  return {n, mean: centre, sd, low: centre - half, high: centre + half};
}

/** The interval of the mean of a[i] − b[i], where a[i] and b[i] share their seed. */
export function pairedInterval(a: readonly number[], b: readonly number[]): Interval {
  check("paired values", [a.length, b.length], a.length === b.length, "two lists of one length");
  return meanInterval(a.map((value, i) => value - b[i]!));
}

/** Wilson's 95 % interval of an accuracy measured as `correct` of n images. */
export function accuracyInterval(correct: number, n: number): {accuracy: number; low: number; high: number; n: number} {
  checkInteger("n", n);
  check("correct", correct, correct >= 0 && correct <= n, `a number from 0 to ${n}`);
  const centre = (correct + (Z * Z) / 2) / (n + Z * Z);
  const half = (Z / (n + Z * Z)) * Math.sqrt((correct * (n - correct)) / n + (Z * Z) / 4);
  return {accuracy: correct / n, low: Math.max(0, centre - half), high: Math.min(1, centre + half), n};
}
