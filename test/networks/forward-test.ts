import assert from "node:assert";
import {type Architecture} from "../../src/architectures/architecture.js";
import {parseCell} from "../../src/architectures/cell.js";
import {paramsOf} from "../../src/architectures/cost.js";
import {sampleCell, SNASNET_FEEDBACK, SNASNET_FORWARD} from "../../src/architectures/spaces.js";
import {stagesOf} from "../../src/architectures/stages.js";
import {feedbackCell, forwardCell} from "../../src/networks/cell.js";
import {forward} from "../../src/networks/forward.js";
import {layersOf} from "../../src/networks/layers.js";
import {countParameters, disposeNetwork, initialise} from "../../src/networks/parameters.js";
import {NEURONS, neuronOf} from "../../src/graphs/neuron.js";
import {random, randomKey} from "../../src/random.js";
import {useBackend} from "../../src/kernels/index.js";
import {add, dispose, memory, type Tensor, tensor1d, type Tensor4D, tidy} from "../../src/tf.js";
import {crossEntropy} from "../../src/training/objective.js";
import {lossAndGradients} from "../../src/training/step.js";
import {assertClose} from "../assert.js";
import {onEachBackend} from "../backends.js";
import {noise, tinyArchitecture} from "../tiny.js";

describe("the tensors of a network", () => {
  before(() => useBackend("cpu"));

  it("hold as many numbers as the closed form says, for random wirings of one to three cells", () => {
    const stream = random(randomKey(5));
    for (let i = 0; i < 40; ++i) {
      const space = i % 2 ? SNASNET_FEEDBACK : SNASNET_FORWARD;
      const count = 1 + (i % 3);
      const cells = Array.from({length: count}, () => sampleCell(space, stream));
      const base = tinyArchitecture({channels: 1 + stream.integer(5), pool: 1});
      const neuron = neuronOf(i % 5 === 0 ? "plif" : "lif");
      const network = initialise({...base, cells, neuron}, randomKey(i));
      assert.strictEqual(countParameters(network), paramsOf(network.architecture));
      disposeNetwork(network);
    }
  });

  it("start equal where layers are equal, whatever else differs", () => {
    const [a, b] = ["0312 0013 0003 0000", "0301 0003 0000 0000"].map((cell) =>
      initialise(tinyArchitecture({cell: parseCell(cell)}), randomKey(3)),
    );
    for (const name of ["stem.conv", "cell1.e01.conv", "fc1.weight"])
      assert.deepStrictEqual(a!.parameters[name]!.dataSync(), b!.parameters[name]!.dataSync(), name);
  });
});

describe("the forward pass", () => {
  onEachBackend((backend) => {
    it("gives spikes that are 0 or 1, and membranes that cross the threshold exactly where they fire", () => {
      const network = initialise(tinyArchitecture(), randomKey(1));
      const {observed} = forward(network, noise(2), {training: true, observe: {spikes: true, membranes: true}});
      for (const [name, s] of Object.entries(observed.spikes)) {
        const [fired, u] = [s.dataSync(), observed.membranes[name]!.dataSync()];
        fired.forEach((value, i) => assert.strictEqual(value, u[i]! >= 1 ? 1 : 0, name));
      }
      assert.ok(Object.keys(observed.spikes).length >= 7);
    });

    it("of two images is that of each alone, in evaluation", () => {
      const network = initialise(tinyArchitecture({cell: parseCell("0303 0030 2002 0200")}), randomKey(2));
      const x = noise(2);
      const both = forward(network, x, {training: false}).logits.dataSync();
      const parts = [0, 1].flatMap((i) => {
        const one = x.slice([i, 0, 0, 0], [1, 8, 8, 3]);
        return Array.from(forward(network, one, {training: false}).logits.dataSync());
      });
      assertClose(both, parts, {rtol: 1e-5, atol: 1e-6});
    });

    it("of a forward cell is the same folded over time and stepped through it", () => {
      const a = tinyArchitecture({T: 3, cell: parseCell("0342 0013 0003 0000")});
      const network = initialise(a, randomKey(4));
      const input = tidy(() => noise(6, 8, 9).tile([1, 1, 1, 1]).slice([0, 0, 0, 0], [6, 8, 8, 2])) as Tensor4D;
      const run = (cell: typeof forwardCell): Float32Array => {
        const layers = layersOf(a, network.parameters, network.statistics, {training: true});
        return cell(a, layers, stagesOf(a)[0]!, {x: input}).dataSync() as Float32Array;
      };
      assertClose(run(feedbackCell), run(forwardCell), {rtol: 1e-4, atol: 1e-5});
    });

    it("has gradients that equal finite differences, with a smooth spike", function () {
      if (backend !== "cpu") this.skip(); // float32 differences are noisy: once is enough
      const a = tinyArchitecture({cell: parseCell("0303 0030 2002 0200")});
      const smooth = {...a, neuron: {...a.neuron, detachReset: false}};
      const network = initialise(smooth, randomKey(6));
      const [x, labels] = [noise(3), tensor1d([0, 1, 3], "int32")];
      const options = {training: true, firing: "smooth"} as const;
      const {gradients} = lossAndGradients(network, x, labels, {firing: "smooth"});
      const lossAt = (name: string, value: Tensor): number =>
        tidy(() => {
          const parameters = {...network.parameters, [name]: value};
          const {logits} = forward({...network, parameters}, x, options);
          return crossEntropy(logits, labels).dataSync()[0]!;
        });
      const stream = random(randomKey(8));
      for (const [name, p] of Object.entries(network.parameters)) {
        const direction = p.mul(0).add(stream.normal() > 0 ? 1 : -1);
        const step = 1e-3 / Math.sqrt(p.size);
        const slope =
          (lossAt(name, add(p, direction.mul(step))) - lossAt(name, add(p, direction.mul(-step)))) / (2 * step);
        const expected = gradients[name]!.mul(direction).sum().dataSync()[0]!;
        assertClose(expected, slope, {rtol: 0.05, atol: 2e-3, what: name});
      }
    });

    it("leaves no tensors behind", () => {
      const network = initialise(tinyArchitecture(), randomKey(1));
      const [x, labels] = [noise(2), tensor1d([0, 1], "int32")];
      const step = (): void => {
        const {logits, gradients, statistics} = lossAndGradients(network, x, labels, {dropout: randomKey(1)});
        dispose([logits, ...Object.values(gradients)]);
        dispose(Object.entries(statistics).flatMap(([name, t]) => (network.statistics[name] === t ? [] : [t])));
      };
      step();
      const before = memory().numTensors;
      for (let i = 0; i < 5; ++i) step();
      assert.strictEqual(memory().numTensors, before);
      disposeNetwork(network);
    });
  });
});

describe("variants of the network", () => {
  before(() => useBackend("wasm"));
  const lossOf = (a: Architecture): number =>
    lossAndGradients(initialise(a, randomKey(1)), noise(4), tensor1d([0, 1, 2, 3], "int32")).loss;

  for (const model of Object.keys(NEURONS))
    it(`trains a step with ${model} neurons`, () => {
      const a = tinyArchitecture();
      assert.ok(Number.isFinite(lossOf({...a, neuron: neuronOf(model, {tau: 2})})));
    });

  it("normalises jointly over time when asked: one row of statistics, T times the rows", () => {
    const network = initialise(tinyArchitecture({normalisation: "joint"}), randomKey(1));
    const {updates} = forward(network, noise(4), {training: true});
    assert.deepStrictEqual(updates["reduction1.bnIn"]!.mean.shape, [1, 2]);
    assert.strictEqual(updates["reduction1.bnIn"]!.rows, 2 * 4 * 8 * 8);
  });

  it("drops the same inputs at every timestep, named by the key", () => {
    const a = tinyArchitecture({head: {hidden: 8, voters: 2, dropout: 0.5}});
    const network = initialise(a, randomKey(1));
    const outputs = (key: number | undefined) =>
      Array.from(
        forward(network, noise(4), {
          training: true,
          ...(key !== undefined && {dropout: randomKey(key)}),
        }).outputs.dataSync(),
      );
    assert.deepStrictEqual(outputs(1), outputs(1));
    assert.notDeepStrictEqual(outputs(1), outputs(undefined));
  });
});
