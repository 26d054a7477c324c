import assert from "node:assert";
import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {convNet} from "../../src/architectures/convNet.js";
import {loadNetwork, saveNetwork} from "../../src/files/networkFile.js";
import {savePacked} from "../../src/files/packed.js";
import {disposeNetwork} from "../../src/networks/parameters.js";
import {
  chooseBits,
  closeWorkbench,
  compressAndMeasure,
  measureSensitivity,
  mixedText,
  openWorkbench,
  originalRow,
  type Workbench,
} from "../../src/studies/compression.js";
import {evaluateNetwork} from "../../src/studies/evaluateNetwork.js";
import {train} from "../../src/studies/train.js";
import {memory} from "../../src/tf.js";
import {assertClose} from "../assert.js";

describe("a trained network, compressed", function () {
  this.timeout(300_000);
  let folder = "";
  let bench: Workbench;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "compression-"));
    const layers = [{kind: "conv", channels: 8}, {kind: "maxPool"}, {kind: "conv", channels: 8}, {kind: "maxPool"}, {kind: "linear", units: 20}] as const; // prettier-ignore
    const {network} = await train(convNet({layers, T: 3}), {
      data: {name: "procedural-16", trainCount: 700, testCount: 300, train: 500, validation: 200, seed: 0},
      recipe: {epochs: 5, batchSize: 16, learningRate: 0.01, crop: 0, flip: false},
      backend: "wasm",
    });
    const path = join(folder, "net.safetensors");
    await saveNetwork(path, network);
    disposeNetwork(network);
    bench = await openWorkbench(path, {recalibrate: 200});
  });
  after(() => {
    closeWorkbench(bench);
    rmSync(folder, {recursive: true, force: true});
  });

  it("is chosen on its validation images, and is its own reference", () => {
    assert.deepStrictEqual([bench.choosing.of, bench.choosing.indices.length], ["validation", 200]);
    const training = new Set(bench.calibrating);
    assert.ok(
      bench.choosing.indices.every((i) => !training.has(i)),
      "statistics are measured on other images",
    );
    const row = originalRow(bench);
    assert.deepStrictEqual([row.difference, row.agreement, row.bits, row.n], [0, 1, 32, 300]);
    assert.strictEqual(row.accuracy, bench.network.made!.testAccuracy);
    assertClose(row.bitSynOps, 32 * bench.original.synOps);
    assert.ok(row.accuracy > 0.3, `it learnt: ${row.accuracy}`);
  });

  it("gives nearly all of its answers at 8 bits, and few of them at 1 bit without new statistics", async () => {
    const held = memory().numTensors;
    const agreement = async (bits: number, of: Workbench): Promise<number> => {
      const {network, row} = await compressAndMeasure(of, {bits});
      const path = join(folder, `${bits}.spikepak`);
      assert.strictEqual(savePacked(path, network), row.fileBytes);
      const loaded = await loadNetwork(path);
      const {evaluation} = await evaluateNetwork(loaded, {testCount: 300});
      assert.strictEqual(evaluation.accuracy, row.accuracy, "the file has the accuracy of its row");
      assertClose(row.difference, row.accuracy - bench.original.accuracy, {atol: 1e-9});
      assert.ok(row.differenceLow <= row.difference && row.difference <= row.differenceHigh);
      [network, loaded].forEach(disposeNetwork);
      return row.agreement;
    };
    const plain = {...bench, calibrating: new Int32Array(0)};
    const [eight, one] = [await agreement(8, plain), await agreement(1, plain)];
    assert.ok(eight > 0.8, `8 bits: ${eight}`);
    assert.ok(one < 0.7, `1 bit: ${one}`);
    const again = await agreement(2, bench);
    assert.ok(again > 0 && again <= 1);
    assert.strictEqual(memory().numTensors, held);
  });

  it("is shorter and does less at fewer bits, weights and timesteps", async () => {
    const rows = [];
    for (const options of [{bits: 8}, {bits: 4, kept: 0.5}, {bits: 4, kept: 0.5, timesteps: 1}]) {
      const {network, row} = await compressAndMeasure(bench, options);
      disposeNetwork(network);
      rows.push(row);
    }
    assert.deepStrictEqual(rows.map(({form}) => form), ["8 bits", "4 bits, 50 % kept", "4 bits, 50 % kept, T = 1"]); // prettier-ignore
    const [first, second, third] = rows as [typeof rows[0], typeof rows[0], typeof rows[0]]; // prettier-ignore
    assert.ok(first.fileBytes > second.fileBytes && first.weightBytes > second.weightBytes);
    assert.ok(second.bitSynOps < first.bitSynOps && third.bitSynOps < second.bitSynOps);
    assertClose(second.kept, 0.5, {atol: 0.01});
  });

  it("fits a budget with mixed bits, to the byte that was foretold", async () => {
    const held = memory().numTensors;
    const widths = [8, 2];
    const most = await compressAndMeasure(bench, {bits: 8});
    const least = await compressAndMeasure(bench, {bits: 2});
    const maxBytes = Math.round((most.row.fileBytes + least.row.fileBytes) / 2);
    [most, least].forEach(({network}) => disposeNetwork(network));
    const {bits, steps} = await chooseBits(bench, {widths, maxBytes});
    const layers = Object.fromEntries(Object.entries(bits).map(([id, own]) => [id, {bits: own}]));
    const {network, row} = await compressAndMeasure(bench, {layers}, mixedText(maxBytes));
    disposeNetwork(network);
    assert.ok(row.fileBytes <= maxBytes);
    assert.strictEqual(row.fileBytes, steps.at(-1)!.bytes);
    await assert.rejects(chooseBits(bench, {widths, maxBytes: 500}), /invalid max bytes: 500; expected at least \d+: all layers/); // prettier-ignore
    assert.strictEqual(memory().numTensors, held);
  });

  it("says what each layer bears", async () => {
    const held = memory().numTensors;
    const rows = await measureSensitivity(bench, [8, 1]);
    assert.strictEqual(rows.length, 2 * 4);
    assert.ok(rows.every(({n, accuracy}) => n === 200 && accuracy >= 0));
    assert.strictEqual(memory().numTensors, held);
  });
});
