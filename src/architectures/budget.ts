// A hard budget: what a device can hold, asked in closed form before anything is built.
//
//   params ≤ maxParams      ⌈params·bits/8⌉ ≤ maxBytes      activation + state bytes of one image ≤ maxWorkingBytes
//
// SpikeNAS (arXiv 2402.11322) gates its search by memory; the parameters have a closed form (cost.ts), so that a candidate
// costs a few additions for each of its edges. An impossible budget is an error before the search, not an endless search.

import {checkOptions, InputError, invalid} from "../check.js";
import {inRange} from "../ranges.js";
import {activationBytes, paramsOf, stateBytes, weightBytes} from "./cost.js";
import type {NetworkDescription} from "./description.js";
import {architectureOf, formatCells, type NetworkSpace, smallestCells} from "./networkSpace.js";

export type Budget = {
  readonly maxParams?: number;
  /** Bytes of the weights at `bits` each. */
  readonly maxBytes?: number;
  /** Precision of the weights, 32 unless given. */
  readonly bits?: number;
  /** Bytes of one image's activations at one timestep and of the state between timesteps, at 32 bits, none reused. */
  readonly maxWorkingBytes?: number;
};

/** Returns `budget`, or throws. */
export function validateBudget(budget: Budget): Budget {
  checkOptions("budget", budget, ["maxParams", "maxBytes", "bits", "maxWorkingBytes"]);
  const {maxParams, maxBytes, bits, maxWorkingBytes} = budget;
  if (maxParams !== undefined) inRange("maxParams", maxParams);
  if (maxBytes !== undefined) inRange("maxBytes", maxBytes);
  if (maxWorkingBytes !== undefined) inRange("maxWorkingBytes", maxWorkingBytes);
  if (bits !== undefined) inRange("bits", bits);
  return budget;
}

type Excess = {readonly what: "params" | "bytes" | "working bytes"; readonly value: number; readonly limit: number};

/** The limits that an architecture breaks, with what it needs; empty when it fits. */
export function excessOf(a: NetworkDescription, {maxParams, maxBytes, bits = 32, maxWorkingBytes}: Budget): Excess[] {
  const found: Excess[] = [];
  const compare = (what: Excess["what"], limit: number | undefined, value: () => number): void => {
    if (limit !== undefined && value() > limit) found.push({what, value: value(), limit});
  };
  compare("params", maxParams, () => paramsOf(a));
  compare("bytes", maxBytes, () => weightBytes(a, bits));
  compare("working bytes", maxWorkingBytes, () => activationBytes(a) + stateBytes(a));
  return found;
}

export const fitsBudget = (a: NetworkDescription, budget: Budget): boolean => excessOf(a, budget).length === 0;

/** Throws when not even the smallest network of the space fits; the error says what that network needs. */
export function checkFeasible(networks: NetworkSpace, budget: Budget): void {
  validateBudget(budget);
  const cells = smallestCells(networks);
  const [excess] = excessOf(architectureOf(networks, cells), budget);
  if (!excess) return;
  const at = excess.what === "bytes" ? ` at ${budget.bits ?? 32} bits` : "";
  throw invalid(
    `max ${excess.what}`,
    excess.limit,
    `at least ${excess.value}${at}: the smallest network of ${networks.name}, ${networks.cellCount} cell(s) ${formatCells(cells)}, ` +
      `${networks.network.channels} channels, pool ${networks.network.pool}, needs that`,
  );
}

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

/** Reads "2MB", "512 kB", "1.5MiB" or a number of bytes. */
export function parseBytes(text: string): number {
  const [, number = "", unit = ""] = /^\s*(\d+(?:\.\d+)?(?:e\d+)?)\s*([A-Za-z]*)\s*$/.exec(text) ?? [];
  const scale = Object.entries(UNITS).find(([name]) => name.toLowerCase() === unit.toLowerCase())?.[1];
  if (number === "" || scale === undefined)
    throw new InputError(`invalid number of bytes: ${text}; expected such as 2MB, 512kB, 1.5MiB or 2000000`);
  return Number(number) * scale;
}
