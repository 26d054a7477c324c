import assert from "node:assert";
import {snasnet} from "../../src/architectures/architecture.js";
import {parseCell} from "../../src/architectures/cell.js";
import {kernelReport, useBackend} from "../../src/kernels/index.js";
import {rematerialisation} from "../../src/kernels/rematerialise.js";
import {keptMapsBudget} from "../../src/networks/keptMaps.js";
import {disposeNetwork, initialise} from "../../src/networks/parameters.js";
import {randomKey} from "../../src/random.js";
import {assertClose} from "../assert.js";
import {dispose, memory, randomNormal, tensor1d, type Tensor4D} from "../../src/tf.js";
import {lossAndGradients} from "../../src/training/step.js";

describe("maps that are made again going backwards", () => {
  const {from} = rematerialisation;
  const {bytes} = keptMapsBudget;
  before(async function () {
    await useBackend("wasm");
    if (kernelReport().engine === "off") this.skip();
  });
  afterEach(() => {
    rematerialisation.from = from;
    keptMapsBudget.bytes = bytes;
  });

  for (const cell of ["0333 0012 0003 0000", "0234 0013 0002 0000", "0303 0033 0003 0000", "0001 0000 0000 0000"])
    it(`give the gradients that kept ones give, and leave no tensors: ${cell}`, () => {
      const architecture = snasnet({cell: parseCell(cell), channels: 8, T: 3, pool: 4, input: {size: 16, channels: 3}, head: {hidden: 16, voters: 2, dropout: 0}}); // prettier-ignore
      const network = initialise(architecture, randomKey(1));
      const x = randomNormal([4, 16, 16, 3], 0, 1, "float32", 1) as Tensor4D;
      const labels = tensor1d([0, 1, 2, 3], "int32");
      const {numTensors} = memory();
      const gradientsFrom = (large: number, budget: number): Record<string, number[]> => {
        rematerialisation.from = large;
        keptMapsBudget.bytes = budget;
        const {gradients, statistics, logits} = lossAndGradients(network, x, labels);
        const values = Object.fromEntries(Object.entries(gradients).map(([name, g]) => [name, [...g.dataSync()]]));
        const made = Object.entries(statistics).filter(([name, s]) => network.statistics[name] !== s);
        dispose([logits, ...Object.values(gradients), ...made.map(([, s]) => s)]);
        return values;
      };
      const kept = gradientsFrom(Infinity, 0);
      const map = 4 * 3 * 4 * 16 * 16 * 8;
      for (const budget of [0, map, 2 * map, Infinity])
        for (const [name, made] of Object.entries(gradientsFrom(0, budget)))
          assertClose(made, kept[name]!, {rtol: 1e-5, scale: "max", what: `${name}, budget ${budget}`});
      assert.ok(Object.values(kept).flat().some((g) => g !== 0)); // prettier-ignore
      assert.strictEqual(memory().numTensors, numTensors);
      disposeNetwork(network);
      dispose([x, labels]);
    });
});
