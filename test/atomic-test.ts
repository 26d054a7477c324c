import assert from "node:assert";
import {linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {writeWhole} from "../src/atomic.js";

describe("files written whole", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "spikebook-atomic-"));
  });
  afterEach(() => rmSync(folder, {recursive: true}));

  it("appear with their folder, replace what was there, and leave nothing beside", () => {
    const path = join(folder, "a", "b", "file.json");
    writeWhole(path, "first, and longer");
    writeWhole(path, "second");
    assert.strictEqual(readFileSync(path, "utf8"), "second");
    assert.deepStrictEqual(readdirSync(join(folder, "a", "b")), ["file.json"]);
  });

  it("hold bytes as given", () => {
    const bytes = Buffer.from([0, 255, 10, 13, 128]);
    writeWhole(join(folder, "x.bin"), bytes);
    assert.deepStrictEqual(readFileSync(join(folder, "x.bin")), bytes);
  });

  it("are not opened in place: a reader of the old file keeps the old text", () => {
    const path = join(folder, "x");
    writeFileSync(path, "old");
    const link = join(folder, "hard");
    linkSync(path, link);
    writeWhole(path, "new");
    assert.deepStrictEqual([readFileSync(link, "utf8"), readFileSync(path, "utf8")], ["old", "new"]);
  });

  it("that cannot be written name the path and change nothing", () => {
    const path = join(folder, "taken");
    mkdirSync(path);
    writeFileSync(join(path, "kept"), "kept");
    assert.throws(() => writeWhole(path, "x"), /^InputError: cannot write .*taken: .*; nothing was changed there$/);
    assert.strictEqual(readFileSync(join(path, "kept"), "utf8"), "kept");
    assert.deepStrictEqual(readdirSync(folder), ["taken"]);
  });
});
