import assert from "node:assert";
import {vote} from "../../src/layers/vote.js";
import {tensor3d} from "../../src/tf.js";
import {assertClose} from "../assert.js";
import {assertTensors, onEachBackend} from "../backends.js";

describe("voting", () => {
  onEachBackend(() => {
    it("unit i votes for class ⌊i/g⌋, and a logit is the mean of its units over time", () => {
      // T = 2, B = 2, two classes with three units each
      const outputs = tensor3d([1, 0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0, 1, 1, 1, 0], [2, 2, 6]);
      const logits = vote(outputs, 3);
      assert.deepStrictEqual(logits.shape, [2, 2]);
      assertClose(logits.dataSync(), [5 / 6, 1 / 6, 1 / 6, 5 / 6]);
    });

    it("with one voter a class, logits are firing rates", () => {
      assertClose(vote(tensor3d([1, 0, 1, 1, 0, 1, 0, 0], [4, 1, 2]), 1).dataSync(), [0.5, 0.5]);
    });

    it("leaves only its result behind", () => {
      const outputs = tensor3d([1, 0, 1, 1, 0, 1, 0, 0], [4, 1, 2]);
      assertTensors(1, () => vote(outputs, 2));
    });
  });
});
