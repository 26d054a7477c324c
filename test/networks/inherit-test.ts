// A search that leaves no doubt and the network that it decided on are the same function.

import assert from "node:assert";
import type {Architecture} from "../../src/architectures/architecture.js";
import {decode} from "../../src/architectures/decode.js";
import {graphOf} from "../../src/architectures/description.js";
import {allEdges} from "../../src/architectures/liteCell.js";
import {liteNet, liteWeights} from "../../src/architectures/liteNet.js";
import type {Op} from "../../src/architectures/ops.js";
import {choiceCell} from "../../src/architectures/spaces.js";
import {COMPCONV} from "../../src/architectures/weightPlan.js";
import {forward} from "../../src/networks/forward.js";
import {inherited} from "../../src/networks/inherit.js";
import {disposeNetwork, initialise, type Network} from "../../src/networks/parameters.js";
import {random, randomKey} from "../../src/random.js";
import {memory, type Tensor, tensor1d, tidy} from "../../src/tf.js";
import {CHOICE_ROLES, choicesOfNetwork} from "../../src/training/choices.js";
import {rolesOf} from "../../src/training/parameterRoles.js";
import {lossAndGradients} from "../../src/training/step.js";
import {assertClose} from "../assert.js";
import {onEachBackend} from "../backends.js";
import {noise, tinyArchitecture} from "../tiny.js";

const OPS: readonly Op[] = ["zeroize", "skip", "conv1", "conv3", "avgPool"];
const searched = (changes: Partial<Architecture> = {}): Architecture =>
  ({...tinyArchitecture({cell: choiceCell(4, OPS), T: 3}), searchesT: true, weights: COMPCONV, ...changes}); // prettier-ignore

/** The network with one choice of each drawn, which weighs all to float32's last bit; and statistics of a batch. */
function decidedBy(seed: number, network: Network): Network {
  const stream = random(randomKey(seed));
  const values: Record<string, Tensor> = {};
  for (const [name, role] of rolesOf(network)) {
    if (!CHOICE_ROLES.includes(role)) continue;
    const n = network.parameters[name]!.size;
    const chosen = stream.integer(n);
    values[name] = tensor1d(Array.from({length: n}, (_, i) => (i === chosen ? 200 : 0)));
  }
  const parameters = {...network.parameters, ...values};
  const {statistics} = lossAndGradients({...network, parameters}, noise(4), tensor1d([0, 1, 2, 3], "int32"), {names: []}); // prettier-ignore
  return {...network, parameters, statistics};
}

const logitsOf = (network: Network): Float32Array =>
  tidy(() => forward(network, noise(3, 8, 2), {training: false}).logits.dataSync() as Float32Array);

describe("a decided network", () => {
  onEachBackend(() => {
    for (const seed of [1, 2, 3])
      it(`answers like the search that it came from, where that had no doubt (${seed})`, () => {
        const a = searched();
        const network = decidedBy(seed, initialise(a, randomKey(seed)));
        const decided = decode(a, choicesOfNetwork(network));
        const own = inherited(decided, network, a);
        assert.deepStrictEqual(own.graph, graphOf(decided));
        assertClose(logitsOf(own), logitsOf(network), {rtol: 1e-5, atol: 1e-5});
      });

    for (const rule of ["edge", "twoOfNode"] as const)
      it(`of LitE-SNN's backbone too, where all its edges stay or two of each node have all the weight (${rule})`, () => {
        const all = allEdges(2, "mixed");
        // With two edges a node, no edge that is left out weighs anything: there is none.
        const edges = rule === "edge" ? all : all.filter(({from, to}) => from >= to);
        const net = liteNet({input: {size: 8, channels: 3}, classes: 4, path: [0, 1], filters: 2, outputs: 2, T: 3, edges, searchesT: true, weights: liteWeights()}); // prettier-ignore
        const network = decidedBy(5, initialise(net, randomKey(5)));
        const decided = decode(net, choicesOfNetwork(network), {rule});
        assert.ok(decided.edges.every(({op}) => op !== "mixed"));
        assertClose(logitsOf(inherited(decided, network, net)), logitsOf(network), {rtol: 1e-5, atol: 1e-5});
      });

    it("has copies, and leaves nothing behind", () => {
      const a = searched();
      const network = decidedBy(1, initialise(a, randomKey(1)));
      const before = memory().numTensors;
      disposeNetwork(inherited(decode(a, choicesOfNetwork(network)), network, a));
      assert.strictEqual(memory().numTensors, before);
    });
  });
});
