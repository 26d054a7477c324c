// LitE-SNN's backbone as a network: a search that has chosen is the network that it chose.

import assert from "node:assert";
import {allEdges, type LiteEdge} from "../../src/architectures/liteCell.js";
import {alphaOf, type LiteNet, liteNet, liteWeights} from "../../src/architectures/liteNet.js";
import {graphOf} from "../../src/architectures/description.js";
import {forward} from "../../src/networks/forward.js";
import {decoded} from "../../src/networks/freeze.js";
import {disposeNetwork, initialise, type Network, parameterShapes} from "../../src/networks/parameters.js";
import {randomKey} from "../../src/random.js";
import {type Tensor, tensor1d, tidy} from "../../src/tf.js";
import {rolesOf} from "../../src/training/parameterRoles.js";
import {lossAndGradients} from "../../src/training/step.js";
import {assertClose} from "../assert.js";
import {assertTensors, onEachBackend} from "../backends.js";
import {noise} from "../tiny.js";

const SEARCHED = allEdges(3, "mixed");
const tiny = (changes: Partial<LiteNet>): LiteNet =>
  liteNet({input: {size: 8, channels: 3}, classes: 4, filters: 3, T: 3, path: [0, 1, 1], ...changes});
const logitsOf = (network: Network, x: Tensor): number[] =>
  tidy(() => [...forward(network, x, {training: true}).outputs.dataSync()]);
const setting = (network: Network, name: string, chosen: number): void => {
  const before = network.parameters[name]!;
  const values = Array.from({length: before.size}, (_, i) => (i === chosen ? 80 : 0));
  (network.parameters as Record<string, Tensor>)[name] = tensor1d(values);
  before.dispose();
};

describe("LitE-SNN's backbone as a network", () => {
  onEachBackend(() => {
    it("a search with one α and one β far above the others has the logits of the decoded network", () => {
      const x = noise(3);
      const search = initialise(tiny({edges: SEARCHED, weights: liteWeights()}), randomKey(2));
      const edges = SEARCHED.map((edge): LiteEdge => ({...edge, op: numberIsEven(edge) ? "conv" : "skip"}));
      for (const edge of edges) setting(search, alphaOf(edge), edge.op === "skip" ? 0 : 1);
      const bits = [1, 4, 2];
      bits.forEach((own, i) => setting(search, `cell${i + 1}.bits`, [1, 2, 4].indexOf(own)));
      const graph = graphOf(tiny({edges, weights: liteWeights(bits)}));
      const chosen = decoded(search);
      const pick = (tensors: Network["parameters"], names: readonly string[]) =>
        Object.fromEntries(names.map((name) => [name, tensors[name]!]));
      const found: Network = {
        graph,
        parameters: pick(chosen.parameters, parameterShapes(graph).map(({name}) => name)), // prettier-ignore
        statistics: chosen.statistics,
      };
      const of = logitsOf(search, x);
      assert.ok(new Set(of).size > 10, "logits differ");
      assertClose(logitsOf(found, x), of, {atol: 1e-5});
      assertClose(logitsOf(chosen, x), of, {atol: 1e-5});
      [search, chosen].forEach(disposeNetwork);
      x.dispose();
    });

    it("gradients reach every role, and nothing is left behind", () => {
      const network = initialise(tiny({edges: SEARCHED, weights: liteWeights()}), randomKey(2));
      const [x, labels] = [noise(2), tensor1d([0, 3], "int32")];
      const step = (): Set<string> => {
        const {gradients, logits, statistics} = lossAndGradients(network, x, labels as never);
        const roles = rolesOf(network);
        const moved = Object.entries(gradients).filter(([, g]) => g.dataSync().some((value) => value !== 0));
        [logits, ...Object.values(gradients)].forEach((t) => t.dispose());
        for (const [name, value] of Object.entries(statistics)) if (value !== network.statistics[name]) value.dispose();
        return new Set(moved.map(([name]) => roles.get(name)!));
      };
      assert.deepStrictEqual(step(), new Set(["conv", "mask", "bits", "gamma", "beta", "mixture", "linear"]));
      assertTensors(0, step);
      disposeNetwork(network);
      [x, labels].forEach((t) => t.dispose());
    });

    it("starts every sample at rest: what was seen before does not matter", () => {
      const network = initialise(tiny({}), randomKey(3));
      const [x, other] = [noise(2, 8, 1), noise(2, 8, 2)];
      const evaluated = (input: Tensor): number[] =>
        tidy(() => [...forward(network, input, {training: false}).logits.dataSync()]);
      const first = evaluated(x);
      evaluated(other);
      assert.deepStrictEqual(evaluated(x), first);
      disposeNetwork(network);
      [x, other].forEach((t) => t.dispose());
    });
  });
});

const numberIsEven = ({from, to}: LiteEdge): boolean => (from + to) % 2 === 0;
