import assert from "node:assert";
import {spawnSync} from "node:child_process";

const url = (path: string): string => JSON.stringify(import.meta.resolve(`../../src/${path}.js`));

/** What changes in tfjs's tables of kernels and gradients at each of some steps, in a process of its own. */
function changes(steps: readonly string[], environment: NodeJS.ProcessEnv = {}): Record<string, string[]>[] {
  const script = `
    const tf = await import(${url("tf")});
    const names = [...new Set(["wasm", "cpu"].flatMap((name) => tf.getKernelsForBackend(name)).map((k) => k.kernelName))];
    const tables = () => ({
      ...Object.fromEntries(["wasm", "cpu"].map((name) =>
        [name, new Map(tf.getKernelsForBackend(name).map((k) => [k.kernelName, k.kernelFunc]))])),
      gradients: new Map(names.map((name) => [name, tf.getGradient(name)?.gradFunc])),
    });
    let before = tables();
    const found = [];
    const look = () => {
      const now = tables();
      found.push(Object.fromEntries(Object.entries(now).map(([table, entries]) =>
        [table, [...entries].filter(([name, f]) => before[table].get(name) !== f).map(([name]) => name).sort()])));
      before = now;
    };
    ${steps.map((step) => `${step}; look();`).join("\n")}
    process.stdout.write(JSON.stringify(found));
  `;
  const options = {encoding: "utf8", env: {...process.env, ...environment}} as const;
  const {stdout, stderr} = spawnSync(process.execPath, ["--input-type=module", "-e", script], options);
  assert.strictEqual(stderr, "");
  return JSON.parse(stdout) as Record<string, string[]>[];
}

const library = `const spikebook = await import(${url("index")})`;
const nothing = {wasm: [], cpu: [], gradients: []};

describe("kernels/install", function () {
  this.timeout(30000);

  it("changes tfjs once, when it is called: importing the library changes nothing, nor does a second call", () => {
    const install = "spikebook.installKernels()";
    const [imported, installed, again] = changes([library, install, install]);
    assert.deepStrictEqual(imported, nothing);
    assert.deepStrictEqual(again, nothing);
    const {wasm, cpu, gradients} = installed!;
    assert.deepStrictEqual(cpu, []);
    assert.deepStrictEqual(gradients, ["Identity", "Tile"]);
    const own = wasm!.filter((name) => !name.startsWith("Spikebook"));
    assert.deepStrictEqual(own, ["Add", "BatchMatMul", "Conv2DBackpropFilter", "Identity", "SplitV", "Tile"]);
    assert.ok(wasm!.includes("SpikebookSpikeConv"));
  });

  it("is done where the wasm backend starts, and nowhere else", () => {
    const [, cpu, wasm] = changes([library, `await spikebook.useBackend("cpu")`, `await spikebook.useBackend("wasm")`]);
    assert.deepStrictEqual(cpu, nothing);
    assert.ok(wasm!.wasm!.includes("Identity"));
    assert.ok(changes([library, `await spikebook.startBackend("wasm")`])[1]!.wasm!.includes("Identity"));
    assert.deepStrictEqual(changes([library, `await spikebook.startBackend("cpu")`])[1], nothing);
  });

  it("leaves the gradients of other backends to tfjs: a clone's is cast to float32 there", () => {
    const script = `
      const spikebook = await import(${url("index")});
      await spikebook.useBackend("wasm");
      await spikebook.useBackend("cpu");
      const {tensor, getGradient, engine} = spikebook.tf;
      const dy = tensor([1, 2]);
      const {x} = getGradient("Identity").gradFunc(dy, [], {});
      process.stdout.write(String(x() === dy));
    `;
    const {stdout} = spawnSync(process.execPath, ["--input-type=module", "-e", script], {encoding: "utf8"});
    assert.strictEqual(stdout, "false");
  });
});
