import assert from "node:assert";
import {nodeIsEnough} from "../../src/cli/checkup.js";
import {spikebook} from "./program.js";

describe("spikebook doctor", () => {
  it("gives its findings as JSON under keys that scripts can rely on", function () {
    this.timeout(60000);
    const {status, stdout, stderr} = spikebook(["doctor", "--json"], {SPIKEBOOK_BACKEND: "wasm"});
    const found = JSON.parse(stdout) as Record<string, unknown> & {backend: {name: string; others: {name: string}[]}};
    assert.strictEqual(status, 0, stderr);
    assert.deepStrictEqual(Object.keys(found), [
      ...["ok", "problems", "version", "root", "node", "tslab", "backend", "kernels", "gpu", "cores", "memory", "disk"],
      ...["datasets", "jupyter"],
    ]);
    assert.strictEqual(found.ok, true);
    assert.strictEqual(found.backend.name, "wasm");
    assert.deepStrictEqual(found.backend.others.map(({name}) => name).sort(), ["cpu", "tensorflow"]);
    assert.strictEqual((found.datasets as Record<string, boolean>).procedural, true);
  });

  it("says what stands in the way first, and fails", function () {
    this.timeout(60000);
    const {status, stdout} = spikebook(["doctor"], {SPIKEBOOK_BACKEND: "abacus"});
    assert.strictEqual(status, 1);
    assert.match(stdout, /^cannot run: unknown backend: abacus; expected wasm, tensorflow or cpu\n/);
  });

  it("compares versions of Node as numbers", () => {
    assert.deepStrictEqual(["20.19.0", "20.9.1", "22.0.0", "18.20.4"].map(nodeIsEnough), [true, false, true, false]);
  });
});
