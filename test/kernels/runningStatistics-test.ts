import {kernelReport, updateRunning as kernel, useBackend} from "../../src/kernels/index.js";
import {updateRunning as definition} from "../../src/layers/batchNorm.js";
import {tensor1d, tensor2d, tidy} from "../../src/tf.js";
import {assertClose} from "../assert.js";
import {normal} from "./compare.js";

describe("kernels/runningStatistics", () => {
  before(async function () {
    await useBackend("wasm");
    if (kernelReport().engine === "off") this.skip();
  });

  it("are what the definition makes of them, with and without the correction of a variance", () => {
    for (const [G, C, rows] of [
      [1, 1, 0],
      [5, 7, 1],
      [3, 16, 9],
    ] as const) {
      const [running, stats] = [normal([C]).values, normal([G, C]).values];
      const [actual, expected] = [kernel, definition].map((f) =>
        tidy(() => f(tensor1d(running), tensor2d(stats, [G, C]), rows).dataSync()),
      );
      assertClose(actual!, expected!, {what: `G=${G}, C=${C}`});
    }
  });
});
