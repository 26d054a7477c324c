// How the terminal prints measured quantities: units and digits of their columns, from the one table of them.

import {MEASURE_NAMES, measureOf, type MeasureName} from "../records/measures.js";
import type {TableOptions} from "./formatTable.js";

type Format = Required<Pick<TableOptions, "units">> & {readonly digits: Readonly<Record<string, number>>};

type Column = readonly [name: string, unit: string, digits: number];

const formatOf = (columns: readonly Column[]): Format => ({
  units: Object.fromEntries(columns.flatMap(([column, unit]) => (unit ? [[column, unit]] : []))),
  digits: Object.fromEntries(columns.map(([column, , digits]) => [column, digits])),
});

/** For rows of a summary, where quantities stand scaled under their names, with the bounds of their intervals. */
export const SUMMARY_FORMAT: Format = formatOf([
  ...MEASURE_NAMES.flatMap((name): Column[] => {
    const {unit, digits} = measureOf(name);
    return [
      [name, unit, digits],
      [`${name}Low`, "95 %", digits],
      [`${name}High`, "95 %", digits],
    ];
  }),
  ["difference", "points", 1],
]);

/** For rows of trials, where they stand unscaled: fractions and powers of ten need digits of their own. */
export const TRIAL_FORMAT: Format = formatOf(
  MEASURE_NAMES.map((name) => {
    const {field, column = field, unit, scale, digits} = measureOf(name);
    return [column, scale === 1 ? unit : "", Math.max(0, digits + Math.round(Math.log10(scale)))];
  }),
);

/** The columns of a table of trials that hold these quantities. */
export const columnsOfTrials = (names: readonly MeasureName[]): string[] =>
  names.map((name) => {
    const {field, column = field} = measureOf(name);
    return column;
  });
