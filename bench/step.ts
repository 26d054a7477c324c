// Where the time of one training step goes: SNASNet's network, batch 32, by tfjs operation.
//
//   node build/bench/step.js [channels] [spikebook's cell]       SPIKEBOOK_ENGINE=off for the definitions

import {snasnet} from "../src/architectures/architecture.js";
import {parseCell} from "../src/architectures/cell.js";
import {kernelReport} from "../src/kernels/index.js";
import {initialise} from "../src/networks/parameters.js";
import {randomKey} from "../src/random.js";
import {
  dispose,
  engine,
  memory,
  randomNormal,
  randomUniform,
  startBackend,
  type Tensor1D,
  type Tensor4D,
} from "../src/tf.js";
import {initOptimiser, sgd, updateParameters} from "../src/training/optimiser.js";
import {lossAndGradients} from "../src/training/step.js";
import {profileLines, timeKernels} from "./profile.js";

const BATCH = 32;
const [channels = "16", cell = "0333 0012 0003 0000"] = process.argv.slice(2);

const {name} = await startBackend();
const spent = timeKernels(name);
const architecture = snasnet({cell: parseCell(cell), channels: Number(channels)});
let network = initialise(architecture, randomKey(1));
const optimiser = sgd();
let state = initOptimiser(optimiser, network.parameters);
const x = randomNormal([BATCH, 32, 32, 3]) as Tensor4D;
const labels = randomUniform([BATCH], 0, 10, "int32") as Tensor1D;

const times: number[] = [];
for (let i = 0; i < 6; ++i) {
  if (i === 1) spent.clear();
  const start = performance.now();
  const {gradients, statistics, logits} = lossAndGradients(network, x, labels);
  const updated = updateParameters(optimiser, state, network.parameters, gradients, 0.01);
  const old = Object.entries(network.statistics).filter(([key, value]) => statistics[key] !== value);
  dispose([logits, ...Object.values(gradients), ...old.map(([, value]) => value)]);
  network = {architecture, parameters: updated.parameters, statistics};
  state = updated.state;
  if (i > 0) times.push(performance.now() - start);
}
times.sort((a, b) => a - b);
const median = times[times.length >> 1]!;
console.log(
  `C=${channels}, cell ${cell}, batch ${BATCH}, T=${architecture.T}, ${name}, engine ${kernelReport().engine}`,
);
console.log(
  `step: median ${median.toFixed(0)} ms, least ${times[0]!.toFixed(0)} ms, ${((1000 * BATCH) / median).toFixed(0)} images/s`,
);
console.log(profileLines(spent, times.length).join("\n"));
const inKernels = [...spent.values()].reduce((sum, {ms}) => sum + ms, 0) / times.length;
const heap = (engine().backend as unknown as {wasm?: {HEAPU8: Uint8Array}}).wasm?.HEAPU8.length;
console.log(`${inKernels.toFixed(0)} ms a step inside operations; ${memory().numTensors} tensors at the end`);
if (heap !== undefined) console.log(`wasm memory: ${(heap / 2 ** 20).toFixed(0)} MiB`);
