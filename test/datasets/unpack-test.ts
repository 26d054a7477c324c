import assert from "node:assert";
import {spawnSync} from "node:child_process";
import {join} from "node:path";
import {gzipSync} from "node:zlib";
import {membersOf} from "../../src/datasets/unpack.js";
import {signalled} from "../signalled.js";
import {inFolder, put, TAR_GZ, XZ, ZIP} from "./fixtures.js";

/** Contents by path. */
async function contents(path: string, only?: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const {path: name, open} of membersOf(path, {member: () => 1000, total: 1e6})) {
    if (only !== undefined && name !== only) continue;
    const chunks: Buffer[] = [];
    for await (const chunk of await open()) chunks.push(chunk as Buffer);
    found[name] = Buffer.concat(chunks).toString("latin1");
  }
  return found;
}

const unpacked = (name: string, file: Uint8Array | string, only?: string): Promise<Record<string, string>> =>
  inFolder((folder) => contents(join(put(folder, {[name]: file}), name), only));

describe("unpack", () => {
  it("reads plain and gzip files under their plain name", async () => {
    assert.deepStrictEqual(await unpacked("a.bin", "hello"), {"a.bin": "hello"});
    assert.deepStrictEqual(await unpacked("a.bin.gz", gzipSync("hello")), {"a.bin": "hello"});
  });

  it("reads tar and zip archives that other programs wrote", async () => {
    assert.deepStrictEqual(await unpacked("a.tar.gz", TAR_GZ), {"set/a.txt": "hello tar", "set/b.bin": "\0\x01\x02"});
    assert.deepStrictEqual(await unpacked("a.zip", ZIP), {"set/a.txt": "hello ".repeat(20), "set/b.bin": "\0\x01\x02"});
  });

  it("skips members that are not opened", async () => {
    assert.deepStrictEqual(await unpacked("a.tgz", TAR_GZ, "set/b.bin"), {"set/b.bin": "\0\x01\x02"});
    assert.deepStrictEqual(await unpacked("a.zip", ZIP, "set/b.bin"), {"set/b.bin": "\0\x01\x02"});
  });

  it("reads .xz through the system's xz, and names the package that has it where there is none", async function () {
    const path = process.env.PATH;
    process.env.PATH = "/nonexistent";
    try {
      await assert.rejects(unpacked("a.txt.xz", XZ), {
        name: "InputError",
        message: /no program xz; install it .*apt install xz-utils/,
      });
    } finally {
      process.env.PATH = path;
    }
    if (spawnSync("xz", ["--version"]).status !== 0) {
      console.log("      (skipped: no program xz here)");
      this.skip();
    }
    assert.deepStrictEqual(await unpacked("a.txt.xz", XZ), {"a.txt": "hello xz"});
    await assert.rejects(unpacked("a.txt.xz", XZ.subarray(0, 40)), /unexpected end of input/);
  });

  it("hears signals between the members of a zip archive, and lets the system have them where all are read at once", () =>
    inFolder(async (folder) => {
      const path = JSON.stringify(join(put(folder, {"a.zip": ZIP}), "a.zip"));
      const from = (name: string): string => JSON.stringify(new URL(`../../src/datasets/${name}.js`, import.meta.url).href); // prettier-ignore
      const imports = `import {membersOf} from ${from("unpack")}; import {withZip} from ${from("zip")};`;
      const again = `writeSync(1, "x");
        for (;;) for await (const {open} of membersOf(${path}, {member: () => 1000, total: 1e6})) for await (const _ of await open()) compute(5);`;
      assert.strictEqual((await signalled(again, imports)).status, 7);
      const once = `withZip(${path}, () => (writeSync(1, "x"), compute(30000)));`;
      const {signal, took} = await signalled(once, imports);
      assert.strictEqual(signal, "SIGTERM");
      assert.ok(took < 5000, `${took} ms`);
    })).timeout(60_000);

  it("names the file that is damaged and what is wrong with it", async () => {
    const damage = Buffer.from(ZIP);
    damage[ZIP.indexOf(Buffer.from([0, 1, 2])) + 1] = 9;
    await assert.rejects(unpacked("a.zip", damage), /CRC-32 of set\/b.bin in .*a.zip/);
    await assert.rejects(
      unpacked("a.zip", ZIP.subarray(0, 100)),
      /a.zip: it has no end record; expected a whole zip archive/,
    );
    await assert.rejects(
      unpacked("a.tar.gz", TAR_GZ.subarray(0, 80), "none"),
      /a.tar.gz: unexpected end of file; expected a whole file/,
    );
    await assert.rejects(
      unpacked("a.tar.gz", "<!DOCTYPE html><p>Not here"),
      /a.tar.gz: a web page \(HTML\); expected data/,
    );
  });
});
