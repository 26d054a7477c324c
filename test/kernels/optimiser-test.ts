import {kernelReport, useBackend} from "../../src/kernels/index.js";
import {type Tensor, tensor} from "../../src/tf.js";
import {adam, type OptimiserSpec, sgd} from "../../src/training/optimiser.js";
import {initOptimiser, updateParameters} from "../../src/training/update.js";
import {assertClose} from "../assert.js";

/** Parameters after three steps on one backend, for lengths that are no multiples of four too. */
async function steps(backend: "wasm" | "cpu", spec: OptimiserSpec): Promise<number[]> {
  await useBackend(backend);
  const wave = (n: number, phase: number): Tensor =>
    tensor(
      Float32Array.from({length: n}, (_, i) => Math.sin(3 * i + phase)),
      [n],
    );
  const lengths = [1, 2, 3, 4, 7, 50];
  const named = (phase: number): Record<string, Tensor> =>
    Object.fromEntries(lengths.map((n) => [`p${n}`, wave(n, phase)]));
  let parameters: Readonly<Record<string, Tensor>> = named(0);
  let state = initOptimiser(spec, parameters);
  for (let i = 1; i <= 3; ++i) ({parameters, state} = updateParameters(spec, state, parameters, named(i), 0.1));
  return Object.values(parameters).flatMap((p) => [...p.dataSync()]);
}

describe("kernels/optimiser", () => {
  before(async function () {
    await useBackend("wasm");
    if (kernelReport().engine === "off") this.skip();
  });

  for (const spec of [sgd({weightDecay: 0.1}), adam({weightDecay: 0.1})])
    it(`takes the steps of ${spec.name} as its definition does`, async () => {
      assertClose(await steps("wasm", spec), await steps("cpu", spec));
    });
});
