import assert from "node:assert";
import {chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {cacheFolder, machineKey, readMeasured, rememberMeasured} from "../src/measuredBackends.js";
import {measureBackends} from "../src/training/measureBackends.js";
import {useBackend} from "../src/kernels/index.js";
import {memory} from "../src/tf.js";

describe("which backend is the fastest", () => {
  let folder: string;
  const before = process.env.SPIKEBOOK_CACHE;
  beforeEach(() => (process.env.SPIKEBOOK_CACHE = folder = mkdtempSync(join(tmpdir(), "cache-"))));
  afterEach(() => {
    if (before === undefined) delete process.env.SPIKEBOOK_CACHE;
    else process.env.SPIKEBOOK_CACHE = before;
    rmSync(folder, {recursive: true, force: true});
  });

  const speeds = {wasm: {training: 80, inference: 300}, tensorflow: {training: 30, inference: 90}};
  const measured = {machine: machineKey("tensorflow 2.20"), date: "2026-01-01", speeds, fastest: "wasm"};

  it("is measured with real steps, and leaves no tensor behind", async () => {
    await useBackend("wasm");
    const tensors = memory().numTensors;
    const found = await measureBackends(["wasm"]);
    assert.strictEqual(found.fastest, "wasm");
    assert.ok(found.speeds.wasm!.training > 0 && found.speeds.wasm!.inference > found.speeds.wasm!.training);
    assert.strictEqual(memory().numTensors, tensors);
  });

  it("is remembered for the same versions and machine", () => {
    assert.strictEqual(readMeasured("tensorflow 2.20"), undefined);
    assert.strictEqual(rememberMeasured(measured), join(folder, "backends.json"));
    assert.deepStrictEqual(readMeasured("tensorflow 2.20"), measured);
    assert.strictEqual(readMeasured("tensorflow 2.21"), undefined);
  });

  it("is measured again when the file is damaged", () => {
    rememberMeasured(measured);
    const file = join(folder, "backends.json");
    const whole = readFileSync(file, "utf8");
    const damaged = [whole.slice(0, 40), whole.replace("80", "-80"), whole.replace('"fastest": "wasm"', '"fastest": "x"'), "{}"]; // prettier-ignore
    for (const text of damaged) {
      writeFileSync(file, text);
      assert.strictEqual(readMeasured("tensorflow 2.20"), undefined, text);
    }
  });

  it("is no error where nothing can be written", function () {
    if (process.getuid?.() === 0) {
      process.env.SPIKEBOOK_CACHE = join(folder, "file", "below");
      writeFileSync(join(folder, "file"), "");
    } else {
      mkdirSync(join(folder, "closed"));
      chmodSync(join(folder, "closed"), 0o500);
      process.env.SPIKEBOOK_CACHE = join(folder, "closed", "below");
    }
    assert.strictEqual(rememberMeasured(measured), undefined);
    assert.ok(!existsSync(process.env.SPIKEBOOK_CACHE));
  });

  it("lives where the user's caches do", () => {
    assert.strictEqual(cacheFolder({SPIKEBOOK_CACHE: "/a"}), "/a");
    assert.strictEqual(cacheFolder({XDG_CACHE_HOME: "/b"}), join("/b", "spikebook"));
    assert.match(cacheFolder({}), /\.cache.spikebook$/);
  });
});
