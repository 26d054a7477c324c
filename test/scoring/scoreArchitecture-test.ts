import assert from "node:assert";
import {execFile} from "node:child_process";
import {join} from "node:path";
import {pathToFileURL} from "node:url";
import {promisify} from "node:util";
import {setFlagsFromString} from "node:v8";
import {runInNewContext} from "node:vm";
import {paramsOf} from "../../src/architectures/cost.js";
import {parseCell} from "../../src/architectures/cell.js";
import {randomKey} from "../../src/random.js";
import {packageRoot} from "../../src/root.js";
import {SCORES, type ScoreName} from "../../src/scoring/registry.js";
import {scoreArchitecture, scoreArchitectureBy} from "../../src/scoring/scoreArchitecture.js";
import {useBackend} from "../../src/kernels/index.js";
import {memory, presentBackends, tensor1d} from "../../src/tf.js";
import {assertClose} from "../assert.js";
import {onEachBackend} from "../backends.js";
import {noise, tinyArchitecture} from "../tiny.js";

const NAMES = Object.keys(SCORES) as ScoreName[];
const architecture = tinyArchitecture({channels: 4, head: {hidden: 16, voters: 2, dropout: 0.5}, T: 2});
const labels = () => tensor1d([0, 1, 2, 3, 0, 1], "int32");

onEachBackend(() => {
  describe("scoring/scoreArchitecture", () => {
    it("gives every score a finite value, the same for the same key and another for another", async () => {
      const x = noise(6);
      const y = labels();
      const run = (seed: number, names: readonly ScoreName[]) =>
        scoreArchitectureBy(names, architecture, x, {key: randomKey(seed), labels: y});
      const cheap = NAMES.filter((name) => SCORES[name].needs !== "gradients");
      const [first, again, other] = [await run(1, NAMES), await run(1, cheap), await run(2, cheap)];
      for (const name of NAMES) {
        const {value, status, repeats} = first.scores[name];
        assert.strictEqual(status, "ok", name);
        assertClose(value!, repeats.reduce((sum, r) => sum + r.value! / repeats.length, 0), {rtol: 1e-12, what: name}); // prettier-ignore
        if (cheap.includes(name)) assert.deepStrictEqual(again.scores[name], first.scores[name], name);
        if (SCORES[name].needs !== "architecture") {
          assert.strictEqual(repeats.length, 2);
          assert.notStrictEqual(repeats[0]!.value, repeats[1]!.value, `${name}: fresh weights for each repeat`);
          if (cheap.includes(name)) assert.notStrictEqual(other.scores[name].value, value, name);
        }
      }
      assert.strictEqual(first.scores.params.value, paramsOf(architecture));
      assert.strictEqual(first.scores.longestConvPath.value, 2 * 2);
      const rates = Object.values(first.firingRates);
      assert.ok(rates.length >= 6 && rates.every((rate) => rate >= 0 && rate < 0.6), JSON.stringify(first.firingRates));
      x.dispose();
      y.dispose();
    });

    it("frees what it makes, also when a score fails", async () => {
      const x = noise(6);
      const y = labels();
      const before = memory().numTensors;
      await scoreArchitectureBy(NAMES, architecture, x, {repeats: 1, labels: y});
      await assert.rejects(scoreArchitecture(architecture, x, {score: "gradientNorm"}), /^InputError: invalid labels/);
      assert.strictEqual(memory().numTensors, before);
      x.dispose();
      y.dispose();
    });
  });
});

describe("scoring on every backend", () => {
  after(() => useBackend("wasm"));

  it("gives one value, with the engine and without it", async () => {
    const cells = ["0312 0013 0003 0000", "0403 0020 2002 0300"].map((text) => parseCell(text)); // the second has feedback
    for (const cell of cells) {
      const values: {where: string; scores: Record<string, {value: number | null}>}[] = [];
      const run = async (where: string): Promise<void> => {
        const x = noise(6);
        const y = labels();
        const {scores} = await scoreArchitectureBy(NAMES, {...architecture, cells: [cell, cell]}, x, {labels: y});
        values.push({where, scores});
        x.dispose();
        y.dispose();
      };
      for (const backend of presentBackends()) {
        await useBackend(backend);
        await run(backend);
        if (backend !== "wasm") continue;
        process.env.SPIKEBOOK_ENGINE = "off";
        try {
          await run("wasm without the engine");
        } finally {
          delete process.env.SPIKEBOOK_ENGINE;
        }
      }
      for (const {where, scores} of values)
        for (const name of NAMES)
          assertClose(scores[name]!.value!, values[0]!.scores[name]!.value!, {rtol: 1e-4, what: `${name} on ${where}`});
    }
  });
});

describe("what scoring says of networks without a score", () => {
  before(() => useBackend("wasm"));

  it("tells a network whose output sees no image from one that scores", async () => {
    const x = noise(6);
    const dead = tinyArchitecture({cell: parseCell("0300 0000 0000 0000"), channels: 4});
    for (const score of ["sahd", "hamming", "firingEntropy"] as const) {
      const {value, status, firingRates} = await scoreArchitecture(dead, x, {score});
      assert.deepStrictEqual({value, status}, {value: null, status: "silent"});
      assert.ok(firingRates["cell1.n0"]! > 0 && firingRates.last === 0);
    }
    assert.strictEqual((await scoreArchitecture(dead, undefined, {score: "longestConvPath"})).status, "silent");
    x.dispose();
  });

  it("flags two equal images as singular", async () => {
    const [one, two] = [noise(3), noise(6)];
    const twins = one.concat(one);
    assert.strictEqual((await scoreArchitecture(architecture, twins)).status, "singular");
    assert.strictEqual((await scoreArchitecture(architecture, [two, twins])).status, "singular");
    assert.strictEqual((await scoreArchitecture(architecture, two)).status, "ok");
    [one, two, twins].forEach((x) => x.dispose());
  });

  it("needs no images to count, and says what it needs otherwise", async () => {
    const {value, repeats} = await scoreArchitecture(architecture, undefined, {score: "params"});
    assert.deepStrictEqual([value, repeats.length], [paramsOf(architecture), 1]);
    await assert.rejects(scoreArchitecture(architecture, undefined), /expected a batch \[B, S, S, channels\]/);
    await assert.rejects(scoreArchitecture(architecture, undefined, {score: "luck" as never}), /unknown score: luck/);
    await assert.rejects(
      scoreArchitecture(architecture, undefined, {repeat: 3} as never),
      /unknown score option: repeat/,
    );
  });

  it("gives the same value in another process", async function () {
    this.timeout(20000);
    const x = noise(6);
    const here = await scoreArchitecture(architecture, x, {key: randomKey(5)});
    const module = (path: string): string => JSON.stringify(pathToFileURL(join(packageRoot, "build", path)).href);
    const script = `
      const [{useBackend}, {scoreArchitecture}, {randomKey}, {noise}] = await Promise.all([
        ${["src/kernels/index.js", "src/scoring/scoreArchitecture.js", "src/random.js", "test/tiny.js"]
          .map((path) => `import(${module(path)})`)
          .join(", ")}
      ]);
      await useBackend("wasm");
      const {repeats} = await scoreArchitecture(${JSON.stringify(architecture)}, noise(6), {key: randomKey(5)});
      console.log(JSON.stringify(repeats));`;
    const {stdout} = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
    assert.deepStrictEqual(JSON.parse(stdout), here.repeats);
    x.dispose();
  });

  it("stops between repeats when its signal fires", async () => {
    const x = noise(4);
    const controller = new AbortController();
    setImmediate(() => controller.abort());
    const before = memory().numTensors;
    await assert.rejects(scoreArchitecture(architecture, x, {repeats: 1000, signal: controller.signal}), /abort/i);
    assert.strictEqual(memory().numTensors, before);
    x.dispose();
  });

  it("keeps memory flat over 200 candidates", async function () {
    this.timeout(20000);
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const bytes = (): number => {
      collect();
      const {heapUsed, external} = process.memoryUsage(); // the backend's memory is external
      return heapUsed + external;
    };
    const x = noise(8);
    const score = (seed: number) => scoreArchitecture(architecture, x, {key: randomKey(seed)});
    for (let i = 0; i < 40; ++i) await score(i);
    const [tensors, before] = [memory().numTensors, bytes()];
    for (let i = 0; i < 200; ++i) await score(i);
    assert.strictEqual(memory().numTensors, tensors);
    const growth = bytes() / before - 1;
    assert.ok(growth < 0.05, `memory grew by ${(100 * growth).toFixed(1)} %`);
    x.dispose();
  });
});
