// Run as a program of its own (code for another processor can take its process down): compares the kernels in C of a folder, the first
// argument, with those in wasm on a training step's operations.

import {loadAddon} from "../native/kernelPlaces.js";
import {dispose, matMul, randomNormal, randomUniform, type Tensor, type Tensor2D, type Tensor4D, tidy} from "../tf.js";
import {startBackend} from "./backend.js";
import {useAddon} from "./engine.js";
import {unwritten} from "./inputGradient.js";
import {spikeConv} from "./spikeConv.js";
import {spikeConvGradients} from "./spikeConvGradients.js";
import {packSpikes} from "./spikeTrain.js";

const [folder] = process.argv.slice(2) as [string];
const CLOSE = 1e-4;

/** A channel more and a channel less than vectors hold, maps that no tile fits. */
const SIZES = [
  {k: 3, Ci: 16, Co: 16, side: 16},
  {k: 5, Ci: 19, Co: 21, side: 9},
  {k: 7, Ci: 32, Co: 8, side: 14},
];

/** What the kernels make of the same random tensors. */
function operations(): (() => Tensor[])[] {
  return SIZES.map(({k, Ci, Co, side}, seed) => {
    const spikes = randomUniform([2, side, side, Ci], 0, 1, "float32", seed).less(0.2).cast("float32");
    const w = randomNormal([k, k, Ci, Co], 0, 1, "float32", seed) as Tensor4D;
    const dy = randomNormal([2, side, side, Co], 0, 1, "float32", seed) as Tensor4D;
    const a = randomNormal([37, 64], 0, 1, "float32", seed) as Tensor2D;
    const b = randomNormal([40, 64], 0, 1, "float32", seed) as Tensor2D;
    return () => {
      const bits = packSpikes({spikes});
      const {y, statistics} = spikeConv(bits, w, {groups: 2});
      const ds = unwritten(spikes.shape);
      const dws = spikeConvGradients(bits, [{dy, w}], 1, {to: ds, from: 0, add: false});
      return [y, statistics!.mean, statistics!.variance, ds, ...dws, matMul(a, b, false, true)];
    };
  });
}

await startBackend();
for (const run of operations()) {
  useAddon(undefined);
  const expected = tidy(run);
  useAddon(loadAddon(folder));
  const found = tidy(run);
  found.forEach((x, i) => {
    const scale = expected[i]!.abs().max().arraySync() as number;
    const error = x.sub(expected[i]!).abs().max().arraySync() as number;
    if (!(error <= CLOSE * scale)) throw new Error(`result ${i}: wrong by ${error} of ${scale}`);
  });
  dispose([...expected, ...found]);
}
