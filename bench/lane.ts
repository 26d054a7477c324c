// A lane of the benchmark on our side: reads its settings as a JSON line, warms up, says it is ready, and measures on "go".

import {createInterface} from "node:readline";
import {snasnet} from "../src/architectures/architecture.js";
import type {Cell} from "../src/architectures/cell.js";
import {hashOf} from "../src/architectures/canonical.js";
import {conv2d, kernelReport, startBackend} from "../src/kernels/index.js";
import {methodOf} from "../src/kernels/spikeConv.js";
import {conv2d as dense} from "../src/layers/conv2d.js";
import {disposeNetwork, initialise} from "../src/networks/parameters.js";
import {surrogate} from "../src/neurons/surrogate.js";
import {random, randomKey} from "../src/random.js";
import {scoreArchitecture} from "../src/scoring/scoreArchitecture.js";
import {dispose, memory, tensor1d, tensor4d, type Tensor4D, tidy} from "../src/tf.js";
import {optimiserOf} from "../src/training/optimiser.js";
import {initOptimiser, updateParameters} from "../src/training/update.js";
import {lossAndGradients} from "../src/training/step.js";
import {graphOf} from "../src/architectures/description.js";
import {SNASNET_NEURON} from "../src/graphs/neuron.js";
import {median} from "./lanes.js";

type Work = AsyncGenerator<object, void, void>;

const key = randomKey(1, "bench");

function noise(batch: number, size: number, of = key): Tensor4D {
  const stream = random(of.split("images"));
  const values = Float32Array.from({length: batch * size * size * 3}, () => stream.normal());
  return tensor4d(values, [batch, size, size, 3]);
}

async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Milliseconds of training steps, and by how many bytes the process grew at most. */
async function* train(o: {cell: Cell; channels: number; batch: number; surrogate: string; repeats: number}): Work {
  const before = process.memoryUsage.rss();
  const neuron = {...SNASNET_NEURON, surrogate: surrogate(o.surrogate)};
  const architecture = snasnet({cell: o.cell, channels: o.channels, pool: 4, neuron, head: {hidden: 1024, voters: 10, dropout: 0}}); // prettier-ignore
  const x = noise(o.batch, 32);
  const labels = tensor1d(Int32Array.from({length: o.batch}, (_, i) => i % 10), "int32"); // prettier-ignore
  const optimiser = optimiserOf("adam", 0.01);
  const graph = graphOf(architecture);
  let network = initialise(graph, key);
  let state = initOptimiser(optimiser, network.parameters);
  const step = (): void => {
    const {gradients, statistics, logits} = lossAndGradients(network, x, labels);
    const updated = updateParameters(optimiser, state, network.parameters, gradients, 0.003);
    dispose([logits, ...Object.values(gradients), ...Object.values(network.statistics)]);
    network = {graph, parameters: updated.parameters, statistics};
    state = updated.state;
  };
  for (let i = 0; i < 2; ++i) step();
  yield {};
  const ms: number[] = [];
  for (let i = 0; i < o.repeats; ++i) ms.push(await timed(step));
  yield {ms, bytes: process.resourceUsage().maxRSS * 1024 - before};
}

/** Milliseconds of each candidate. */
async function* score(o: {cells: Cell[]; channels: number; batch: number; measurements: number}): Work {
  const x = noise(o.batch, 32);
  const candidate = (cell: Cell) =>
    scoreArchitecture(snasnet({cell, channels: o.channels, pool: 4}), x, {key, repeats: o.measurements});
  // Until compiled code has settled: all cells once where that takes seconds, as the peer does.
  for (const cell of o.cells.slice(0, o.channels <= 16 ? undefined : 3)) await candidate(cell);
  yield {};
  const ms: number[] = [];
  for (const cell of o.cells) ms.push(await timed(() => candidate(cell)));
  yield {ms};
}

/** Candidates one after the other: tensors and resident bytes after each hundred. */
async function* row(o: {cells: Cell[]; channels: number; batch: number; size: number}): Work {
  const x = noise(o.batch, o.size);
  const candidate = (cell: Cell) =>
    scoreArchitecture(snasnet({cell, channels: o.channels, pool: 1, input: {size: o.size, channels: 3}}), x, {key});
  yield {};
  const points: {candidates: number; tensors: number; bytes: number}[] = [];
  for (const [i, cell] of o.cells.entries()) {
    await candidate(cell);
    if ((i + 1) % 100 === 0)
      points.push({candidates: i + 1, tensors: memory().numTensors, bytes: process.memoryUsage.rss()});
  }
  yield {points};
}

type Case = {readonly channels: number; readonly k: number; readonly side: number; readonly rate: number};

/** Milliseconds of one convolution of spikes, by our kernels and by the backend's dense one. */
async function* conv(o: {cases: Case[]; images: number; repeats: number}): Work {
  yield {};
  const [ms, denseMs]: [number[], number[]] = [[], []];
  const by: string[] = [];
  for (const {channels, k, side, rate} of o.cases) {
    const stream = random(key.split(hashOf({channels, k, side, rate})));
    const spikes = Float32Array.from({length: o.images * side * side * channels}, () => Number(stream.uniform() < rate)); // prettier-ignore
    const x = tensor4d(spikes, [o.images, side, side, channels]);
    const w = tensor4d(Float32Array.from({length: k * k * channels ** 2}, () => stream.normal()), [k, k, channels, channels]); // prettier-ignore
    const time = async (run: () => Tensor4D): Promise<number> => {
      const all: number[] = [];
      for (let i = 0; i <= o.repeats; ++i) all.push(await timed(() => tidy(() => void run())));
      return median(all.slice(1));
    };
    ms.push(await time(() => conv2d(x, w, 1, {spikes: true})));
    denseMs.push(await time(() => dense(x, w)));
    by.push(methodOf({density: rate, stride: 1, shape: x.shape}, w.shape));
    dispose([x, w]);
  }
  yield {ms, dense: denseMs, by};
}

/** Logits and gradients of a small network, with the weights that the peer is given. */
async function* check(o: {
  cell: Cell;
  channels: number;
  hidden: number;
  batch: number;
  surrogate: string;
  seed: number;
}): Work {
  const key = randomKey(o.seed, "bench");
  const neuron = {...SNASNET_NEURON, surrogate: surrogate(o.surrogate)};
  const architecture = snasnet({cell: o.cell, channels: o.channels, pool: 4, neuron, head: {hidden: o.hidden, voters: 10, dropout: 0}}); // prettier-ignore
  const network = initialise(graphOf(architecture), key.split("repeat", 0)); // the weights that scoring draws
  const x = noise(o.batch, 32, key);
  const labels = tensor1d(
    Int32Array.from({length: o.batch}, (_, i) => i),
    "int32",
  );
  const {logits, gradients} = lossAndGradients(network, x, labels);
  const {value} = await scoreArchitecture(architecture, x, {key, repeats: 1});
  const list = (tensors: object): object =>
    Object.fromEntries(
      Object.entries(tensors as Record<string, Tensor4D>).map(([name, t]) => [name, {shape: t.shape, values: Array.from(t.dataSync())}]), // prettier-ignore
    );
  yield {};
  yield {
    x: Array.from(x.dataSync()),
    labels: Array.from(labels.dataSync()),
    logits: Array.from(logits.dataSync()),
    weights: list(network.parameters),
    gradients: list(gradients),
    score: value,
  };
  disposeNetwork(network);
}

const WORKS = {train, score, row, conv, check};

const lines = createInterface({input: process.stdin})[Symbol.asyncIterator]();
const settings = JSON.parse((await lines.next()).value as string) as {work: keyof typeof WORKS};
const say = (message: object): Promise<void> =>
  new Promise((resolve) => process.stdout.write(`${JSON.stringify(message)}\n`, () => resolve()));
const {name} = await startBackend();
const work = WORKS[settings.work](settings as never);
await say({ready: true, backend: name, engine: kernelReport().engine, ...((await work.next()).value as object)});
if (!(await lines.next()).done) await say((await work.next()).value as object);
process.exit();
