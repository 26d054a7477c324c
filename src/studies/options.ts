// Options that several studies share, as plain data, and how their values are read.

import {type Budget, parseBytes, validateBudget} from "../architectures/budget.js";
import type {KernelSize, Op} from "../architectures/ops.js";
import {invalid} from "../check.js";
import {isKernelSize, KERNEL_SIZE_RULE} from "../graphs/ops.js";
import {numberIn} from "../ranges.js";
import type {Given, StudyOption} from "./study.js";

/** The sizes that `text` lists, parted by `separator`; `whole` is what the user typed. */
export const kernelsOf = (what: string, text: string, separator: string, whole = text): KernelSize[] =>
  text.split(separator).map((part) => {
    const size = Number(part);
    if (!isKernelSize(size)) throw invalid(what, whole, `${what}, each ${KERNEL_SIZE_RULE}, such as 1${separator}3`);
    return size;
  });

export const kernelSetsOf = (text: string): KernelSize[][] =>
  text.split(",").map((set) => kernelsOf("kernel sizes", set, "+", text));

/** Ops by name; the space that they are taken from says which there are. */
export const opsOf = (text: string): Op[] => text.split(",").map((op) => op.trim() as Op);

/** A limit on the weights; `what` says what becomes of networks beyond it. */
export const budgetOptions = (what: string): StudyOption[] => [
  {name: "maxParams", value: "<n>", help: `parameters: ${what}`, parse: numberIn("maxParams")},
  {
    name: "maxBytes",
    value: "<size>",
    help: "the same in bytes of the weights at --bits, such as 2MB",
    parse: parseBytes,
  },
];

/** How the cells of a network are wired. */
export const WIRINGS = ["shared", "perCell"] as const;
export type Wiring = (typeof WIRINGS)[number];

/** The options of studies that draw networks. */
export const DRAW_OPTIONS: readonly StudyOption[] = [
  {name: "wiring", value: "<how>", help: "one wiring for all cells, or one for each", choices: WIRINGS},
  ...budgetOptions("networks with more are drawn again"),
];

/** The budget that was given, at the given precision; empty where none was. */
export function budgetOf({maxParams, maxBytes, bits}: Given): Budget {
  const limits = {maxParams, maxBytes, bits: maxBytes === undefined ? undefined : bits};
  return validateBudget(picked(limits, Object.keys(limits)));
}

/** The entries of `given` that are named and were said. */
export const picked = (given: Given, names: readonly string[]): Given =>
  Object.fromEntries(names.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])));
