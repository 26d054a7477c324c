// Expected values: means taken by hand.

import {mixedPrefixes, prefixMeans} from "../../src/layers/prefixes.js";
import {memory, tensor1d, tensor3d, tidy, unstack} from "../../src/tf.js";
import assert from "node:assert";
import {assertClose} from "../assert.js";
import {onEachBackend} from "../backends.js";

describe("means of the first timesteps", () => {
  onEachBackend(() => {
    const z = () => tensor3d([1, 0, 0, 1, 2, 0.5, 5, -1], [4, 1, 2]);

    it("are those of one, two, … timesteps", () =>
      assertClose(prefixMeans(z()).dataSync(), [1, 0, 0.5, 0.5, 1, 0.5, 2, 0.125]));

    it("are mixed by weights, one of which alone chooses a number of timesteps", () => {
      assertClose(mixedPrefixes(z(), tensor1d([0, 0.25, 0.75, 0])).dataSync(), [0.875, 0.5]);
      for (const [t, mean] of unstack(prefixMeans(z())).entries()) {
        const alone = tensor1d([0, 1, 2, 3].map((i) => (i === t ? 1 : 0)));
        assertClose(mixedPrefixes(z(), alone).dataSync(), mean.dataSync());
      }
    });

    it("leave nothing behind", () => {
      const [x, p] = [z(), tensor1d([1, 0, 0, 0])];
      const before = memory().numTensors;
      tidy(() => void [prefixMeans(x), mixedPrefixes(x, p)]);
      assert.strictEqual(memory().numTensors, before);
    });
  });
});
