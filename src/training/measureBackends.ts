// How fast each backend is at this program's work: training steps and forward passes of a small network, a few seconds in all.

import {snasnet} from "../architectures/architecture.js";
import {machineKey, type BackendSpeed, type MeasuredBackends} from "../measuredBackends.js";
import {forward} from "../networks/forward.js";
import {disposeNetwork, initialise, type Network} from "../networks/parameters.js";
import {random, randomKey} from "../random.js";
import {useBackend} from "../kernels/index.js";
import {type BackendName, dispose, nativeVersion, tensor1d, type Tensor1D, tensor4d, type Tensor4D} from "../tf.js";
import {lossAndGradients} from "./step.js";

const BATCH = 16;
const REPEATS = 3;
const ARCHITECTURE = snasnet({channels: 16, T: 3, head: {hidden: 64, voters: 10, dropout: 0}});

/** The least time of a few runs, after one to warm up, as images per second. */
function rate(work: () => void): number {
  work();
  const times = Array.from({length: REPEATS}, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return (1000 * BATCH) / Math.min(...times);
}

function train(network: Network, x: Tensor4D, labels: Tensor1D): void {
  const {logits, gradients, statistics} = lossAndGradients(network, x, labels);
  dispose([logits, ...Object.values(gradients), ...Object.values(statistics)]);
}

function infer(network: Network, x: Tensor4D): void {
  const {logits, outputs} = forward(network, x, {training: false});
  logits.dataSync();
  dispose([logits, outputs]);
}

/** The speed of one backend, which is in use afterwards. */
export async function measureBackend(name: BackendName): Promise<BackendSpeed> {
  await useBackend(name);
  const stream = random(randomKey(1, "measure"));
  const size = BATCH * 32 * 32 * 3;
  const x = tensor4d(Float32Array.from({length: size}, () => stream.normal()), [BATCH, 32, 32, 3]); // prettier-ignore
  const labels = tensor1d(Int32Array.from({length: BATCH}, (_, i) => i % 10), "int32"); // prettier-ignore
  const network = initialise(ARCHITECTURE, randomKey(1));
  try {
    return {training: rate(() => train(network, x, labels)), inference: rate(() => infer(network, x))};
  } finally {
    disposeNetwork(network);
    dispose([x, labels]);
  }
}

/** Measures the given backends; the fastest is the one that trains fastest. */
export async function measureBackends(names: readonly BackendName[]): Promise<MeasuredBackends> {
  const speeds: Record<string, BackendSpeed> = {};
  for (const name of names) speeds[name] = await measureBackend(name);
  const fastest = names.reduce((best, name) => (speeds[name]!.training > speeds[best]!.training ? name : best));
  return {machine: machineKey(nativeVersion()), date: new Date().toISOString().slice(0, 10), speeds, fastest};
}
