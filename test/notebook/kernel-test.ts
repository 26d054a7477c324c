import assert from "node:assert";
import {existsSync, mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {setTimeout as wait} from "node:timers/promises";
import {fileURLToPath} from "node:url";
import {type KernelClient, startKernel} from "../../src/notebook/client.js";
import type {Json} from "../../src/notebook/wire.js";

type Told = {type: string; content: Json};

const library = (file: string): string => JSON.stringify(fileURLToPath(new URL(`../../src/${file}`, import.meta.url)));

describe("the kernel", function () {
  this.timeout(120_000); // seconds on a quiet machine
  let kernel: KernelClient;
  before(async () => {
    kernel = await startKernel();
  });
  after(() => kernel.stop());

  async function run(code: string): Promise<{reply: Json; told: Told[]; ofType: (type: string) => Json[]}> {
    const told: Told[] = [];
    const reply = await kernel.execute(code, (type, content) => told.push({type, content}));
    return {reply, told, ofType: (type) => told.filter((t) => t.type === type).map((t) => t.content)};
  }
  const printed = (contents: readonly Json[]): string => contents.map(({text}) => text).join("");

  it("delivers 5,000 of 5,000 lines, in order and in few messages", async () => {
    const {ofType} = await run("for (let i = 0; i < 5000; ++i) console.log(`line ${i}`)");
    const lines = printed(ofType("stream")).trimEnd().split("\n");
    assert.deepStrictEqual(
      lines,
      Array.from({length: 5000}, (_, i) => `line ${i}`),
    );
    assert.ok(ofType("stream").length < 20, `${ofType("stream").length} messages`);
  });

  it("counts cells and returns the value of the last expression", async () => {
    const first = await run("const seven: number = await Promise.resolve(7)");
    const {reply, told} = await run("seven * 6");
    assert.strictEqual(reply.execution_count, Number(first.reply.execution_count) + 1);
    assert.deepStrictEqual(told.map(({type}) => type), ["execute_input", "execute_result"]); // prettier-ignore
    assert.deepStrictEqual(told[1]!.content.data, {"text/plain": "42"});
  });

  it("sends prints before what comes after them", async () => {
    const code = `import {showMarkdown} from ${library("notebook/display.js")};
      console.log("a"); showMarkdown("b"); console.error("c"); console.log("d"); "e"`;
    const {told} = await run(code);
    const order = told.slice(1).map(({type, content}) => content.name ?? type);
    assert.deepStrictEqual(order, ["stdout", "display_data", "stderr", "stdout", "execute_result"]);
  });

  it("reports an error with its name, message, line and clean trace", async () => {
    const {reply, ofType} = await run("function deep() {\n  throw new RangeError('too deep');\n}\ndeep();");
    const [error] = ofType("error");
    assert.strictEqual(error?.ename, "RangeError");
    assert.strictEqual(error.evalue, "too deep");
    const trace = (error.traceback as string[]).join("\n");
    assert.match(trace, /throw new RangeError\('too deep'\);\n\s+\^/);
    assert.match(trace, /at deep <cell>/);
    assert.doesNotMatch(trace, /tslab|node:|evalmachine/);
    assert.strictEqual(reply.status, "error");
    assert.strictEqual(reply.evalue, "too deep");
  });

  it("reports a type error with the line it is in", async () => {
    const {ofType} = await run('const fine = 1;\nconst wrong: number = "text";');
    const {ename, evalue, traceback} = ofType("error")[0]!;
    assert.strictEqual(ename, "TypeScriptError");
    assert.match(String(evalue), /^line 2: Type 'string' is not assignable to type 'number'/);
    assert.deepStrictEqual((traceback as string[]).slice(1), ['    const wrong: number = "text";', "          ^"]);
  });

  it("prints a user's mistake without a trace", async () => {
    const {ofType} = await run(
      `import {invalid} from ${library("check.js")}; throw invalid("tau", -3, "a number > 1")`,
    );
    assert.deepStrictEqual(ofType("error")[0]!.traceback, ["InputError: invalid tau: -3; expected a number > 1"]);
  });

  it("aborts the cells that wait when one fails, and runs the next one sent", async () => {
    const replies = await Promise.all([run("throw new Error('first')"), run("1"), run("2")]);
    assert.deepStrictEqual(replies.map(({reply}) => reply.status), ["error", "aborted", "aborted"]); // prettier-ignore
    assert.strictEqual((await run("3")).reply.status, "ok");
  });

  /** Starts a cell that never ends by itself, interrupts it once it runs, and returns its reply and the milliseconds it took. */
  async function interrupted(loop: string): Promise<{reply: Json; took: number}> {
    const folder = mkdtempSync(join(tmpdir(), "spikebook-test-"));
    const mark = join(folder, "running"); // a loop that never awaits could not say so itself
    const cell = run(`import {writeFileSync} from "node:fs"; writeFileSync(${JSON.stringify(mark)}, ""); ${loop}`);
    while (!existsSync(mark)) await wait(20);
    await wait(200);
    const start = performance.now();
    kernel.interrupt();
    const {reply} = await cell;
    rmSync(folder, {recursive: true});
    return {reply, took: performance.now() - start};
  }

  it("stops an awaiting loop at once when interrupted, aborts its signal, and lives on", async () => {
    const {reply, took} = await interrupted(`import {cellSignal} from ${library("notebook/signal.js")};
      const signal = cellSignal(); const counter = globalThis as {turns?: number}; counter.turns = 0;
      while (!signal.aborted) { ++counter.turns; await new Promise<void>((r) => setTimeout(r, 10)); }`);
    assert.strictEqual(reply.ename, "Interrupted");
    assert.ok(took < 5000, `${took} ms`); // 30 on a quiet machine
    const {ofType} = await run(
      "const all = globalThis as {turns?: number}; const before = all.turns!; await new Promise<void>((r) => setTimeout(r, 100)); all.turns! - before",
    );
    assert.strictEqual((ofType("execute_result")[0]?.data as Json)["text/plain"], "0", "the loop goes on");
  });

  it("stops a loop that never awaits", async () => {
    assert.strictEqual((await interrupted("while (true) {}")).reply.ename, "Interrupted");
    assert.strictEqual((await run("1")).reply.status, "ok");
  });

  it("sends a figure as one bundle: interactive, picture and words", async () => {
    const {ofType} = await run(`import {figure} from ${library("plots/figure.js")};
      import {show} from ${library("notebook/display.js")};
      show(figure({data: [{x: [1, 2], y: [3, 4]}], caption: "Two points."}));`); // without await: the cell waits
    const [bundle, caption] = ofType("display_data");
    const data = bundle!.data as Record<string, string>;
    assert.deepStrictEqual(Object.keys(data), ["application/vnd.plotly.v1+json", "image/png", "text/plain"]);
    assert.deepStrictEqual(bundle!.metadata, {"image/png": {width: 760, alt: "Two points."}});
    assert.strictEqual(Buffer.from(data["image/png"]!, "base64").readUInt32BE(16), 1.5 * 760);
    assert.strictEqual((caption!.data as Json)["text/markdown"], "*Two points.*");
  });

  it("shows a DataFrame as a table", async () => {
    const code = `class DataFrame { columns = ["a<b"]; values = [[1.23456]]; index = [0]; } new DataFrame()`;
    const [{data}] = (await run(code)).ofType("execute_result") as [{data: Record<string, string>}];
    assert.match(data["text/html"]!, /<th[^>]*>a&lt;b<\/th>[^]*<td[^>]*>1\.235<\/td>/);
    assert.strictEqual(data["text/plain"], "  a<b\n-----\n1.235");
  });

  it("fails a cell whose promise nobody awaits, or whose callback throws, and lives on", async () => {
    const {reply, ofType} = await run('void Promise.reject(new RangeError("nobody looked")); 1');
    assert.deepStrictEqual([reply.status, reply.ename, reply.evalue], ["error", "RangeError", "nobody looked"]);
    assert.strictEqual(ofType("error").length, 1);
    const late = await run(
      'setTimeout(() => { throw new TypeError("in a timer"); }, 5); await new Promise((r) => setTimeout(r, 60))',
    );
    assert.deepStrictEqual([late.reply.ename, late.reply.evalue], ["TypeError", "in a timer"]);
    const caught = await run(
      'const p = Promise.reject(new Error("x")); await new Promise((r) => setTimeout(r, 20)); await p.catch(() => 2)',
    );
    assert.strictEqual(caught.reply.status, "ok", "a rejection that is caught late is caught");
  });

  it("completes, explains, and knows what ran", async () => {
    await run("const membranePotential = 0.5");
    const {matches} = await kernel.ask("complete_request", {code: "membraneP", cursor_pos: 9});
    assert.deepStrictEqual(matches, ["membranePotential"]);
    const {data} = await kernel.ask("inspect_request", {code: "membranePotential", cursor_pos: 3});
    assert.match(String((data as Json)["text/plain"]), /const membranePotential: 0\.5/);
    const {history} = await kernel.ask("history_request", {hist_access_type: "search", pattern: "*Potential = *"});
    assert.strictEqual((history as unknown[][]).at(-1)?.[2], "const membranePotential = 0.5");
    assert.deepStrictEqual(await kernel.ask("comm_info_request", {}), {status: "ok", comms: {}});
    assert.strictEqual((await kernel.ask("is_complete_request", {code: "for (;;) {"})).status, "incomplete");
  });

  it("keeps Node's warnings and libraries' banners out of the outputs", async () => {
    const {ofType} = await run("import * as tfc from '@tensorflow/tfjs'; tfc.scalar(2).square().dataSync()[0]");
    assert.deepStrictEqual(ofType("stream"), []);
    assert.deepStrictEqual((ofType("execute_result")[0]?.data as Json)["text/plain"], "4");
  });

  it("resolves the library by its name, as the build links it, with its types", async () => {
    const {ofType, reply} = await run('import * as library from "spikebook"; const n: string = library.show;');
    assert.strictEqual(reply.ename, "TypeScriptError", JSON.stringify(ofType("error")));
    assert.match(String(reply.evalue), /is not assignable to type 'string'/);
    assert.strictEqual((await run('import {show} from "spikebook"; typeof show')).reply.status, "ok");
  });

  it("tells its client when it dies", async () => {
    const doomed = await startKernel();
    await assert.rejects(
      doomed.execute("process.exit(3)", () => {}),
      /KernelDied: the kernel died \(exit code 3\)/,
    );
    await doomed.stop();
  });
});
