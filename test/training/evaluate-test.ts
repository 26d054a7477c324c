import assert from "node:assert";
import {parseCell} from "../../src/architectures/cell.js";
import {graphOf} from "../../src/architectures/description.js";
import {nodeOf} from "../../src/graphs/graph.js";
import {weightedNodes} from "../../src/graphs/populations.js";
import {forward} from "../../src/networks/forward.js";
import {initialise} from "../../src/networks/parameters.js";
import {randomKey} from "../../src/random.js";
import {tidy} from "../../src/tf.js";
import {batchOf} from "../../src/training/batches.js";
import {evaluate} from "../../src/training/evaluate.js";
import {assertClose} from "../assert.js";
import {onEachBackend} from "../backends.js";
import {smallArchitecture, tinyData} from "../tiny.js";

describe("evaluation", () => {
  onEachBackend(() => {
    it("counts right answers, confusions, spikes and synaptic operations as plain loops do", async () => {
      const data = await tinyData(20, 30);
      const a = smallArchitecture({cell: parseCell("0512 0013 0003 0000")});
      const graph = graphOf(a);
      const network = initialise(a, randomKey(2));
      const result = await evaluate(network, data, data.test, {batchSize: 7});
      const {x} = batchOf(
        data,
        data.test,
        Array.from({length: 30}, (_, i) => i),
      );
      const {logits, observed} = forward(network, x, {training: false, observe: {spikes: true}});
      const predicted = tidy(() => logits.argMax(1).dataSync());
      const right = Array.from(predicted).filter((p, i) => p === data.test.labels[i]).length;
      assert.strictEqual(result.accuracy, right / 30);
      assert.strictEqual(result.n, 30);
      assert.deepStrictEqual(result.predicted, [...predicted]);
      assert.strictEqual(
        result.confusion.flat().reduce((p, q) => p + q),
        30,
      );
      assert.strictEqual(result.confusion[data.test.labels[0]!]![predicted[0]!]! > 0, true);

      let [total, spikes] = [0, 0];
      for (const [name, s] of Object.entries(observed.spikes)) {
        const fired = s.dataSync() as Float32Array;
        const count = fired.reduce((n, v) => n + v, 0);
        assertClose(result.firingRates[name]!, count / s.size, {what: `rate of ${name}`});
        let operations = 0;
        for (const node of weightedNodes(graph)) {
          // pool and flatten lie between the last population and fc1
          const from = node.id === "fc1" ? "last" : node.inputs[0]!.from;
          if (from !== name) continue;
          if (node.op.kind === "linear") {
            operations += count * node.op.units;
            continue;
          }
          if (node.op.kind !== "conv2d") continue;
          const {kernelSize, channels: cout} = node.op;
          const [side, channels, half] = [nodeOf(graph, name).shape[0]!, s.shape[4]!, kernelSize >> 1];
          fired.forEach((v, at) => {
            if (v === 0) return;
            const [row, column] = [Math.floor(at / (side * channels)) % side, Math.floor(at / channels) % side];
            for (let dy = -half; dy <= half; ++dy)
              for (let dx = -half; dx <= half; ++dx)
                if (row + dy >= 0 && row + dy < side && column + dx >= 0 && column + dx < side) operations += cout;
          });
        }
        assertClose(result.synOpsByLayer[name]!, operations / 30, {rtol: 1e-5, what: `synOps of ${name}`});
        total += operations / 30;
        spikes += count / 30;
      }
      assertClose(result.synOps, total, {rtol: 1e-5});
      assertClose(result.bitSynOps, 32 * total, {rtol: 1e-5});
      assertClose(result.spikes, spikes, {rtol: 1e-5});
    });
  });
});
