import assert from "node:assert";
import {readFileSync} from "node:fs";
import {join} from "node:path";
import {Command} from "commander";
import {dataCommand, datasetLines} from "../../src/cli/data.js";
import {install} from "../../src/datasets/install.js";
import {DATASET_NAMES} from "../../src/datasets/index.js";
import {RECIPES} from "../../src/datasets/recipe.js";
import {packageRoot} from "../../src/root.js";
import {cifarRecords, inFolder, put} from "../datasets/fixtures.js";

/** Runs `spikebook data …` in this process. */
async function data(...words: readonly string[]): Promise<void> {
  const program = new Command("spikebook").exitOverride();
  dataCommand(program);
  await program.parseAsync(["data", ...words], {from: "user"});
}

describe("spikebook data", () => {
  it("lists every data set with its state", () =>
    inFolder(async (dir) => {
      const records = cifarRecords([[1], [2]]);
      const from = put(join(dir, "from"), {"data_batch_1.bin": records, "test_batch.bin": records});
      await install("cifar10", RECIPES.cifar10, {dataDir: dir, from});
      const states = Object.fromEntries((await datasetLines(dir)).map(({name, state}) => [name, state]));
      assert.deepStrictEqual(Object.keys(states), DATASET_NAMES);
      assert.strictEqual(states.procedural, "built in");
      assert.strictEqual(states.cifar10, "present, cut to 2 + 2 samples");
      assert.strictEqual(states.mnist, "get it: npx spikebook data mnist");
    }));

  it("installs what data/README.md documents: its table holds every checksum that the program uses", () => {
    const text = readFileSync(join(packageRoot, "data", "README.md"), "utf8");
    for (const {downloads, official} of Object.values(RECIPES))
      for (const sum of [...downloads.map((d) => d.sum.value), ...Object.values(official).map((o) => o.sha256)])
        assert.ok(text.includes(sum), `data/README.md lacks ${sum}`);
  });

  it("refuses what it cannot do", async () => {
    await assert.rejects(data("cifar11"), /unknown data set: cifar11; expected procedural, /);
    await assert.rejects(
      data("procedural"),
      /invalid data set to install: procedural; expected one that is not built in/,
    );
    await assert.rejects(data("mnist", "--from", "a", "--url", "b"), /--from and --url; expected one of them/);
    await assert.rejects(data("--from", "a"), /data without a name; expected spikebook data NAME --from DIR/);
  });
});
