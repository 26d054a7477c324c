import assert from "node:assert";
import {mixedEngines} from "../../src/studies/mixedEngines.js";

describe("studies/mixedEngines", () => {
  const wasm = {backend: "wasm"} as const;
  const [inWasm, inC] = [
    {...wasm, run: {engine: "on"}},
    {...wasm, run: {engine: "native"}},
  ];

  it("names both engines and the way to go on as the study began", () => {
    assert.strictEqual(
      mixedEngines([wasm], [inWasm, inWasm], "native"),
      '2 records of this study are of the engine "wasm", the next ones will be of "native": their last bits differ, and what training makes of them; SPIKEBOOK_ENGINE=wasm goes on without kernels in C', // prettier-ignore
    );
    assert.match(
      mixedEngines([wasm], [inC], "on")!,
      /^1 record .* "native", the next ones .* "wasm".* native --kernels/,
    );
  });

  it("says nothing where the engine is the same, unknown, or nothing is left to run by it", () => {
    assert.strictEqual(mixedEngines([wasm], [inWasm, {...wasm, run: {}}], "on"), undefined);
    assert.strictEqual(mixedEngines([], [inWasm], "native"), undefined);
    assert.strictEqual(mixedEngines([{backend: "cpu"}], [inWasm], "native"), undefined);
    assert.strictEqual(mixedEngines([wasm], [{backend: "cpu", run: {engine: "off"}}], "native"), undefined);
  });
});
