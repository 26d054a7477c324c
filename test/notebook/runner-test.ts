import assert from "node:assert";
import {spawn} from "node:child_process";
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {setTimeout as wait} from "node:timers/promises";
import {type Notebook, joined} from "../../src/notebook/file.js";
import {runNotebook} from "../../src/notebook/runner.js";

const source = (cells: readonly string[]): string =>
  JSON.stringify({
    cells: [
      {cell_type: "markdown", id: "title", metadata: {}, source: "# Title"},
      ...cells.map((code, i) => ({cell_type: "code", id: `c${i + 1}`, metadata: {}, source: code, outputs: []})),
    ],
    ...{metadata: {}, nbformat: 4, nbformat_minor: 5},
  });

describe("the notebook runner", function () {
  this.timeout(120_000); // seconds on a quiet machine
  let folder: string;
  const file = (): string => join(folder, "in.ipynb");
  const out = (): string => join(folder, "out", "in.ipynb");
  const written = (): Notebook => JSON.parse(readFileSync(out(), "utf8")) as Notebook;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "spikebook-test-"));
  });
  afterEach(() => rmSync(folder, {recursive: true}));

  it("runs the cells in order, with its environment, and writes what they said", async () => {
    const cells = [
      "process.stdout.write('10 %\\r'); void process.stdout.write('100 %\\n')",
      "const a = await Promise.resolve(process.env.SPIKEBOOK_PROFILE); a",
    ];
    writeFileSync(file(), source(cells));
    const seen: string[] = [];
    const result = await runNotebook(file(), {
      ...{out: out(), env: {SPIKEBOOK_PROFILE: "quick"}},
      onCell: (cell, of) => seen.push(`${cell}/${of}`),
      onStream: (text) => seen.push(text),
    });
    assert.ok(result.ok);
    assert.deepStrictEqual(seen, ["1/2", "10 %\r100 %\n", "2/2"]);
    const {cells: done, nbformat_minor: minor} = written();
    assert.strictEqual(minor, 5);
    assert.deepStrictEqual(done.map(({id}) => id), ["title", "c1", "c2"]); // prettier-ignore
    assert.deepStrictEqual(done[1]!.outputs, [{output_type: "stream", name: "stdout", text: ["100 %\n"]}]);
    const result2 = {
      output_type: "execute_result",
      data: {"text/plain": ["'quick'"]},
      metadata: {},
      execution_count: 2,
    };
    assert.deepStrictEqual(done[2]!.outputs, [result2]);
    const before = readFileSync(out(), "utf8");
    await runNotebook(file(), {out: out(), env: {SPIKEBOOK_PROFILE: "quick"}});
    assert.strictEqual(readFileSync(out(), "utf8"), before, "a second run differs");
  });

  it("stops at the first error, names the cell, and keeps what was done", async () => {
    writeFileSync(file(), source(["console.log('one')", "throw new TypeError('wrong')", "console.log('never')"]));
    const {ok, failed} = await runNotebook(file(), {out: out()});
    assert.ok(!ok);
    assert.deepStrictEqual([failed?.cell, failed?.name, failed?.message], [2, "TypeError", "wrong"]);
    const [, one, two, three] = written().cells;
    assert.strictEqual(joined(one!.outputs![0]!.text), "one\n");
    assert.strictEqual(two!.outputs![0]!.ename, "TypeError");
    assert.deepStrictEqual([three!.outputs, three!.execution_count], [[], null]);
  });

  it("survives a cell that ends the kernel", async () => {
    writeFileSync(file(), source(["1", "process.exit(7)"]));
    const {failed} = await runNotebook(file(), {out: out()});
    assert.deepStrictEqual([failed?.cell, failed?.message], [2, "the kernel died (exit code 7)"]);
    assert.strictEqual(written().cells[2]!.outputs![0]!.ename, "KernelDied");
  });

  it("survives a kernel that is killed", async () => {
    writeFileSync(file(), source(["process.kill(process.pid, 'SIGKILL')"]));
    const {failed} = await runNotebook(file(), {out: out()});
    assert.match(failed!.message, /killed by SIGKILL/);
  });

  it("ends a cell that takes too long, though it catches the interrupt", async () => {
    const stubborn = "process.removeAllListeners('SIGINT'); process.on('SIGINT', () => {}); await new Promise(() => setInterval(() => {}, 1000))"; // prettier-ignore
    writeFileSync(file(), source(["await new Promise((r) => setTimeout(r, 60000))"]));
    const quick = await runNotebook(file(), {out: out(), timeoutSeconds: 1});
    assert.deepStrictEqual([quick.failed?.name, quick.failed?.message], ["Timeout", "the cell took longer than 1 s"]);
    assert.ok(quick.seconds < 50, `${quick.seconds} s`); // the cell alone would take 60
    writeFileSync(file(), source([stubborn]));
    const slow = await runNotebook(file(), {out: out(), timeoutSeconds: 1});
    assert.strictEqual(slow.failed?.name, "Timeout");
  });

  it("refuses a limit that is none, and one that setTimeout would take for a millisecond, before anything runs", async () => {
    writeFileSync(file(), source(["1"]));
    for (const timeoutSeconds of [0, -1, NaN, 3e6])
      await assert.rejects(runNotebook(file(), {out: out(), timeoutSeconds}), {
        message: `invalid timeout: ${timeoutSeconds}; expected a number > 0 and <= 2147483 (seconds)`,
      });
    assert.ok(!existsSync(out()));
  });

  it("leaves no kernel behind when it is killed itself", async () => {
    const mark = join(folder, "pid");
    const write = `import {writeFileSync} from "node:fs"; writeFileSync(${JSON.stringify(mark)}, String(process.pid));`;
    writeFileSync(file(), source([`${write} while (true) {}`]));
    const url = new URL("../../src/notebook/runner.js", import.meta.url).href;
    const script = `import {runNotebook} from ${JSON.stringify(url)};
      await runNotebook(${JSON.stringify(file())}, {out: ${JSON.stringify(out())}})`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {stdio: "ignore"});
    while (!existsSync(mark) || readFileSync(mark, "utf8") === "") await wait(50);
    const kernel = Number(readFileSync(mark, "utf8"));
    assert.ok(alive(kernel));
    child.kill("SIGKILL");
    for (let i = 0; i < 200 && alive(kernel); ++i) await wait(100);
    const left = alive(kernel);
    if (left) process.kill(kernel, "SIGKILL");
    assert.ok(!left, `kernel ${kernel} is still there`);
  });

  it("keeps what was done when it is interrupted, also while a cell is compiled, and says so", async () => {
    writeFileSync(file(), source(["console.log('one')", "await new Promise((r) => setTimeout(r, 60000))"]));
    const over = new AbortController();
    const onCell = (cell: number): void => void (cell === 2 && setTimeout(() => over.abort(), 20));
    const {ok, failed, seconds} = await runNotebook(file(), {out: out(), onCell, signal: over.signal});
    assert.deepStrictEqual([ok, failed?.cell, failed?.name], [false, 2, "Interrupted"]);
    assert.ok(seconds < 50, `${seconds} s`); // the cell alone would take 60
    const [, one, two] = written().cells;
    assert.strictEqual(joined(one!.outputs![0]!.text), "one\n");
    assert.strictEqual(two!.outputs![0]!.ename, "Interrupted", "it obeyed, and was not killed");
  });

  it("is over at once when it is interrupted before its kernel answers, and writes the notebook", async () => {
    writeFileSync(file(), source(["1"]));
    const over = new AbortController();
    setTimeout(() => over.abort(), 50);
    const {failed} = await runNotebook(file(), {out: out(), signal: over.signal});
    assert.strictEqual(failed?.name, "Interrupted");
    assert.strictEqual(written().cells.length, 2);
  });

  it("tells of a kernel that dies while it starts as of a failed cell, so that other notebooks run", async () => {
    writeFileSync(file(), source(["1"]));
    const {ok, failed} = await runNotebook(file(), {out: out(), env: {NODE_OPTIONS: "--max-old-space-size=none"}});
    assert.deepStrictEqual([ok, failed?.cell, failed?.name], [false, 1, "KernelDied"]);
    assert.match(failed!.message, /the kernel died \(exit code/);
    assert.strictEqual(written().cells[1]!.outputs![0]!.ename, "KernelDied");
  });

  it("refuses what is no notebook", async () => {
    writeFileSync(file(), "{}");
    await assert.rejects(runNotebook(file(), {out: out()}), /invalid notebook format of .*: undefined; expected 4/);
  });
});

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
