// Numeric tests run on every backend that this machine has.

import assert from "node:assert";
import {useBackend} from "../src/kernels/index.js";
import {memory, presentBackends, type BackendName} from "../src/tf.js";

/** Declares the tests of `body` once for each backend present. */
export function onEachBackend(body: (backend: BackendName) => void): void {
  for (const backend of presentBackends())
    describe(`on ${backend}`, () => {
      before(() => useBackend(backend));
      body(backend);
    });
}

/** Runs `work` and fails when it leaves more or fewer than `kept` new tensors behind. */
export function assertTensors(kept: number, work: () => unknown): void {
  const before = memory().numTensors;
  work();
  assert.strictEqual(memory().numTensors - before, kept, "tensors left behind");
}
