// The works that are measured: what each is, how both sides run it at their best on two cores, and the ratio of the two.

import {availableParallelism} from "node:os";
import {type Cell, parseCell} from "../src/architectures/cell.js";
import {SNASNET_OPS} from "../src/architectures/ops.js";
import {sampleCell, SNASNET_FORWARD} from "../src/architectures/spaces.js";
import {random, randomKey} from "../src/random.js";
import {median, OURS, runLanes, type Settings, type Side} from "./lanes.js";

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
};

export type Context = {
  /** undefined: PyTorch is absent. */
  readonly peer: Side | undefined;
  readonly quick: boolean;
  readonly tell: (line: string) => void;
};

const CELL = parseCell("0333 0012 0003 0000");
const CORES = Math.min(2, availableParallelism());

/** A cell in the peer's codes, SNASNet's. */
const codes = (cell: Cell): number[][] => cell.map((row) => row.map((op) => SNASNET_OPS.indexOf(op)));

type Setting = {readonly name: string; readonly lanes: number; readonly threads: number};
/** One process with two threads, or two processes of one thread. */
const PEER_SETTINGS: readonly Setting[] = [
  {name: `1 process, ${CORES} threads`, lanes: 1, threads: CORES},
  {name: `${CORES} processes, 1 thread each`, lanes: CORES, threads: 1},
];
const OUR_SETTINGS: readonly Setting[] = [{name: `${CORES} processes`, lanes: CORES, threads: 1}];

type Best = {readonly rate: number; readonly at: string; readonly bytes: number};

/** The highest rate (things a second, all lanes together) over the settings. `things`: how many one of `ms` stands for. */
async function fastest(
  side: Side,
  settings: readonly Setting[],
  work: Settings,
  things: number,
  split?: (lane: number, lanes: number) => object,
): Promise<Best> {
  let best: Best = {rate: 0, at: "", bytes: 0};
  for (const {name, lanes, threads} of settings) {
    const asked = Array.from({length: lanes}, (_, i) => ({...work, threads, ...split?.(i, lanes)}));
    const found = await runLanes(side, asked);
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

const row = (work: string, unit: string, ours: Best, peer: Best | undefined): Row => ({
  work,
  ours: ours.rate,
  peer: peer?.rate ?? null,
  unit,
  ratio: peer ? ours.rate / peer.rate : null,
  oursAt: ours.at,
  peerAt: peer?.at ?? "absent",
});

/** Training steps of SNASNet's network: batch 32, T = 5, pool 4, AdamW. */
export async function measureTraining({peer, quick, tell}: Context): Promise<Row[]> {
  const rows: Row[] = [];
  for (const channels of quick ? [16] : [16, 64])
    for (const surrogate of quick ? ["atan"] : ["atan", "triangular", "rectangular"]) {
      const title = `training step, C=${channels}, batch 32, ${surrogate}`;
      tell(title);
      const work = {work: "train", channels, surrogate, batch: 32, repeats: quick ? 5 : channels === 16 ? 12 : 5};
      const ours = await fastest(OURS, OUR_SETTINGS, {...work, cell: CELL}, 32);
      const theirs = peer && (await fastest(peer, PEER_SETTINGS, {...work, cell: codes(CELL)}, 32));
      rows.push(row(title, "images/s", ours, theirs));
      if (channels === 64 && surrogate === "rectangular")
        rows.push(await measureMemory(peer, {...work, surrogate: "atan"}, tell));
    }
  return rows;
}

/** By how much a process grows at most over training steps, one process of each side. */
async function measureMemory(peer: Side | undefined, work: Settings, tell: Context["tell"]): Promise<Row> {
  const title = "memory of a training step, C=64, batch 32";
  tell(title);
  const bytes = async (side: Side, setting: Settings): Promise<number> =>
    ((await runLanes(side, [{...setting, threads: CORES, repeats: 3}]))[0]!.result.bytes as number) / 2 ** 20;
  const ours = await bytes(OURS, {...work, cell: CELL});
  const theirs = peer ? await bytes(peer, {...work, cell: codes(CELL), format: "channels last"}) : null;
  return {
    ...{work: title, ours, peer: theirs, unit: "MiB", ratio: theirs === null ? null : theirs / ours},
    ...{oursAt: "1 process", peerAt: peer ? "1 process, channels last" : "absent"},
  };
}

const cellsOf = (count: number): Cell[] => {
  const stream = random(randomKey(1, "bench", "cells"));
  return Array.from({length: count}, () => sampleCell(SNASNET_FORWARD, stream));
};

/** SAHD over all LIF layers and timesteps: batch 64, two measurements, mean over random cells of SNASNet's forward space. */
export async function measureScoring({peer, quick, tell}: Context): Promise<Row[]> {
  const rows: Row[] = [];
  for (const channels of quick ? [16] : [16, 64, 128]) {
    const count = quick ? 6 : channels === 128 ? 8 : 20;
    const cells = cellsOf(count);
    const title = `score a candidate, C=${channels}, batch 64, ${count} cells`;
    tell(title);
    const work = {work: "score", channels, batch: 64, measurements: 2};
    const share =
      <T>(list: readonly T[]) =>
      (lane: number, lanes: number) => ({
        cells: list.filter((_, i) => i % lanes === lane),
      });
    const ours = await fastest(OURS, OUR_SETTINGS, work, 1, share(cells));
    const theirs = peer && (await fastest(peer, PEER_SETTINGS, work, 1, share(cells.map(codes))));
    rows.push(row(title, "candidates/s", ours, theirs));
  }
  return rows;
}

export type ConvPoint = {
  readonly channels: number;
  readonly side: number;
  readonly k: number;
  readonly rate: number;
  /** How ours goes over the spikes: by events, or by look-ups in tables of windows, which take the same at any rate. */
  readonly by: "events" | "windows";
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
    by: (ours!.result.by as ConvPoint["by"][])[i]!,
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
  const work = {work: "row", channels: 16, batch: 64, size: 8, cells: cellsOf(count)};
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
  readonly seed: number;
  readonly logits: number;
  readonly gradients: number;
  readonly score: number;
};

/**
 * Whether the peer computes the same network: the largest differences of logits, of all gradients and of the score for one
 * set of weights and images, relative to their largest. Of several draws some differ by more: a potential within a rounding
 * error of the threshold fires on one side alone.
 */
export async function checkPeer(peer: Side, {seeds = 3, surrogate = "atan"} = {}): Promise<Check[]> {
  const checks: Check[] = [];
  for (let seed = 1; seed <= seeds; ++seed) {
    const [{result}] = (await runLanes(OURS, [{work: "check", cell: CELL, surrogate, seed}])) as unknown as [
      {result: unknown},
    ];
    const {x, labels, weights, logits, gradients, score} = result as Checked;
    const asked = {work: "check", cell: codes(CELL), channels: 4, hidden: 32, size: 32, surrogate, x, labels, weights};
    const [answer] = (await runLanes(peer, [asked])) as unknown as [{result: unknown}];
    const theirs = answer.result as {logits: number[]; gradients: Record<string, number[]>; sahd: number};
    const gap = (a: readonly number[], b: readonly number[]): number =>
      a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
    const size = (a: readonly number[]): number => a.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12);
    const largest = size(Object.values(gradients).map(({values}) => size(values)));
    checks.push({
      seed,
      logits: gap(logits, theirs.logits) / size(logits),
      gradients: Math.max(...Object.entries(gradients).map(([name, {values}]) => gap(values, theirs.gradients[name]!))) / largest, // prettier-ignore
      score: Math.abs(score - theirs.sahd) / Math.abs(score),
    });
  }
  return checks;
}
