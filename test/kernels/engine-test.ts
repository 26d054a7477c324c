import assert from "node:assert";
import {existsSync, readFileSync} from "node:fs";
import {join} from "node:path";
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

  it("has neither static data nor tables: they would lie upon tfjs's own", function () {
    if (!existsSync(file)) this.skip();
    const [TABLE, ELEMENT, DATA] = [4, 9, 11];
    const found = sections(readFileSync(file));
    assert.ok(found.includes(10), `no code among the sections ${found.join()}`);
    assert.deepStrictEqual(
      found.filter((id) => [TABLE, ELEMENT, DATA].includes(id)),
      [],
    );
  });
});
