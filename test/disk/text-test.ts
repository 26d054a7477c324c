import assert from "node:assert";
import {execFileSync, spawnSync} from "node:child_process";
import {mkdtempSync, rmSync, truncateSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {linesOf, readText} from "../../src/disk/text.js";
import {signalled} from "../signalled.js";

const MODULE = JSON.stringify(new URL("../../src/disk/text.js", import.meta.url).href);
const refuse = (why: string, line?: number): Error => new Error(line === undefined ? why : `line ${line}: ${why}`);

describe("text that is read within a bound", function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "text-"))));
  afterEach(() => rmSync(folder, {recursive: true, force: true}));
  const put = (content: string): string => {
    const path = join(folder, "file");
    writeFileSync(path, content);
    return path;
  };
  /** A file of so many zeros that takes no room on the disk. */
  const zeros = (bytes: number): string => {
    const path = put("");
    truncateSync(path, bytes);
    return path;
  };
  const lines = (path: string, most = 1e9) => [...linesOf(path, {most, refuse})];

  it("comes in lines, however these lie to the pieces in which the file is read, and without what follows the last", () => {
    for (const length of [0, 3, 2 ** 20 - 1, 2 ** 20, 2 ** 20 + 1, 3 * 2 ** 20]) {
      const texts = ["θ".repeat(Math.ceil(length / 2)), "", "b", "x".repeat(length)];
      const path = put(`${texts.join("\n")}\nan unfinished li`);
      const read = lines(path);
      assert.deepStrictEqual(read.map(({text}) => text === texts.shift()), [true, true, true, true]); // prettier-ignore
      assert.deepStrictEqual(read.map(({number}) => number), [1, 2, 3, 4]); // prettier-ignore
      assert.strictEqual(read.at(-1)!.end, Buffer.byteLength(readText(path)) - "an unfinished li".length);
    }
    assert.deepStrictEqual(lines(put("")), []);
    assert.deepStrictEqual(lines(put("unfinished")), []);
  });

  it("is refused where a file or a line is longer than any that is written, before memory is taken for it", () => {
    assert.throws(() => lines(put("abc\n"), 3), /^Error: it has 4 bytes, and may have at most 3$/);
    assert.throws(() => readText(zeros(500e6)), /^Error: it has 500000000 bytes, and may have at most 268435456$/);
    const code = `import {linesOf} from ${MODULE};
      try { for (const _ of linesOf(process.argv[1], {most: 1e9, refuse: (why, line) => new Error(why + ", " + line)})); }
      catch ({message}) { console.log(message); }
      console.log(process.resourceUsage().maxRSS);`;
    const [message, peak] = execFileSync(process.execPath, ["--input-type=module", "-e", code, zeros(500e6)]).toString().split("\n"); // prettier-ignore
    assert.strictEqual(message, "it has more than 67108864 bytes, 1");
    assert.ok(Number(peak) < 250_000, `${peak} kB`);
  });

  it("is of plain files alone: a pipe does not wait for its writer", function () {
    const pipe = join(folder, "pipe");
    if (spawnSync("mkfifo", [pipe]).status !== 0) this.skip();
    assert.throws(() => readText(pipe), /^Error: it is no file$/);
    assert.throws(() => lines(pipe), /^Error: it is no file$/);
    assert.throws(() => readText(folder), /^Error: it is no file$/);
  });

  it("leaves signals to the system while a long file is read, and only then", async () => {
    const read = (path: string): string =>
      `for (const _ of linesOf(${JSON.stringify(path)}, {most: 1e9, refuse: (why) => new Error(why)})) (writeSync(1, "x"), compute(3000));`;
    const imports = `import {linesOf} from ${MODULE};`;
    const {signal, took} = await signalled(read(put(`a\n${"b".repeat(9e6)}\n`)), imports);
    assert.strictEqual(signal, "SIGTERM");
    assert.ok(took < 1000, `${took} ms`);
    assert.strictEqual((await signalled(`${read(put("a\n"))} setTimeout(() => {}, 9000)`, imports)).status, 7);
  });
});
