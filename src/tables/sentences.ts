// Numbers and comparisons as parts of a sentence, so that prose states what was measured and cannot go stale.
//
//   +0.3 points (n = 5, 95 % interval −1.3 to +1.9): no difference shown

import {type Difference, type Verdict, verdictOf} from "../analysis/verdict.js";

/** A fraction in percent: 0.906 is "90.6 %". */
export const percent = (fraction: number, digits = 1): string => `${(100 * fraction).toFixed(digits)} %`;

/** With its sign, minus as a minus: "+0.3", "−1.3", "0.0". */
export function signed(value: number, digits = 1): string {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return `${value < 0 ? "−" : "+"}${text}`;
}

/** A count with its thousands apart: "12,345". */
export const thousands = (count: number): string => Math.round(count).toLocaleString("en-US");

/** "a", "a and b", "a, b and c"; `none` where there is nothing to list. */
export function enumerated(items: readonly unknown[], none = "none"): string {
  const words = items.map(String);
  if (words.length < 2) return words[0] ?? none;
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** What each verdict reads as at the end of a sentence. */
export type VerdictWords = Readonly<Record<Verdict, string>>;
const WORDS: VerdictWords = {
  higher: "higher",
  lower: "lower",
  equivalent: "equivalent within the margin",
  notShown: "no difference shown",
};

export type DifferenceOptions = {
  readonly unit?: string;
  /** Digits after the point. */
  readonly digits?: number;
  /** Words of single verdicts; the others keep theirs. */
  readonly says?: Partial<VerdictWords>;
  /** See `verdictOf`. */
  readonly margin?: number;
};

/** A difference with n, its interval and what it shows. */
export function differenceText(difference: Difference, options: DifferenceOptions = {}): string {
  const {unit = "points", digits = 1, says, margin} = options;
  const {n, mean, low, high} = difference;
  const number = (value: number): string => signed(value, digits);
  const range =
    low === undefined || high === undefined ? "no interval" : `95 % interval ${number(low)} to ${number(high)}`;
  const verdict = {...WORDS, ...says}[verdictOf(difference, {margin})];
  return `${number(mean)}${unit && ` ${unit}`} (n = ${n}, ${range}): ${verdict}`;
}

/** A row of a comparison: a group's accuracy minus that of the reference group; the reference has no difference. */
export type ComparedRow = {
  readonly group: unknown;
  readonly n: number;
  readonly difference?: number;
  readonly differenceLow?: number;
  readonly differenceHigh?: number;
};

/** A Markdown list with one line a group that has a difference; `name` says what the difference is of. */
export function differenceList(
  rows: readonly ComparedRow[],
  name: (group: string) => string,
  options: DifferenceOptions = {},
): string {
  return rows
    .filter(({difference}) => difference !== undefined)
    .map(({group, n, difference, differenceLow: low, differenceHigh: high}) => {
      const text = differenceText({n, mean: difference!, low, high}, options);
      return `* ${name(String(group))}: ${text}`;
    })
    .join("\n");
}
