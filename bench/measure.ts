// The works that are measured: what each is, how both sides run it at their best on two cores, and the ratio of the two.

import {availableParallelism} from "node:os";
import type {Cell} from "../src/architectures/cell.js";
import {CELL, randomCells, withKernels} from "./cells.js";
import {type Answer, median, OURS, runLanes, type Settings, type Side} from "./lanes.js";

export type Row = {
  readonly work: string;
  readonly ours: number;
  /** null where the peer is absent or was not asked. */
  readonly peer: number | null;
  readonly unit: string;
  /** How many times faster (or smaller) ours is. */
  readonly ratio: number | null;
  /** The settings at which each side was fastest. */
  readonly oursAt: string;
  readonly peerAt: string;
  /** What kind of work it is: "training, atan", "memory", "scoring". */
  readonly kind: string;
  readonly channels: number;
  /** The size of the kernels in the place of 3×3. */
  readonly k: number;
};

/** A work of the table: what its row says of it. */
type Title = Pick<Row, "work" | "kind" | "channels" | "k">;

export type Context = {
  /** undefined: PyTorch is absent. */
  readonly peer: Side | undefined;
  readonly quick: boolean;
  readonly tell: (line: string) => void;
  /** Takes every row as soon as it is measured. */
  readonly add: (row: Row) => void;
};

export const CORES = Math.min(2, availableParallelism());

export type Setting = {readonly name: string; readonly lanes: number; readonly threads: number};
/** A process a core, or one with a thread a core. */
const PEER_SETTINGS: readonly Setting[] = [
  {name: `${CORES} processes, 1 thread each`, lanes: CORES, threads: 1},
  {name: `1 process, ${CORES} threads`, lanes: 1, threads: CORES},
];
const OUR_SETTINGS: readonly Setting[] = [{name: `${CORES} processes`, lanes: CORES, threads: 1}];

export type Best = {readonly rate: number; readonly at: string; readonly bytes: number};

/** A setting is not measured where its warm-up is this much slower than that of one before. */
const HOPELESS = 1.25;

/** The highest rate (things a second, all lanes together) over the settings. `things`: how many one of `ms` stands for. */
export async function fastest(
  side: Side,
  settings: readonly Setting[],
  work: Settings,
  things: number,
  split?: (lane: number, lanes: number) => object,
): Promise<Best> {
  let best: Best = {rate: 0, at: "", bytes: 0};
  let warmest = 0;
  for (const {name, lanes, threads} of settings) {
    const asked = Array.from({length: lanes}, (_, i) => ({...work, threads, ...split?.(i, lanes)}));
    // All first lanes warm up with the same work; a side without choice says nothing of it.
    const worthIt = ([ready]: readonly Answer[]): boolean => {
      if (ready!.warm === undefined) return true;
      const warm = lanes / (ready!.warm as number);
      warmest = Math.max(warmest, warm);
      return HOPELESS * warm >= warmest;
    };
    const found = await runLanes(side, asked, worthIt);
    if (found.length === 0) continue;
    // Of steps the median, since all are alike; of candidates the mean, since each is another network.
    const rate = found.reduce((sum, {result}) => {
      const ms = result.ms as number[];
      const typical = split ? ms.reduce((a, b) => a + b, 0) / ms.length : median(ms);
      return sum + (1000 * things) / typical;
    }, 0);
    const format = found[0]!.ready.format as string | undefined;
    const bytes = Math.max(...found.map(({result}) => (result.bytes as number | undefined) ?? 0));
    if (rate > best.rate) best = {rate, at: format ? `${name}, ${format}` : name, bytes};
  }
  return best;
}

const row = (title: Title, unit: string, ours: Best, peer: Best | undefined): Row => ({
  work: title.work,
  ours: ours.rate,
  peer: peer?.rate ?? null,
  unit,
  ratio: peer ? ours.rate / peer.rate : null,
  oursAt: ours.at,
  peerAt: peer?.at ?? "absent",
  kind: title.kind,
  channels: title.channels,
  k: title.k,
});

/** Images of a training step. */
export const BATCH = 32;

/** A training step to measure. */
export type Training = {readonly channels: number; readonly k: number; readonly surrogate: string};

/**
 * The training steps of the parts "train" (every surrogate at 3×3) and "kernels" (atan at every size), each once, by channels.
 */
export function trainingWorks(parts: {readonly train: boolean; readonly kernels: boolean}, quick: boolean): Training[] {
  const sizes = parts.kernels ? (quick ? [3, 7] : [1, 3, 5, 7, 9]) : [3];
  const others = parts.train && !quick ? ["triangular", "rectangular"] : [];
  if (!parts.train && !parts.kernels) return [];
  return (quick ? [16] : [16, 64]).flatMap((channels) => [
    ...sizes.map((k) => ({channels, k, surrogate: "atan"})),
    ...others.map((surrogate) => ({channels, k: 3, surrogate})),
  ]);
}

/** Steps that are measured, after two that are not: the longer one takes, the fewer. */
const repeatsOf = ({channels, k, surrogate}: Training, quick: boolean): number =>
  quick ? 5 : channels === 16 ? 12 : k <= 3 && surrogate === "atan" ? 5 : 3;

/** Training steps of SNASNet's network: batch 32, T = 5, pool 4, AdamW. */
export async function measureTraining({peer, quick, tell, add}: Context, works: readonly Training[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const training of works) {
    const {channels, k, surrogate} = training;
    const title = `training step, C=${channels}, batch ${BATCH}, ${surrogate}, k=${k}`;
    tell(title);
    const cell = withKernels(CELL, k);
    const work = {work: "train", cell, channels, surrogate, batch: BATCH, repeats: repeatsOf(training, quick)};
    const ours = await fastest(OURS, OUR_SETTINGS, work, BATCH);
    const theirs = peer && (await fastest(peer, PEER_SETTINGS, work, BATCH));
    rows.push(row({work: title, kind: `training, ${surrogate}`, channels, k}, "images/s", ours, theirs));
    add(rows.at(-1)!);
  }
  return rows;
}

/** By how much a process grows at most over training steps at C = 64, one process of each side. */
export async function measureMemory({peer, quick, tell, add}: Context): Promise<Row[]> {
  const rows: Row[] = [];
  for (const k of quick ? [] : [3, 7]) {
    const title = `memory of a training step, C=64, batch ${BATCH}, k=${k}`;
    tell(title);
    const settings = {work: "train", cell: withKernels(CELL, k), channels: 64, surrogate: "atan", batch: BATCH};
    const peak = async (side: Side, more: object): Promise<number> => {
      const [lane] = await runLanes(side, [{...settings, threads: CORES, repeats: 1, ...more}]);
      return (lane!.result.bytes as number) / 2 ** 20;
    };
    const ours = await peak(OURS, {});
    const theirs = peer ? await peak(peer, {format: "channels last"}) : null;
    rows.push({
      ...{work: title, ours, peer: theirs, unit: "MiB", ratio: theirs === null ? null : theirs / ours},
      ...{oursAt: "1 process", peerAt: peer ? "1 process, channels last" : "absent"},
      ...{kind: "memory", channels: 64, k},
    });
    add(rows.at(-1)!);
  }
  return rows;
}

/** Candidates to score: `count` random cells. The time of the peer decides how many. */
const SCORING = [
  {channels: 16, k: 3, count: 20},
  {channels: 64, k: 3, count: 20},
  {channels: 128, k: 3, count: 8},
  {channels: 16, k: 5, count: 12},
  {channels: 64, k: 5, count: 6},
  {channels: 16, k: 7, count: 12},
  {channels: 64, k: 7, count: 6},
];

/** SAHD over all LIF layers and timesteps: batch 64, two measurements, mean over random cells of SNASNet's forward space. */
export async function measureScoring({peer, quick, tell, add}: Context): Promise<Row[]> {
  const rows: Row[] = [];
  for (const {channels, k, count} of quick ? [{channels: 16, k: 3, count: 6}] : SCORING) {
    const cells = randomCells(count).map((cell) => withKernels(cell, k));
    const title = `score a candidate, C=${channels}, batch 64, ${count} cells, k=${k}`;
    tell(title);
    const work = {work: "score", channels, batch: 64, measurements: 2};
    const share = (lane: number, lanes: number): {cells: Cell[]} => ({
      cells: cells.filter((_, i) => i % lanes === lane),
    });
    const ours = await fastest(OURS, OUR_SETTINGS, work, 1, share);
    const theirs = peer && (await fastest(peer, PEER_SETTINGS, work, 1, share));
    rows.push(row({work: title, kind: "scoring", channels, k}, "candidates/s", ours, theirs));
    add(rows.at(-1)!);
  }
  return rows;
}

export type ConvPoint = {
  readonly channels: number;
  readonly side: number;
  readonly k: number;
  readonly rate: number;
  /** How ours goes over the spikes: by events, or otherwise (look-ups in tables of "windows"), which takes the same at any rate. */
  readonly by: string;
  /** Milliseconds of 32 maps on one core, and of the peer on one thread. */
  readonly ours: number;
  readonly tfjs: number;
  readonly peer: number | null;
};

/** One convolution of spikes on one core: ours, the dense one of tfjs's wasm backend, and oneDNN's. */
export async function measureConvolution({peer, quick, tell}: Context): Promise<ConvPoint[]> {
  const shapes = quick ? [{channels: 16, side: 32}] : [{channels: 16, side: 32}, {channels: 64, side: 32}, {channels: 128, side: 16}]; // prettier-ignore
  const rates = quick ? [0.05, 0.15, 0.3] : [0.02, 0.05, 0.1, 0.15, 0.2, 0.3];
  const cases = shapes.flatMap((shape) =>
    (quick ? [3] : [1, 3, 5, 7]).flatMap((k) => rates.map((rate) => ({...shape, k, rate}))),
  );
  tell(`convolutions of spikes: ${cases.length} cases`);
  const work = {work: "conv", cases, images: 32, repeats: 5, threads: 1};
  const [ours] = await runLanes(OURS, [work]);
  const [theirs] = peer ? await runLanes(peer, [work]) : [];
  return cases.map((one, i) => ({
    ...one,
    by: (ours!.result.by as string[])[i]!,
    ours: (ours!.result.ms as number[])[i]!,
    tfjs: (ours!.result.dense as number[])[i]!,
    peer: theirs ? (theirs.result.ms as number[])[i]! : null,
  }));
}

export type RowOfCandidates = {readonly candidates: number; readonly tensors: number; readonly bytes: number};

/** A thousand candidates one after the other in one process: what stays behind. */
export async function measureRow({quick, tell}: Context): Promise<RowOfCandidates[]> {
  const count = quick ? 300 : 1000;
  tell(`${count} candidates in a row`);
  const work = {work: "row", channels: 16, batch: 64, size: 8, cells: randomCells(count)};
  const [found] = await runLanes(OURS, [work]);
  return found!.result.points as RowOfCandidates[];
}

type Checked = {
  readonly x: number[];
  readonly labels: number[];
  readonly logits: number[];
  readonly score: number;
  readonly weights: object;
  readonly gradients: Record<string, {values: number[]}>;
};

export type Check = {
  readonly k: number;
  readonly seed: number;
  readonly logits: number;
  readonly gradients: number;
  readonly score: number;
};

const largest = (values: readonly number[]): number => values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
const gap = (a: readonly number[], b: readonly number[]): number => largest(a.map((value, i) => value - b[i]!));

/** What `checkPeer` compares, of kernels of one size and one draw of weights and images. */
async function checkOnce(peer: Side, k: number, seed: number, surrogate: string): Promise<Check> {
  const asked = {work: "check", cell: withKernels(CELL, k), channels: 16, batch: 3, hidden: 256, surrogate};
  const [lane] = await runLanes(OURS, [{...asked, seed}]);
  const {x, labels, weights, logits, gradients, score} = lane!.result as unknown as Checked;
  const [other] = await runLanes(peer, [{...asked, size: 32, x, labels, weights}]);
  const theirs = other!.result as {logits: number[]; gradients: Record<string, number[]>; sahd: number};
  const ours = Object.entries(gradients);
  const gaps = ours.map(([name, {values}]) => gap(values, theirs.gradients[name]!));
  return {
    k,
    seed,
    logits: gap(logits, theirs.logits) / largest(logits),
    gradients: largest(gaps) / largest(ours.map(([, {values}]) => largest(values))),
    score: Math.abs(score - theirs.sahd) / Math.abs(score),
  };
}

/**
 * Whether the peer computes the same network: the largest differences of logits, of all gradients and of the score for one
 * set of weights and images, relative to their largest. Of several draws some differ by more: a potential within a rounding
 * error of the threshold fires on one side alone.
 */
export async function checkPeer(
  peer: Side,
  {kernelSizes = [3, 5, 7], seeds = 3, surrogate = "atan"}: {kernelSizes?: number[]; seeds?: number; surrogate?: string} = {}, // prettier-ignore
): Promise<Check[]> {
  const checks: Check[] = [];
  for (const k of kernelSizes)
    for (let seed = 1; seed <= seeds; ++seed) checks.push(await checkOnce(peer, k, seed, surrogate));
  return checks;
}
