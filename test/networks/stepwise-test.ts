import assert from "node:assert";
import {parseCell} from "../../src/architectures/cell.js";
import {convNet} from "../../src/architectures/convNet.js";
import {NEURONS, neuronOf} from "../../src/graphs/neuron.js";
import {forward} from "../../src/networks/forward.js";
import {disposeNetwork, initialise} from "../../src/networks/parameters.js";
import {forwardCounting, forwardStepwise} from "../../src/networks/stepwise.js";
import {randomKey} from "../../src/random.js";
import {memory} from "../../src/tf.js";
import {assertClose} from "../assert.js";
import {onEachBackend} from "../backends.js";
import {noise, tinyArchitecture} from "../tiny.js";

const NET = {
  input: {size: 8, channels: 3},
  classes: 4,
  layers: [{kind: "conv", channels: 4}, {kind: "maxPool"}, {kind: "conv", channels: 6}, {kind: "avgPool"}, {kind: "linear", units: 10}], // prettier-ignore
  voters: 2,
  T: 4,
} as const;

describe("a network timestep by timestep", () => {
  onEachBackend(() => {
    for (const model of Object.keys(NEURONS))
      it(`of ${model} neurons is the network of all timesteps at once`, () => {
        for (const description of [
          convNet({...NET, neuron: neuronOf(model)}),
          convNet({...NET, neuron: neuronOf(model), encoding: "signedRate"}),
          tinyArchitecture({T: 4, cell: parseCell("0303 0030 2002 0200"), neuron: neuronOf(model)}),
        ]) {
          const network = initialise(description, randomKey(1));
          const [x, encode] = [noise(5), randomKey(2)];
          const whole = forward(network, x, {training: false, encode, observe: {spikes: true}});
          const before = memory().numTensors;
          const {logits, counts} = forwardCounting(network, x, {encode});
          assert.strictEqual(memory().numTensors - before, 1 + Object.keys(counts).length, "tensors left behind");
          assertClose(logits.dataSync(), whole.logits.dataSync(), {rtol: 1e-4, atol: 1e-5});
          for (const [name, s] of Object.entries(whole.observed.spikes))
            assertClose(counts[name]!.dataSync(), s.sum(0).dataSync(), {what: name});
          disposeNetwork(network);
        }
      });

    it("gives the logits of every shorter network on the way, and those of neurons that start charged", () => {
      const neuron = neuronOf("if", {reset: "soft", start: 0.5});
      const network = initialise(convNet({...NET, neuron}), randomKey(3));
      const x = noise(5);
      const found: number[][] = [];
      forwardStepwise(network, x, {onTimestep: ({logits}) => found.push([...logits.dataSync()])}).dispose();
      for (const T of [1, 2, 4]) {
        const shorter = {...network, graph: initialise(convNet({...NET, neuron, T}), randomKey(3)).graph};
        assertClose(found[T - 1]!, forward(shorter, x, {training: false}).logits.dataSync(), {rtol: 1e-4, atol: 1e-5});
      }
    });
  });
});
