import {kernelReport, pooledNorm} from "../../src/kernels/index.js";
import {pooledNormDefinition} from "../../src/kernels/pooledNorm.js";
import {type Tensor, type Tensor1D, type Tensor4D, useBackend} from "../../src/tf.js";
import {assertClose} from "../assert.js";
import {evaluate, normal} from "./compare.js";

describe("kernels/pooledNorm", () => {
  before(async function () {
    await useBackend("wasm");
    if (kernelReport().engine === "off") this.skip();
  });

  it("equals its definition in values, statistics and gradients, windows that do not fit included", async () => {
    for (const groups of [1, 2, 6])
      for (const C of [1, 3, 4, 16, 22])
        for (const [H, W, p] of [
          [6, 4, 2],
          [5, 7, 2],
          [7, 8, 3],
          [3, 4, 1],
        ] as const) {
          const run =
            (f: typeof pooledNorm) =>
            (y: Tensor, gamma: Tensor, beta: Tensor): Tensor[] => {
              const norm = {y: y as Tensor4D, gamma: gamma as Tensor1D, beta: beta as Tensor1D, groups};
              const {value, statistics} = f(norm, p);
              return [value, statistics.mean, statistics.variance];
            };
          const inputs = [normal([6, H, W, C], 3, 2), normal([C], 1, 0.5), normal([C])];
          const weights = [normal([6, Math.floor(H / p), Math.floor(W / p), C])];
          const actual = await evaluate("wasm", run(pooledNorm), inputs, weights);
          const expected = await evaluate("wasm", run(pooledNormDefinition), inputs, weights);
          const what = `${groups} groups, [6, ${H}, ${W}, ${C}], p=${p}`;
          actual.outputs.forEach((o, i) => assertClose(o, expected.outputs[i]!, {rtol: 2e-5, scale: "max", what}));
          actual.gradients.forEach((g, i) =>
            assertClose(g, expected.gradients[i]!, {
              rtol: 1e-4,
              atol: 1e-5,
              scale: "max",
              what: `gradient ${i}, ${what}`,
            }),
          );
        }
  });
});
