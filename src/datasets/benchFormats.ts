// SpikeNAS-Bench as text: the authors' log of one network, and a table with a row for each. What is read is verified, since a
// truncated copy would make a search race that nobody notices is wrong.

import {createHash} from "node:crypto";
import {paramsOf} from "../architectures/cost.js";
import {
  SPIKENAS_BENCH_SETTINGS,
  SPIKENAS_BENCH_SIZE,
  spikenasBenchArchitecture,
  type SpikenasBenchDataset,
  spikenasBenchId,
  spikenasBenchOps,
} from "../architectures/spikenasBench.js";
import {invalid} from "../check.js";
import {BENCH_EPOCHS, BENCH_NEURONS, type BenchEpoch, type BenchNetwork, type SpikenasBench} from "./spikenasBench.js";

const OPS = ["e01", "e02", "e03", "e12", "e13", "e23"];
const RATES = "c1_01 c1_02 c1_12 c1_03 c1_13 c1_23 c2_01 c2_02 c2_12 c2_03 c2_13 c2_23 down last cls all"
  .split(" ")
  .map((name) => `fr_${name}`);
const COLUMNS = ["id", ...OPS, "params", "epochs", ...BENCH_EPOCHS.map((e) => `val${e}`)]
  .concat("val_final", "val_best", "test")
  .concat(RATES, "seconds");
/** Module order of the edges, as places in id order. */
const MODULE_ORDER = [0, 1, 3, 2, 4, 5];

/** A network as the line of a table. */
export const benchLine = (n: BenchNetwork): string =>
  [n.id, ...n.ops, n.params, n.epochs, ...BENCH_EPOCHS.map((e) => n.validation[e]), n.validationFinal, n.validationBest]
    .concat(n.test, n.firingRates, n.meanFiringRate, n.seconds)
    .join(",");

/** The table of a data set as CSV. */
export const benchTable = (networks: readonly BenchNetwork[]): string =>
  `${[COLUMNS.join(","), ...networks.map(benchLine)].join("\n")}\n`;

/** sha256 of the table of a bench: the same however it was read. */
export const benchChecksum = ({networks}: SpikenasBench): string =>
  createHash("sha256").update(benchTable(networks)).digest("hex");

/** Reads a table; `where` names it in errors. */
export function parseBenchTable(text: string, where: string): BenchNetwork[] {
  const lines = text.split(/\r?\n/);
  const header = lines[0]!.split(",");
  const missing = COLUMNS.filter((name) => !header.includes(name));
  if (missing.length > 0) throw invalid(where, `no column ${missing[0]}`, `the columns ${COLUMNS.join(", ")}`);
  if (lines.at(-1) === "") lines.pop();
  else throw invalid(where, "it ends within a line", "a whole table; this one is truncated");
  const place = Object.fromEntries(header.map((name, i) => [name, i]));
  return lines.slice(1).map((line, i) => {
    const cells = line.split(",");
    const number = (column: string): number => {
      const cell = cells[place[column]!] ?? "";
      const value = Number(cell);
      if (cell.trim() === "" || !Number.isFinite(value))
        throw invalid(`${where}, line ${i + 2}`, `${column} ${cell}`, "a number in every column");
      return value;
    };
    return {
      id: number("id"),
      ops: OPS.map(number),
      params: number("params"),
      epochs: number("epochs"),
      validation: Object.fromEntries(BENCH_EPOCHS.map((e) => [e, number(`val${e}`)])) as Record<BenchEpoch, number>,
      validationFinal: number("val_final"),
      validationBest: number("val_best"),
      test: number("test"),
      firingRates: RATES.slice(0, -1).map(number),
      meanFiringRate: number("fr_all"),
      seconds: number("seconds"),
    };
  });
}

/** Validation accuracies by epoch, by id. */
export type BenchCurves = ReadonlyMap<number, readonly number[]>;

const CURVES_HEADER = "id,validation accuracy after each epoch in thousandths of a percent";
/** Without a header: correct images of 25,000. */
const [PER_PERCENT, COUNTS_PER_PERCENT] = [1000, 250];

/** The curves of networks that have one, a line each. */
export function curvesTable(networks: readonly BenchNetwork[]): string {
  const lines = networks.flatMap(({id, curve}) => (curve ? [[id, ...curve.map((v) => Math.round(PER_PERCENT * v))].join(",")] : [])); // prettier-ignore
  return `${[CURVES_HEADER, ...lines].join("\n")}\n`;
}

/** Reads such lines; those of other tables have no header, and correct images of 25,000. */
export function parseBenchCurves(text: string, where: string): BenchCurves {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) !== "") throw invalid(where, "it ends within a line", "a whole table; this one is truncated");
  const own = lines[0] === CURVES_HEADER;
  const scale = own ? PER_PERCENT : COUNTS_PER_PERCENT;
  const curves = new Map<number, readonly number[]>();
  for (const [i, line] of lines.slice(0, -1).entries()) {
    if (own && i === 0) continue;
    const [id = NaN, ...counts] = line.split(",").map((cell) => (/^\d+$/.test(cell) ? Number(cell) : NaN));
    if (Number.isNaN(id) || counts.length === 0 || !counts.every((count) => count <= 100 * scale))
      throw invalid(`${where}, line ${i + 1}`, line.slice(0, 40), `an id and integers from 0 to ${100 * scale}, one an epoch`); // prettier-ignore
    curves.set(id, counts.map((count) => count / scale)); // prettier-ignore
  }
  return curves;
}

/** The bench with its curves. Throws where they are of other networks or trainings. */
export function withCurves(bench: SpikenasBench, curves: BenchCurves, where: string): SpikenasBench {
  const networks = bench.networks.map((network) => {
    const curve = curves.get(network.id);
    if (!curve) return network;
    const close = (a: number, b: number): boolean => Math.abs(a - b) < 0.0021;
    const agrees =
      curve.length === network.epochs &&
      close(curve.at(-1)!, network.validationFinal) &&
      BENCH_EPOCHS.every((epoch) => close(curve[epoch - 1]!, network.validation[epoch]));
    if (!agrees) throw invalid(`${where}, network ${network.id}`, `${curve.length} epochs that end at ${curve.at(-1)} %`, `the ${network.epochs} epochs of its table, which end at ${network.validationFinal} %`); // prettier-ignore
    return {...network, curve};
  });
  return {...bench, networks};
}

const numbersIn = (line: string): number[] => (line.match(/-?\d+(?:\.\d+)?/g) ?? []).map(Number);

/** What a log holds by its columns: of Tiny-ImageNet it has the five best classes too. */
const LOGS = [
  {columns: 5, numbers: "four numbers", validation: 3, test: "test accuracy:"},
  {columns: 7, numbers: "six numbers", validation: 4, test: "test top1:"},
] as const;

/** The validation accuracy after each epoch, and what the test line of such a log begins with. */
function curveOf(lines: readonly string[], where: string): {curve: number[]; test: string} {
  const rows = lines.filter((line) => /^\d+(\.0+)?, /.test(line)).map(numbersIn);
  const form = LOGS.find(({columns}) => rows[0]?.length === columns) ?? LOGS[0];
  rows.forEach((row, i) => {
    if (row.length !== form.columns || row[0] !== i)
      throw invalid(where, `epoch ${row.join(", ")}`, `epoch ${i} with ${form.numbers}`);
  });
  if (rows.length < 60) throw invalid(where, `${rows.length} epochs`, "at least 60");
  return {curve: rows.map((row) => row[form.validation]!), test: form.test};
}

/** Reads a network's log, train_process.txt. */
export function parseBenchLog(text: string, where: string): BenchNetwork {
  const lines = text.trim().split(/\r?\n/);
  const after = (label: string): string => {
    const line = lines.find((other) => other.startsWith(label));
    if (line === undefined)
      throw invalid(where, `no line "${label}"`, "a whole log of SpikeNAS-Bench; this one is cut or of another kind");
    return line.slice(label.length);
  };
  const [id = NaN] = numbersIn(after("architecture id:"));
  const [params = NaN] = numbersIn(after("model parameters:"));
  const {curve, test: label} = curveOf(lines, where);
  const [test = NaN] = numbersIn(after(label));
  const rates = numbersIn(after("firing rate of layers:"));
  const [hours = NaN, minutes = NaN, seconds = NaN] = numbersIn(after("Elapsed time:"));
  if (rates.length !== 16) throw invalid(where, `${rates.length} firing rates`, "15 and their mean");
  return {
    id,
    ops: spikenasBenchOps(id),
    params,
    epochs: curve.length,
    validation: Object.fromEntries(BENCH_EPOCHS.map((e) => [e, curve[e - 1]!])) as Record<BenchEpoch, number>,
    validationFinal: curve.at(-1)!,
    validationBest: Math.max(...curve),
    curve,
    test,
    firingRates: rates.slice(0, 15),
    meanFiringRate: rates[15]!,
    seconds: Math.round(10 * (3600 * hours + 60 * minutes + seconds)) / 10,
  };
}

const isConv = (op: number): boolean => op >= 2;
const bases = new Map<number, SpikenasBenchDataset>();
const perConv = paramsOf(spikenasBenchArchitecture(2)) - paramsOf(spikenasBenchArchitecture(0));

/** The data set that a network was trained on: its parameters tell. */
export function benchDatasetOf({id, ops, params}: BenchNetwork, where: string): SpikenasBenchDataset {
  if (bases.size === 0)
    for (const name of Object.keys(SPIKENAS_BENCH_SETTINGS) as SpikenasBenchDataset[])
      bases.set(paramsOf(spikenasBenchArchitecture(0, name)), name);
  const extra = perConv * ops.filter(isConv).length;
  const dataset = bases.get(params - extra);
  if (dataset === undefined) {
    const possible = [...bases].map(([base, name]) => `${base + extra} (${name})`).join(", ");
    throw invalid(`${where}, network ${id}`, `${params} parameters`, `${possible}, by its cell`);
  }
  return dataset;
}

/** Throws on a row that cannot have been measured. */
function verifyNetwork(n: BenchNetwork, dataset: SpikenasBenchDataset, where: string): void {
  const fail = (value: string, expected: string): never => {
    throw invalid(`${where}, network ${n.id}`, value, expected);
  };
  const known = n.ops.every((op) => Number.isInteger(op) && op >= 0 && op <= 4);
  if (!known || spikenasBenchId(n.ops) !== n.id) fail(`ops ${n.ops.join(" ")}`, "the base-5 digits of its id");
  const percents = {...n.validation, final: n.validationFinal, best: n.validationBest, test: n.test};
  for (const [name, value] of Object.entries(percents))
    if (value < 0 || value > 100) fail(`accuracy ${name} ${value}`, "a percentage from 0 to 100");
  if (n.validationBest < Math.max(n.validationFinal, ...Object.values(n.validation)))
    fail(`best validation accuracy ${n.validationBest}`, "no less than that of any epoch");
  n.firingRates.forEach((rate, i) => {
    const fires = i >= 12 || isConv(n.ops[MODULE_ORDER[i % 6]!]!);
    if (fires ? rate < 0 || rate > 1 : rate !== -1)
      fail(`firing rate ${rate} of unit ${i}`, fires ? "a number from 0 to 1" : "-1: its edge has no LIF");
  });
  const units = BENCH_NEURONS[dataset];
  const present = n.firingRates.map((rate, i) => (rate >= 0 ? units[i]! : 0));
  const fired = n.firingRates.reduce((sum, rate, i) => sum + rate * present[i]!, 0);
  const mean = fired / present.reduce((sum, count) => sum + count, 0);
  if (Math.abs(mean - n.meanFiringRate) > 0.00101) fail(`mean firing rate ${n.meanFiringRate}`, `${mean.toFixed(3)}`);
  if (!(n.seconds > 0)) fail(`${n.seconds} seconds`, "a number > 0");
}

/** Checks every row and that none is missing or doubled; returns the bench. */
export function verifyBench(networks: readonly BenchNetwork[], where: string): SpikenasBench {
  if (networks.length === 0) throw invalid(where, "no networks", "rows of SpikeNAS-Bench");
  const sorted = [...networks].sort((a, b) => a.id - b.id);
  const dataset = benchDatasetOf(sorted[0]!, where);
  sorted.forEach((n, i) => {
    verifyNetwork(n, dataset, where);
    if (n.id === sorted[i - 1]?.id) throw invalid(where, `network ${n.id} twice`, "each network once");
  });
  for (const n of sorted) {
    const other = benchDatasetOf(n, where);
    if (other !== dataset)
      throw invalid(`${where}, network ${n.id}`, `trained on ${other}`, `${dataset}, as the others`);
  }
  if (dataset === "cifar10" && sorted.length !== SPIKENAS_BENCH_SIZE)
    throw invalid(
      where,
      `${sorted.length} networks for CIFAR-10`,
      `all ${SPIKENAS_BENCH_SIZE}; this copy is truncated`,
    );
  return {dataset, networks: sorted, source: where};
}
