// Where the time of one training step goes: SNASNet's network, batch 32, by part and by tfjs operation; and of a forward pass of
// 64 images with batch statistics.
//
//   node build/bench/step.js [channels] [spikebook's cell] [kernel size]       SPIKEBOOK_ENGINE=off for the definitions
//
// The kernel size takes the place of the cell's 3×3 convolutions, as in the benchmark.

import {snasnet} from "../src/architectures/architecture.js";
import {formatCell, parseCell} from "../src/architectures/cell.js";
import {graphOf} from "../src/architectures/description.js";
import {kernelReport, startBackend} from "../src/kernels/index.js";
import {forward} from "../src/networks/forward.js";
import {initialise} from "../src/networks/parameters.js";
import {randomKey} from "../src/random.js";
import {dispose, engine, memory, randomNormal, randomUniform, type Tensor1D, type Tensor4D} from "../src/tf.js";
import {sgd} from "../src/training/optimiser.js";
import {initOptimiser, updateParameters} from "../src/training/update.js";
import {lossAndGradients} from "../src/training/step.js";
import {withKernels} from "./cells.js";
import {partLines, processorTime, profileLines, timeKernels} from "./profile.js";

const BATCH = 32;
const [channels = "16", rows = "0333 0012 0003 0000", size] = process.argv.slice(2);
const cell = size === undefined ? parseCell(rows) : withKernels(parseCell(rows), Number(size));

const {name} = await startBackend();
const spent = timeKernels(name);
const architecture = snasnet({cell, channels: Number(channels)});
const graph = graphOf(architecture);
let network = initialise(graph, randomKey(1));
const optimiser = sgd();
let state = initOptimiser(optimiser, network.parameters);
const x = randomNormal([BATCH, 32, 32, 3]) as Tensor4D;
const labels = randomUniform([BATCH], 0, 10, "int32") as Tensor1D;

/** "median 300 ms, least 290 ms" */
function summary(values: number[]): string {
  values.sort((a, b) => a - b);
  return `median ${values[values.length >> 1]!.toFixed(0)} ms, least ${values[0]!.toFixed(0)} ms`;
}

/** What was spent since the last time. */
function profile(runs: number, lines: number): void {
  console.log([...partLines(spent, runs), ...profileLines(spent, runs, lines)].join("\n"));
  const inKernels = [...spent.values()].reduce((sum, {ms}) => sum + ms, 0) / runs;
  console.log(`${inKernels.toFixed(0)} ms inside operations; ${memory().numTensors} tensors at the end`);
  spent.clear();
}

const times: number[] = [];
const processor: number[] = [];
for (let i = 0; i < 6; ++i) {
  if (i === 1) spent.clear();
  const [start, began] = [performance.now(), processorTime()];
  const {gradients, statistics, logits} = lossAndGradients(network, x, labels);
  const updated = updateParameters(optimiser, state, network.parameters, gradients, 0.01);
  const old = Object.entries(network.statistics).filter(([key, value]) => statistics[key] !== value);
  dispose([logits, ...Object.values(gradients), ...old.map(([, value]) => value)]);
  network = {graph, parameters: updated.parameters, statistics};
  state = updated.state;
  if (i === 0) continue;
  times.push(performance.now() - start);
  processor.push(processorTime() - began);
}
console.log(
  `C=${channels}, cell ${formatCell(cell)}, batch ${BATCH}, T=${architecture.T}, ${name}, engine ${kernelReport().engine}`,
);
console.log(
  `step: processor ${summary(processor)}; clock ${summary(times)}, ${((1000 * BATCH) / times[0]!).toFixed(0)} images/s at best`,
);
profile(times.length, 24);
const heap = (engine().backend as unknown as {wasm?: {HEAPU8: Uint8Array}}).wasm?.HEAPU8.length;
if (heap !== undefined) console.log(`wasm memory: ${(heap / 2 ** 20).toFixed(0)} MiB`);

const images = randomNormal([64, 32, 32, 3]) as Tensor4D;
const passes: number[] = [];
for (let i = 0; i < 6; ++i) {
  if (i === 1) spent.clear();
  const began = processorTime();
  const {logits, outputs, updates} = forward(network, images, {training: true});
  dispose([logits, outputs, ...Object.values(updates).flatMap(({mean, variance}) => [mean, variance])]);
  if (i > 0) passes.push(processorTime() - began);
}
console.log(`forward, 64 images: processor ${summary(passes)}`);
profile(passes.length, 8);
