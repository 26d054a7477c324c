import assert from "node:assert";
import {existsSync, readdirSync} from "node:fs";
import {join} from "node:path";
import {gzipSync} from "node:zlib";
import tar from "tar-stream";
import {paramsOf} from "../../src/architectures/cost.js";
import {
  spikenasBenchArchitecture,
  type SpikenasBenchDataset,
  spikenasBenchOps,
} from "../../src/architectures/spikenasBench.js";
import {benchTable, parseBenchLog, parseBenchTable, verifyBench} from "../../src/datasets/benchFormats.js";
import {installBench, installedBenches, loadBench} from "../../src/datasets/benchSource.js";
import {benchSpikes, lookUp, queries, validationAfter} from "../../src/datasets/spikenasBench.js";
import {packageRoot} from "../../src/root.js";
import {assertClose} from "../assert.js";
import {madeUpNetworks} from "../madeUpBench.js";
import {inFolder, put} from "./fixtures.js";

const TABLE = join(packageRoot, "../shared/data/spikenas-bench/cifar10.csv.gz");

/** A log of the authors' form with made-up numbers: validation accuracy e after e epochs, all rates 0.1. */
function log(id: number, dataset: SpikenasBenchDataset = "cifar100", epochs = 100): string {
  const conv = [0, 1, 3, 2, 4, 5].map((k) => (spikenasBenchOps(id)[k]! >= 2 ? "0.100" : "-1.000"));
  const curve = Array.from({length: epochs}, (_, e) => `${e}.000, 50.000, 1.000, ${((e + 1) / 2).toFixed(3)}, 1.000`);
  return [
    `architecture id: ${id}`,
    `model parameters: ${paramsOf(spikenasBenchArchitecture(id, dataset))}`,
    "epoch, train_acc, train_loss, val_acc, val_loss",
    ...curve,
    "test accuracy: 61.250",
    `firing rate of layers: ${[...conv, ...conv, "0.100", "0.100", "0.100", "0.100"].join(", ")}`,
    "Elapsed time: 2.0hour26.0minute17.7second",
    "",
  ].join("\n");
}

async function tarOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const pack = tar.pack();
  for (const [name, text] of Object.entries(files)) pack.entry({name}, text);
  pack.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of pack) chunks.push(chunk);
  return gzipSync(Buffer.concat(chunks));
}

describe("SpikeNAS-Bench's data", () => {
  it("has the published parameters for each of its data sets", () => {
    // closed form of the macro network, checked against the logs of all three
    assert.strictEqual(paramsOf(spikenasBenchArchitecture(0, "cifar100")), 17_589_620);
    assert.strictEqual(paramsOf(spikenasBenchArchitecture(0, "tiny-imagenet")), 71_505_768);
    assert.strictEqual(paramsOf(spikenasBenchArchitecture(14802, "cifar100")), 21_279_860);
  });

  it("is read from a log: epochs, rates, seconds", () => {
    const network = parseBenchLog(log(12617, "cifar100", 200), "log");
    assert.deepStrictEqual(network.ops, [2, 3, 4, 0, 0, 4]);
    assert.deepStrictEqual(network.validation, {10: 5, 20: 10, 40: 20, 60: 30});
    assert.deepStrictEqual([network.epochs, network.validationFinal, network.test], [200, 100, 61.25]);
    assert.strictEqual(network.seconds, 2 * 3600 + 26 * 60 + 17.7);
    assert.strictEqual(network.firingRates[2], -1);
  });

  it("is installed from the repository's folders, an archive or a table, and read back", () =>
    inFolder(async (dir) => {
      const dataDir = join(dir, "data");
      const files = {
        "repo/data/CIFAR100/14802/train_process.txt": log(14802),
        "repo/data/CIFAR100/12617/train_process.txt": log(12617),
        "repo/data/TinyImagenet/12617/train_process.txt": log(12617, "tiny-imagenet"),
        "repo/README.md": "not read",
      };
      put(dir, files);
      const found = await installBench(join(dir, "repo"), {dataDir});
      assert.deepStrictEqual(found.map(({dataset, networks}) => [dataset, networks.map(({id}) => id)]).sort(), [
        ["cifar100", [12617, 14802]],
        ["tiny-imagenet", [12617]],
      ]);
      assert.deepStrictEqual(readdirSync(dataDir), ["spikenas-bench"]);
      const bench = await loadBench({dataset: "cifar100", dataDir});
      assert.deepStrictEqual(bench.networks, found.find(({dataset}) => dataset === "cifar100")!.networks);

      put(dir, {"repo.tar.gz": (await tarOf(files)) as never});
      await installBench(join(dir, "repo.tar.gz"), {dataDir});
      assert.deepStrictEqual((await loadBench({dataset: "cifar100", dataDir})).networks, bench.networks);

      // one data set's folder replaces its own table and leaves the others
      put(dir, {"one/14802/train_process.txt": log(14802)});
      await installBench(join(dir, "one"), {dataDir});
      assert.deepStrictEqual(installedBenches(dataDir), ["cifar100", "tiny-imagenet"]);
      assert.strictEqual((await loadBench({dataset: "cifar100", dataDir})).networks.length, 1);
    }));

  it("keeps the validation accuracy after every epoch beside the table, and reads it in either form", () =>
    inFolder(async (dir) => {
      const dataDir = join(dir, "data");
      put(dir, {
        "from/14802/train_process.txt": log(14802),
        "from/12617/train_process.txt": log(12617, "cifar100", 200),
      });
      const [found] = await installBench(join(dir, "from"), {dataDir});
      assert.deepStrictEqual(readdirSync(join(dataDir, "spikenas-bench")).sort(), ["cifar100-val.csv", "cifar100.csv", "dataset.json"]); // prettier-ignore
      const bench = await loadBench({dataset: "cifar100", dataDir});
      assert.deepStrictEqual(bench.networks, found!.networks);
      assert.deepStrictEqual([validationAfter(bench, 14802, 7), validationAfter(bench, 12617, 150), validationAfter(bench, 14802, 900)], [3.5, 75, 50]); // prettier-ignore
      // without a header: correct images of 25,000
      const counts = bench.networks.map(({id, curve}) => [id, ...curve!.map((v) => 250 * v)].join(",")).join("\n");
      const plain = {
        "copy/cifar100.csv": benchTable(bench.networks),
        "copy/cifar100-val.csv.gz": gzipSync(`${counts}\n`),
      };
      put(dir, plain);
      const copy = await loadBench({dataset: "cifar100", from: join(dir, "copy", "cifar100.csv"), dataDir});
      assert.deepStrictEqual(copy.networks, bench.networks);
      const refused = async (curves: string, message: RegExp): Promise<void> => {
        put(dir, {"copy/cifar100-val.csv.gz": gzipSync(curves)});
        await assert.rejects(loadBench({dataset: "cifar100", from: join(dir, "copy"), dataDir}), message);
      };
      await refused(counts, /it ends within a line/);
      await refused(`${counts.replace(",1250,", ",x,")}\n`, /line \d: .*; expected an id and integers from 0 to 25000/);
      await refused(`${counts.replace(/,\d+\n/, ",9\n")}\n`, /network 12617: 200 epochs that end at 0.036 %; expected the 200 epochs of its table, which end at 100 %/); // prettier-ignore
    }));

  it("is read from Tiny-ImageNet's logs, which have the five best classes too", async function () {
    const text = log(12617, "tiny-imagenet")
      .replace(/^(\d+\.000), 50.000, 1.000, ([\d.]+), 1.000$/gm, "$1, 50.000, 80.000, 1.000, $2, 90.000, 1.000")
      .replace("test accuracy: 61.250", "test top1: 61.250, test tpo5: 84.000");
    const network = parseBenchLog(text, "log");
    assert.deepStrictEqual([network.validation[20], network.test, network.epochs], [10, 61.25, 100]);
    const logs = join(packageRoot, "../shared/data/spikenas-bench/logs-sample");
    if (!existsSync(logs)) return this.skip();
    await inFolder(async (dir) => {
      const found = await installBench(logs, {dataDir: dir});
      assert.deepStrictEqual(found.map(({dataset, networks}) => [dataset, networks.length]).sort(), [["cifar100", 4], ["tiny-imagenet", 4]]); // prettier-ignore
    });
  });

  const broken: readonly (readonly [string, (text: string) => string, RegExp])[] = [
    ["cut before its end", (t) => t.slice(0, t.indexOf("test accuracy")), /14802.train_process.txt: no line "test accuracy:"; expected a whole log/], // prettier-ignore
    ["cut within its epochs", (t) => t.replace(/\n5[0-9]\.000, .*/g, ""), /epoch 60, 50, .*; expected epoch 50 with four numbers/], // prettier-ignore
    ["of another network", (t) => t.replace("id: 14802", "id: 0"), /network 0: 21279860 parameters; expected 17179620 \(cifar10\), 17589620/], // prettier-ignore
    ["with an impossible accuracy", (t) => t.replace("61.250", "161.250"), /network 14802: accuracy test 161.25; expected a percentage/], // prettier-ignore
    ["with a rate where no LIF is", (t) => t.replace("-1.000", "0.100"), /firing rate 0.1 of unit 1; expected -1: its edge has no LIF/], // prettier-ignore
    ["with a wrong mean rate", (t) => t.replace("0.100\nElapsed", "0.200\nElapsed"), /mean firing rate 0.2; expected 0.100/], // prettier-ignore
    ["without an id", (t) => t.replace("14802", "x"), /invalid SpikeNAS-Bench id: NaN/],
  ];
  for (const [title, damage, message] of broken)
    it(`refuses a log ${title}, and leaves what was installed`, () =>
      inFolder(async (dir) => {
        put(dir, {"from/14802/train_process.txt": damage(log(14802))});
        await assert.rejects(installBench(join(dir, "from"), {dataDir: join(dir, "data")}), (error: Error) => {
          assert.match(error.message, message);
          return error.name === "InputError";
        });
        assert.ok(!existsSync(join(dir, "data", "spikenas-bench")));
      }));

  it("refuses what is not it, and says how to get it", () =>
    inFolder(async (dir) => {
      const dataDir = join(dir, "data");
      put(dir, {"from/readme.txt": "hello", "page/cifar10.csv": "<html>", "gz/cifar10.csv.gz": gzipSync("id").subarray(0, 12)}); // prettier-ignore
      await assert.rejects(installBench(join(dir, "from"), {dataDir}), /neither logs .* nor a table/);
      await assert.rejects(installBench(join(dir, "page"), {dataDir}), /no column id; expected the columns id, e01/);
      await assert.rejects(installBench(join(dir, "gz"), {dataDir}), /this one is truncated or damaged/);
      await assert.rejects(installBench(join(dir, "none"), {dataDir}), /an existing folder, archive or table/);
      await assert.rejects(loadBench({dataDir}), /is not installed: .*npx spikebook data spikenas-bench --from PATH/);
      await assert.rejects(loadBench({dataset: "mnist", dataDir}), /unknown data set of SpikeNAS-Bench: mnist/);
    }));

  it("tells charged queries from free ones", () =>
    inFolder(async (dir) => {
      put(dir, {"14802/train_process.txt": log(14802), "12617/train_process.txt": log(12617)});
      const bench = await loadBench({dataset: "cifar100", from: dir, dataDir: dir});
      const free = lookUp(bench, 12617);
      const {query, spent} = queries(bench, {after: 10});
      assert.deepStrictEqual(spent(), {queries: 0, networks: 0, seconds: 0});
      assert.strictEqual(query(12617), free.validation[10]);
      query(12617);
      query(14802);
      assert.deepStrictEqual([spent().queries, spent().networks], [3, 2]);
      assertClose(spent().seconds, (3 * free.seconds) / 10);
      assert.throws(() => query(3), /invalid network of SpikeNAS-Bench for cifar100: 3/);
      assert.throws(() => queries(bench, {after: 30 as 10}), /unknown epoch: 30; expected 10, 20, 40, 60 or final/);
    }));
});

describe("a table of all networks", () => {
  it("is refused when rows are missing or cut off", async () => {
    const networks = madeUpNetworks();
    const text = benchTable(networks);
    assert.deepStrictEqual(parseBenchTable(text, "t"), networks);
    assert.throws(() => verifyBench(networks.slice(1), "t"), /15624 networks for CIFAR-10; expected all 15625; this copy is truncated/); // prettier-ignore
    assert.throws(() => verifyBench([...networks, networks[5]!], "t"), /network 5 twice/);
    assert.throws(() => parseBenchTable(text.slice(0, -9), "t"), /it ends within a line/);
    assert.throws(() => parseBenchTable(text.replace("\n1,1,", "\n1,x,"), "t"), /t, line 3: e01 x; expected a number/);
    await inFolder(async (dir) => {
      put(dir, {"cifar10.csv.gz": gzipSync(text).subarray(0, 30_000)});
      await assert.rejects(loadBench({from: join(dir, "cifar10.csv.gz"), dataDir: ""}), /truncated or damaged/);
    });
  });
});

describe("SpikeNAS-Bench's table of CIFAR-10", () => {
  before(function () {
    if (existsSync(TABLE)) return;
    console.log(`      skipped: ${TABLE} is not here`);
    this.skip();
  });

  it("holds 15,625 verified networks, the best of them 12617 with 89.30 %", async () => {
    const {networks, dataset} = await loadBench({from: TABLE, dataDir: ""});
    assert.deepStrictEqual([dataset, networks.length], ["cifar10", 15_625]);
    const best = networks.reduce((a, b) => (b.test > a.test ? b : a));
    assert.deepStrictEqual([best.id, best.test, best.params, best.meanFiringRate], [12617, 89.3, 20_131_812, 0.119]);
    assert.strictEqual(networks.filter(({test}) => test === 10).length, 341);
    // mean rate · neurons · T; 12617 has LIFs on four edges a cell
    const neurons = 4 * 131_072 + 4 * 65_536 + 131_072 + 65_536 + 1024;
    assertClose(benchSpikes(best), 5 * 0.119 * neurons, {rtol: 0.005});
  });
});
