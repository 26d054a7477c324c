// Expected values: PyTorch 2.15 in float64 (test/golden/README.md), closed forms, and finite differences through a network.

import assert from "node:assert";
import {readFileSync} from "node:fs";
import {join} from "node:path";
import {useBackend} from "../../src/kernels/index.js";
import {vote} from "../../src/layers/vote.js";
import type {ForwardResult} from "../../src/networks/forward.js";
import {initialise, type Network} from "../../src/networks/parameters.js";
import {random, randomKey} from "../../src/random.js";
import {packageRoot} from "../../src/root.js";
import {memory, type Tensor, tensor, tensor1d, tensor3d, tidy, valueAndGradients} from "../../src/tf.js";
import {type Loss, lossOf} from "../../src/training/loss.js";
import {type LossSpec, OBJECTIVES, type ObjectiveSpec, TERMS} from "../../src/training/lossSpec.js";
import {objectiveOf, timestepWeights} from "../../src/training/objective.js";
import {REGULARISERS} from "../../src/training/regularisers.js";
import {lossAndGradients} from "../../src/training/step.js";
import {assertClose} from "../assert.js";
import {onEachBackend} from "../backends.js";
import {noise, tinyArchitecture} from "../tiny.js";

type Golden = {
  shape: [number, number, number];
  voters: number;
  labels: number[];
  outputs: number[];
  cases: {spec: ObjectiveSpec; value: number; gradient: number[]}[];
};
const {shape, voters, labels, outputs, cases} = (
  JSON.parse(readFileSync(join(packageRoot, "test/golden/training.json"), "utf8")) as {objectives: Golden}
).objectives;

const titleOf = ({name, ...options}: ObjectiveSpec): string =>
  [name, ...Object.entries(options).map(([key, value]) => `${key} ${value}`)].join(", ");

describe("objectives equal PyTorch's, with their gradients", () => {
  onEachBackend(() => {
    for (const {spec, value, gradient} of cases)
      it(titleOf(spec), () => {
        const objective = objectiveOf(spec);
        const y = tensor1d(labels, "int32");
        const at = (outputs: Tensor) => {
          const result = {logits: vote(outputs, voters), outputs} as ForwardResult;
          return objective.value(result, y, {parameters: {}} as never);
        };
        const got = valueAndGradients(at, [tensor3d(outputs, shape)]);
        assertClose(got.value.dataSync(), [value]);
        assertClose(got.grads[0]!.dataSync(), gradient);
      });
  });

  it("each of them", () =>
    assert.deepStrictEqual([...new Set(cases.map(({spec}) => spec.name))], Object.keys(OBJECTIVES)));
});

describe("the search over timesteps", () => {
  onEachBackend(() => {
    // LitE-SNN's loss of one image (arXiv 2401.14652) without its costs, worked out apart from this code.
    it("weighs the cross-entropy of each number of timesteps", () => {
      const outputs = tensor3d([1, 0, 0, 1, 2, 0.5], [3, 1, 2]);
      const result = {logits: outputs.mean(0), outputs} as unknown as ForwardResult;
      const parameters = {timesteps: tensor1d([0.2, -0.1, 0.4])};
      const objective = objectiveOf({name: "crossEntropyByPrefix"});
      const y = tensor1d([0], "int32");
      const at = (psi: Tensor) => objective.value(result, y, {parameters: {timesteps: psi}} as never);
      assertClose(at(parameters.timesteps).dataSync(), [0.474575], {rtol: 1e-5});
      assertClose(timestepWeights({parameters}, 3).dataSync(), [0.337585, 0.250089, 0.412327], {rtol: 1e-5});
      const {grads} = valueAndGradients(at, [parameters.timesteps]);
      const weights = [0.337585, 0.250089, 0.412327];
      const expected = [0.313262, 0.693147, 0.474077].map((entropy, t) => weights[t]! * (entropy - 0.474575));
      assertClose(grads[0]!.dataSync(), expected, {rtol: 1e-4});
    });
  });
});

describe("the gradient of a loss through a network equals its finite differences:", () => {
  const losses: Record<string, LossSpec> = {
    ...Object.fromEntries(Object.keys(OBJECTIVES).map((name) => [name, {objective: {name} as ObjectiveSpec}])),
    "label smoothing": {objective: {name: "crossEntropy", labelSmoothing: 0.3}},
    "the distance to a target": {objective: {name: "crossEntropyByTimestep", lambda: 0.5, target: 2}},
    ...Object.fromEntries(
      Object.keys(TERMS)
        .filter((name) => !Object.hasOwn(REGULARISERS, name) && name !== "bitSynOps") // regularisers-test.ts, expectedCost-test.ts
        .map((name) => [name, {terms: [{name: name as "l2", weight: 0.5}]}]),
    ),
  };

  before(() => useBackend("cpu"));

  for (const [title, spec] of Object.entries(losses))
    it(title, () => {
      const a = tinyArchitecture();
      const network = initialise({...a, neuron: {...a.neuron, detachReset: false}}, randomKey(6));
      const [x, y] = [noise(3), tensor1d([0, 1, 3], "int32")];
      const options = {loss: lossOf(spec), firing: "smooth"} as const;
      const {gradients} = lossAndGradients(network, x, y, options);
      const stream = random(randomKey(8));
      for (const name of ["fc2.weight", "fc1.weight", "stem.bn.beta"]) {
        const p = network.parameters[name]!;
        const signs = Float32Array.from({length: p.size}, () => (stream.normal() > 0 ? 1 : -1));
        const direction = tensor(signs, p.shape);
        const lossAt = (step: number): number => {
          const parameters = {...network.parameters, [name]: p.add(direction.mul(step))};
          return lossAndGradients({...network, parameters}, x, y, options).loss;
        };
        const step = 1e-2 / Math.sqrt(p.size);
        const slope = (lossAt(step) - lossAt(-step)) / (2 * step);
        const expected = gradients[name]!.mul(direction).sum().dataSync()[0]!;
        assertClose(slope, expected, {rtol: 5e-3, atol: 2e-4, what: name}); // losses are float32
      }
    });
});

describe("terms", () => {
  onEachBackend(() => {
    const [x, y] = [() => noise(3), () => tensor1d([0, 1, 3], "int32")];
    const lossWith = (network: Network, terms: LossSpec["terms"]) =>
      lossAndGradients(network, x(), y(), {loss: lossOf({terms})});

    it("add to the loss what they say, by name", () => {
      const network = initialise(tinyArchitecture(), randomKey(1));
      const bare = lossWith(network, []);
      const all = lossWith(network, [
        {name: "l2", weight: 0.01},
        {name: "l2", weight: 2, roles: ["gamma"]},
        {name: "logits", weight: 0.1},
      ]);
      const squares = (end: RegExp): number =>
        Object.entries(network.parameters)
          .filter(([name]) => end.test(name))
          .flatMap(([, p]) => Array.from(p.dataSync()))
          .reduce((sum, p) => sum + p * p, 0);
      const logits = bare.logits.dataSync() as Float32Array;
      assert.deepStrictEqual(bare.terms, {});
      assertClose(all.terms.l2!, 0.01 * squares(/\.(conv|weight)$/) + 2 * squares(/\.gamma$/));
      assertClose(all.terms.logits!, (0.1 * logits.reduce((sum, z) => sum + z * z, 0)) / 3);
      assertClose(all.loss, bare.loss + all.terms.l2! + all.terms.logits!);
    });

    it("l2 adds 2·weight·p to the gradients of its roles and nothing to others", () => {
      const network = initialise(tinyArchitecture(), randomKey(1));
      const [bare, decayed] = [lossWith(network, []), lossWith(network, [{name: "l2", weight: 0.25}])];
      for (const [name, p] of Object.entries(network.parameters)) {
        const share = /\.(conv|weight)$/.test(name) ? 0.5 : 0;
        const expected = tidy(() => bare.gradients[name]!.add(p.mul(share)).dataSync());
        assertClose(decayed.gradients[name]!.dataSync(), expected, {what: name});
      }
    });

    it("and an objective can be a user's own functions", () => {
      const network = initialise(tinyArchitecture(), randomKey(1));
      const loss: Loss = {
        objective: {name: "first logit", value: ({logits}) => logits.slice([0, 0], [-1, 1]).mean()},
        terms: [{name: "bias", weight: 3, value: (_, {parameters}) => parameters["fc2.bias"]!.sum()}],
      };
      const {gradients, logits, ...numbers} = lossAndGradients(network, x(), y(), {loss});
      const first = Array.from(logits.dataSync()).filter((_, i) => i % 4 === 0);
      assertClose(numbers.loss, first.reduce((sum, z) => sum + z) / 3);
      assertClose(gradients["fc2.bias"]!.dataSync(), [3.5, 3.5, 3, 3, 3, 3, 3, 3]); // two voters a class
    });

    it("leave nothing behind", () => {
      const network = initialise(tinyArchitecture(), randomKey(1));
      const [images, labels] = [x(), y()];
      const before = memory().numTensors;
      const loss = lossOf({objective: {name: "crossEntropyByTimestep", lambda: 0.1}, terms: [{name: "l2", weight: 1}]});
      const {gradients, statistics, logits} = lossAndGradients(network, images, labels, {loss, names: ["fc2.bias"]});
      assert.deepStrictEqual(Object.keys(gradients), ["fc2.bias"]);
      const changed = Object.entries(statistics).filter(([name, value]) => network.statistics[name] !== value);
      assert.strictEqual(memory().numTensors - before, changed.length + 2);
      logits.dispose();
    });
  });
});
