// Candidates scored per second: SAHD over all LIF layers and timesteps, batch 64, two repeats, T = 5, 32x32 images, pool 4,
// mean over random cells of SNASNet's forward space.
//
//   node build/bench/score.js [channels ...]        16 64 128 by default
//     --candidates N   cells, 20      --profile   where the time goes      --memory   1,000 candidates in a row, 8x8 maps
//     --json FILE      the numbers
//
// One process gives the time of a core; two processes, each with half of the cells, what two cores give.

import {type ChildProcess, fork} from "node:child_process";
import {fileURLToPath} from "node:url";
import {parseArgs} from "node:util";
import {type Architecture, snasnet} from "../src/architectures/architecture.js";
import type {Cell} from "../src/architectures/cell.js";
import {writeWhole} from "../src/atomic.js";
import {sampleCell, SNASNET_FORWARD} from "../src/architectures/spaces.js";
import {kernelReport, startBackend} from "../src/kernels/index.js";
import {random, randomKey} from "../src/random.js";
import {scoreArchitecture} from "../src/scoring/scoreArchitecture.js";
import {memory, type Tensor4D, tensor4d} from "../src/tf.js";
import {profileLines, timeKernels} from "./profile.js";

const {values: options, positionals} = parseArgs({
  allowPositionals: true,
  options: {
    candidates: {type: "string", default: "20"},
    profile: {type: "boolean", default: false},
    memory: {type: "boolean", default: false},
    json: {type: "string"},
    worker: {type: "boolean", default: false},
  },
});
const KEY = randomKey(1, "bench");
const count = Number(options.candidates);

function cellsOf(n: number): Cell[] {
  const stream = random(KEY.split("cells"));
  return Array.from({length: n}, () => sampleCell(SNASNET_FORWARD, stream));
}

function noise(batch: number, size: number): Tensor4D {
  const stream = random(KEY.split("images"));
  const values = Float32Array.from({length: batch * size * size * 3}, () => stream.normal());
  return tensor4d(values, [batch, size, size, 3]);
}

const candidate = (cell: Cell, channels: number): Architecture => snasnet({cell, channels, pool: 4});
const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1]!;
const seconds = (ms: number): string => `${(ms / 1000).toFixed(3)} s`;

type Done = {readonly wall: number; readonly cpu: number};

/** Milliseconds of each candidate, of the wall clock and of the processor. */
async function timeEach(cells: readonly Cell[], channels: number, x: Tensor4D): Promise<Done[]> {
  const done: Done[] = [];
  for (const cell of cells) {
    const [start, used] = [performance.now(), process.cpuUsage()];
    await scoreArchitecture(candidate(cell, channels), x, {key: KEY});
    const {user, system} = process.cpuUsage(used);
    done.push({wall: performance.now() - start, cpu: (user + system) / 1000});
  }
  return done;
}

type Work = {readonly cells: readonly Cell[]; readonly channels: number};

/** A child: warms up, says so, and scores when told. */
function work(): void {
  process.once("message", ({cells, channels}: Work) => {
    const x = noise(64, 32);
    void (async () => {
      await timeEach(cells.slice(0, 1), channels, x);
      process.send!("ready");
      process.once("message", () => void timeEach(cells, channels, x).then((done) => process.send!({done})));
    })();
  });
  process.on("disconnect", () => process.exit());
}

const heard = <M>(child: ChildProcess): Promise<M> => new Promise((resolve) => child.once("message", resolve));

/** Milliseconds of all cells on `processes` processes, from a common start. */
async function together(cells: readonly Cell[], channels: number, processes: number): Promise<number> {
  const children = Array.from({length: processes}, () =>
    fork(fileURLToPath(import.meta.url), ["--worker"], {execArgv: []}),
  );
  try {
    const ready = children.map((child, i) => {
      child.send({cells: cells.filter((_, k) => k % processes === i), channels});
      return heard(child);
    });
    await Promise.all(ready);
    const start = performance.now();
    const done = children.map((child) => {
      child.send("go");
      return heard(child);
    });
    await Promise.all(done);
    return performance.now() - start;
  } finally {
    children.forEach((child) => child.kill());
  }
}

/** Tensors and resident memory over a thousand small candidates, the first hundred left out. */
async function memoryRun(): Promise<void> {
  const x = noise(64, 8);
  const cells = cellsOf(1000);
  let [tensors, resident] = [0, 0];
  const start = performance.now();
  for (const [i, cell] of cells.entries()) {
    if (i === 100) [tensors, resident] = [memory().numTensors, process.memoryUsage().rss];
    await scoreArchitecture({...candidate(cell, 16), input: {size: 8, channels: 3}}, x, {key: KEY});
  }
  const growth = process.memoryUsage().rss / resident - 1;
  console.log(
    `1,000 candidates, C=16, 8x8: ${seconds(performance.now() - start)}, tensors ${tensors} → ${memory().numTensors}, ` +
      `resident memory ${(resident / 2 ** 20).toFixed(0)} MiB ${growth < 0 ? "" : "+"}${(100 * growth).toFixed(1)} %`,
  );
  x.dispose();
}

async function main(): Promise<void> {
  const {name} = await startBackend();
  console.log(`backend ${name}, engine ${kernelReport().engine}; ${count} cells, batch 64, 2 repeats, T=5, 32x32`);
  const rows: object[] = [];
  const widths = positionals.length ? positionals.map(Number) : [16, 64, 128];
  const x = noise(64, 32);
  for (const channels of widths) {
    const cells = cellsOf(count);
    await timeEach(cells.slice(0, 2), channels, x);
    const done = await timeEach(cells, channels, x);
    const mean = (of: (d: Done) => number): number => done.reduce((sum, d) => sum + of(d), 0) / count;
    const two = (await together(cells, channels, 2)) / count;
    const [wall, cpu] = [mean((d) => d.wall), mean((d) => d.cpu)];
    console.log(
      `C=${channels}: one process mean ${seconds(wall)}, median ${seconds(median(done.map((d) => d.wall)))}, ` +
        `processor time ${seconds(cpu)}; two processes ${seconds(two)} a candidate, ${(1000 / two).toFixed(2)} candidates/s ` +
        `(${(2000 / cpu).toFixed(2)} by processor time, if both cores were free)`,
    );
    rows.push({work: `score one candidate, C=${channels}`, ours: two / 1000, unit: "s", processes: 2, cpu: cpu / 1000});
  }
  if (options.memory) await memoryRun();
  if (options.profile) {
    const spent = timeKernels(name);
    const cells = cellsOf(Math.min(count, 10));
    await timeEach(cells, widths[0]!, x);
    console.log(`where it goes, C=${widths[0]}, a candidate:`);
    console.log(profileLines(spent, cells.length).join("\n"));
  }
  if (options.json) writeWhole(options.json, `${JSON.stringify(rows, null, 2)}\n`);
}

if (options.worker) {
  await startBackend();
  work();
} else await main();
