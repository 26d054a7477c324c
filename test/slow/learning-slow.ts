// Whether training learns as much as SNASNet's published code does from the same images.
//
// That code, at C = 16, p = 4, T = 5 with the small recipe on the first 5,000 training images of CIFAR-10, 6 epochs, reached
// 51.6 and 52.0 % of the first 2,000 test images (two seeds). The standard error of 2,000 images is 1.1 points.

import assert from "node:assert";
import {meanInterval} from "../../src/analysis/interval.js";
import {snasnet} from "../../src/architectures/architecture.js";
import {isPresent, loadDataset} from "../../src/datasets/index.js";
import {disposeNetwork} from "../../src/networks/parameters.js";
import {randomKey} from "../../src/random.js";
import {startBackend} from "../../src/kernels/index.js";
import {evaluate} from "../../src/training/evaluate.js";
import {fit} from "../../src/training/fit.js";
import {recipe} from "../../src/training/recipe.js";

const SEEDS = (process.env.SPIKEBOOK_SEEDS ?? "1,2,3").split(",").map(Number);

describe("a small SNASNet after 6 epochs of 5,000 images of CIFAR-10", () => {
  const accuracies: number[] = [];

  before(async function () {
    if (!isPresent("cifar10")) {
      console.log("    CIFAR-10 is absent: npx spikebook data cifar10");
      this.skip();
    }
    await startBackend();
  });

  for (const seed of SEEDS)
    it(`is trained with seed ${seed}`, async function () {
      this.timeout(0);
      const data = await loadDataset("cifar10", {trainCount: 5000, testCount: 2000});
      const {network, status, curve, imagesPerSecond} = await fit(snasnet({channels: 16}), {
        data,
        train: Array.from({length: 5000}, (_, i) => i),
        recipe: recipe(),
        key: randomKey(seed, "trial"),
      });
      assert.strictEqual(status, "ok");
      const {accuracy} = await evaluate(network, data, data.test);
      disposeNetwork(network);
      accuracies.push(accuracy);
      const trained = (100 * curve.at(-1)!.trainAccuracy).toFixed(1);
      console.log(
        `      ${(100 * accuracy).toFixed(2)} % of 2,000 test images; training ${trained} %, ${imagesPerSecond.toFixed(0)} images/s`,
      );
    });

  it("is right on 52 ± 2 % of the test images, on average over the seeds", () => {
    const {mean, low, high, n} = meanInterval(accuracies);
    const percent = (p: number | undefined): string => (p === undefined ? "?" : (100 * p).toFixed(1));
    console.log(`      mean ${percent(mean)} %, 95 % interval ${percent(low)} to ${percent(high)}, n = ${n}`);
    assert.ok(Math.abs(mean - 0.52) <= 0.02, `${mean}`);
  });
});
