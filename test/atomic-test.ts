import assert from "node:assert";
import {spawn} from "node:child_process";
import {once} from "node:events";
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {writeWhole} from "../src/atomic.js";
import {type Owner, thisOwner, traceOf} from "../src/disk/owner.js";

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

  it("replace where a link leads, keep the mode, and leave alone what is no file", () => {
    const path = join(folder, "real");
    writeFileSync(path, "old", {mode: 0o640});
    symlinkSync("real", join(folder, "link"));
    writeWhole(join(folder, "link"), "new");
    assert.deepStrictEqual([readFileSync(path, "utf8"), readlinkSync(join(folder, "link"))], ["new", "real"]);
    assert.strictEqual(statSync(path).mode & 0o777, 0o640);
    assert.throws(() => writeWhole("/dev/null", "x"), /cannot write \/dev\/null: null is there and is no file/);
    assert.throws(
      () => writeWhole("/proc/none/x", "x"),
      /^InputError: cannot write \/proc\/none\/x: cannot make \/proc\/none: ENOENT/,
    );
  });

  it("are written after what dead writers left was removed, and what living ones or other machines write was not", async () => {
    const child = spawn("true", {stdio: "ignore"});
    await once(child, "exit");
    const me = thisOwner();
    const beside = (owner: Partial<Owner>, ago = 0): string => {
      const name = `.spikebook-${traceOf({...me, ...owner})}-0123abcd.tmp`;
      writeFileSync(join(folder, name), "half");
      const then = Date.now() / 1000 - ago;
      utimesSync(join(folder, name), then, then);
      return name;
    };
    beside({pid: child.pid!});
    beside({started: "1"});
    beside({host: "node7"}, 4000);
    const kept = [beside({}, 4000), beside({host: "node8"}, 3000)];
    writeFileSync(join(folder, ".spikebook-mine.tmp"), "");
    writeWhole(join(folder, "x"), "");
    assert.deepStrictEqual(readdirSync(folder).sort(), [...kept, ".spikebook-mine.tmp", "x"].sort());
  });
});
