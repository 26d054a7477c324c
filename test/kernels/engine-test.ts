import assert from "node:assert";
import {readFileSync} from "node:fs";
import {join} from "node:path";
import {kernelReport, useBackend} from "../../src/kernels/index.js";
import {packageRoot} from "../../src/root.js";

/** The sections of a WebAssembly module: identifiers of the binary format, in order. */
function sections(bytes: Uint8Array): number[] {
  const found: number[] = [];
  for (let at = 8; at < bytes.length; ) {
    found.push(bytes[at++]!);
    let size = 0;
    for (let shift = 0, more = true; more; shift += 7) {
      more = bytes[at]! > 127;
      size |= (bytes[at++]! & 127) << shift;
    }
    at += size;
  }
  return found;
}

describe("kernels/engine", () => {
  const file = join(packageRoot, "build", "kernels", "kernels.wasm");

  it("is on, with every compiled kernel: the suites that compare kernels with definitions are skipped without it", async function () {
    if (process.env.SPIKEBOOK_ENGINE === "off") this.skip(); // asked for
    await useBackend("wasm");
    const {engine, why, kernels} = kernelReport();
    assert.notStrictEqual(engine, "off", why);
    for (const name of ["spikeConvWindows", "neuronBits", "batchNormApply", "hammingDistances"])
      assert.ok(kernels.includes(name), `${name} is not among ${kernels.join()}`);
  });

  it("has neither static data nor tables: they would lie upon tfjs's own", () => {
    const [TABLE, ELEMENT, DATA] = [4, 9, 11];
    const found = sections(readFileSync(file));
    assert.ok(found.includes(10), `no code among the sections ${found.join()}`);
    assert.deepStrictEqual(
      found.filter((id) => [TABLE, ELEMENT, DATA].includes(id)),
      [],
    );
  });
});
