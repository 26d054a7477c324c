// DNNs: graphs with ReLUs in place of populations, and what is counted of their activations.

import assert from "node:assert";
import {canonicalArchitecture, hashOf} from "../../src/architectures/canonical.js";
import {parseCell} from "../../src/architectures/cell.js";
import {convNet} from "../../src/architectures/convNet.js";
import {graphOf} from "../../src/architectures/description.js";
import {validateArchitecture} from "../../src/architectures/validate.js";
import {graphCost} from "../../src/graphs/cost.js";
import {nodeOf, nodesOf} from "../../src/graphs/graph.js";
import {neuronOf} from "../../src/graphs/neuron.js";
import {forward} from "../../src/networks/forward.js";
import {disposeNetwork, initialise, parameterShapes} from "../../src/networks/parameters.js";
import {random, randomKey} from "../../src/random.js";
import {add, type Tensor, tensor, tensor1d, tensor4d, tidy} from "../../src/tf.js";
import {effectiveMacsOf} from "../../src/training/activity.js";
import {evaluate} from "../../src/training/evaluate.js";
import {crossEntropy} from "../../src/training/objective.js";
import {lossAndGradients} from "../../src/training/step.js";
import {assertClose} from "../assert.js";
import {onEachBackend} from "../backends.js";
import {noise, tinyArchitecture, tinyData} from "../tiny.js";

const RELU = {activation: "relu"} as const;

describe("a DNN in SNASNet's macro network", () => {
  it("has a ReLU of the same name for every population, and equal parameters", () => {
    const [snn, dnn] = [graphOf(tinyArchitecture()), graphOf(tinyArchitecture({...RELU, T: 1}))];
    assert.deepStrictEqual(nodesOf(dnn, "relu").map(({id}) => id), nodesOf(snn, "neurons").map(({id}) => id)); // prettier-ignore
    assert.strictEqual(nodesOf(dnn, "neurons").length, 0);
    const shapes = (graph: typeof snn) => parameterShapes(graph).map(({name, shape}) => [name, shape]);
    assert.deepStrictEqual(shapes(dnn), shapes(snn));
    const {macs, dnnMacs} = graphCost(dnn);
    assert.strictEqual(macs, dnnMacs);
  });

  it("hashes apart from its spiking twin, whatever neuron it does not have; spikes are what is not said", () => {
    const hash = (changes: object): string => hashOf(canonicalArchitecture(tinyArchitecture(changes)));
    assert.strictEqual(hash({activation: "spikes"}), hash({}));
    assert.notStrictEqual(hash(RELU), hash({}));
    assert.strictEqual(hash({...RELU, neuron: neuronOf("if")}), hash(RELU));
  });

  it("has no thresholds", () => {
    const cell = parseCell("0312 0013 0003 0000").map((row) => row.map((op) => (op === "conv3" ? "conv3@0.5" : op))) as never; // prettier-ignore
    assert.throws(() => validateArchitecture(tinyArchitecture({...RELU, cell})), /invalid op: conv3@0.5; expected a convolution without a threshold/); // prettier-ignore
  });

  onEachBackend(() => {
    it("computes the same whatever T is said: nothing in it changes over time", () => {
      const logits = [1, 5].map((T) => {
        const network = initialise(tinyArchitecture({...RELU, T}), randomKey(2));
        const found = [false, true].flatMap((training) => [...forward(network, noise(3), {training}).logits.dataSync()]); // prettier-ignore
        disposeNetwork(network);
        return found;
      });
      assert.deepStrictEqual(logits[1], logits[0]);
    });

    it("has the gradients of finite differences", () => {
      const network = initialise(tinyArchitecture({...RELU, T: 1, channels: 3}), randomKey(3));
      const [x, labels] = [noise(4), tensor1d([0, 1, 2, 3], "int32")];
      const {gradients} = lossAndGradients(network, x, labels);
      const lossAt = (name: string, value: Tensor): number =>
        tidy(() => {
          const parameters = {...network.parameters, [name]: value};
          return crossEntropy(forward({...network, parameters}, x, {training: true}).logits, labels).dataSync()[0]!;
        });
      for (const name of ["cell1.e03.conv", "cell2.e01.conv", "reduction1.bnIn.beta", "fc1.weight", "fc2.bias"]) {
        const p = network.parameters[name]!;
        const stream = random(randomKey(4, name));
        const direction = tensor(Float32Array.from({length: p.size}, () => stream.normal()), p.shape); // prettier-ignore
        const step = 2e-3 / Math.sqrt(p.size);
        const slope = (lossAt(name, add(p, direction.mul(step))) - lossAt(name, add(p, direction.mul(-step)))) / (2 * step); // prettier-ignore
        const expected = gradients[name]!.mul(direction).sum().dataSync()[0]!;
        assertClose([slope], [expected], {rtol: 0.05, atol: 2e-3, what: name});
      }
    });
  });
});

describe("what a DNN's zeros save", () => {
  it("is counted pair by pair of a value that is not 0 and an output that reads it", () => {
    for (const [kernelSize, stride] of [[3, 1], [5, 1], [3, 2]] as const) // prettier-ignore
      for (const [height, width] of [
        [6, 5],
        [4, 7],
      ] as const) {
        // prettier-ignore
        const x = noise(1, 8).slice([0, 0, 0, 0], [1, height, width, 3]).relu();
        const values = x.dataSync();
        let pairs = 0;
        for (let oy = 0; oy < height; oy += stride)
          for (let ox = 0; ox < width; ox += stride)
            for (let y = 0; y < height; ++y)
              for (let xx = 0; xx < width; ++xx)
                if (Math.abs(y - oy) <= kernelSize >> 1 && Math.abs(xx - ox) <= kernelSize >> 1)
                  for (let c = 0; c < 3; ++c) if (values[(y * width + xx) * 3 + c] !== 0) ++pairs;
        const op = {kind: "conv2d", kernelSize, stride, channels: 4, bias: false} as const;
        assert.strictEqual(effectiveMacsOf(x, op), 4 * pairs, `${kernelSize}×${kernelSize}, stride ${stride}`);
      }
    const linear = {kind: "linear", units: 7, bias: false} as const;
    assert.strictEqual(effectiveMacsOf(tensor4d([0, 1, 2, 0], [2, 1, 1, 2]).reshape([2, 2]), linear), 14);
  });

  it("is part of its evaluation: fractions of zeros by ReLU, effective MACs by layer", async () => {
    const data = await tinyData();
    const net = convNet({input: {size: 16, channels: 3}, layers: [{kind: "conv", channels: 4}, {kind: "avgPool"}, {kind: "linear", units: 8}], neuron: null, voters: 1}); // prettier-ignore
    const network = initialise(net, randomKey(5));
    const {dnn, synOps} = await evaluate(network, data, data.test, {batchSize: 16});
    assert.ok(dnn);
    assert.deepStrictEqual(Object.keys(dnn.zerosByLayer), ["conv1", "fc3"]);
    assert.deepStrictEqual(Object.keys(dnn.effectiveMacsByLayer), ["conv1.conv", "fc3.linear", "readout"]);
    assert.ok(dnn.zeros > 0.2 && dnn.zeros < 0.8, `${dnn.zeros} zeros`);
    assert.strictEqual(synOps, 0);
    const fc = nodeOf(network.graph, "fc3.linear");
    assertClose([dnn.effectiveMacsByLayer.readout!], [(1 - dnn.zerosByLayer.fc3!) * 8 * 10], {rtol: 1e-6});
    assert.ok(dnn.effectiveMacsByLayer["fc3.linear"]! <= 8 * 8 * 4 * fc.shape[0]!);
    disposeNetwork(network);
  });
});
