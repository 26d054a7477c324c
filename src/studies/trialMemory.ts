// What a trial needs of memory at the least, in closed form, so that one that cannot be is refused before anything runs.
//
//   weights and their moments in float32, the spikes of all populations over T at one bit each, one map of the largest at one timestep
//
// A step needs several times this much; what is refused here could not run by any order of its work.

import {graphOf, type NetworkDescription} from "../architectures/description.js";
import {paramsOf} from "../graphs/cost.js";
import {nodesOf, sizeOf} from "../graphs/graph.js";
import {checkMemory, machineMemory} from "../memory.js";
import type {Trial} from "../records/trial.js";
import type {BackendName} from "../tf.js";
import {OPTIMISERS} from "../training/optimiser.js";

const FLOAT = 4;
/** WebAssembly counts addresses in 32 bits. */
const WASM_BYTES = 2 ** 32;
const INSTEAD = "fewer channels, hidden units or timesteps, or a smaller batch";

/** Bytes that a network's weights and the populations of `samples` samples take at the least; `copies` of the weights. */
export function networkBytes(description: NetworkDescription, samples: number, copies = 1): number {
  const graph = graphOf(description);
  const units = nodesOf(graph, "neurons").map(({shape}) => sizeOf(shape));
  const spikes = (units.reduce((sum, n) => sum + n, 0) * graph.T * samples) / 8;
  return copies * FLOAT * paramsOf(graph) + spikes + FLOAT * samples * Math.max(0, ...units);
}

/** Throws where a network is too large for what computes it; native TensorFlow may have memory of its own. */
export function checkNetworkMemory(
  description: NetworkDescription,
  {samples, copies, backend}: {readonly samples: number; readonly copies: number; readonly backend: BackendName},
): void {
  if (backend === "tensorflow") return;
  const held = backend === "wasm" ? Math.min(WASM_BYTES, machineMemory()) : machineMemory();
  checkMemory(`a step with ${samples} samples on ${backend}`, networkBytes(description, samples, copies), INSTEAD, held); // prettier-ignore
}

/** Throws where a network cannot be scored on `repeats` batches of so many samples, each of `sampleSize` numbers. */
export function checkScoringMemory(
  description: NetworkDescription,
  of: {readonly batch: number; readonly repeats: number; readonly sampleSize: number; readonly backend: BackendName},
): void {
  const {batch, repeats, sampleSize, backend} = of;
  checkMemory(`${repeats} batches of ${batch} samples`, FLOAT * repeats * batch * sampleSize, "fewer repeats or a smaller batch"); // prettier-ignore
  checkNetworkMemory(description, {samples: batch, copies: 1, backend});
}

/** Throws on the first trial that cannot be trained in this memory. */
export function checkTrialMemory(trials: readonly Trial[]): void {
  const seen = new Set<string>();
  for (const {architecture, recipe, data, backend} of trials) {
    const samples = Math.ceil(Math.min(recipe.batchSize, data.train) / recipe.shards);
    const copies = 1 + OPTIMISERS[recipe.optimiser].momentCount;
    const key = JSON.stringify([architecture, samples, copies, backend]);
    if (!seen.has(key)) checkNetworkMemory(architecture, {samples, copies, backend});
    seen.add(key);
  }
}
