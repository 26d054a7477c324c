// Networks whose forward pass makes their weights: pruned, quantised, with searched bits.

import assert from "node:assert";
import {convNet} from "../../src/architectures/convNet.js";
import {parseCell} from "../../src/architectures/cell.js";
import {graphOf, type NetworkDescription, parseDescription, titleOf} from "../../src/architectures/description.js";
import {COMPCONV, type WeightPlan} from "../../src/architectures/weightPlan.js";
import {parseGraph, withWeights} from "../../src/graphs/build.js";
import {paramsOf, weightBits, weightBytes} from "../../src/graphs/cost.js";
import {neuronOf} from "../../src/graphs/neuron.js";
import {forward} from "../../src/networks/forward.js";
import {decoded, frozen} from "../../src/networks/freeze.js";
import {
  countParameters,
  disposeNetwork,
  initialise,
  type Network,
  parameterShapes,
} from "../../src/networks/parameters.js";
import {surrogate} from "../../src/neurons/surrogate.js";
import {randomKey} from "../../src/random.js";
import {type Tensor, tensor1d, tidy} from "../../src/tf.js";
import {rolesOf} from "../../src/training/parameterRoles.js";
import {lossAndGradients} from "../../src/training/step.js";
import {assertClose} from "../assert.js";
import {assertTensors, onEachBackend} from "../backends.js";
import {noise, tinyArchitecture} from "../tiny.js";

const FEEDBACK = parseCell("0312 0013 2003 0000");
/** Fires readily, and its gradient in training is that of its smooth form. */
const neuron = neuronOf("lif", {threshold: 0.3, detachReset: false, surrogate: surrogate("sigmoid", {alpha: 2})});
const NETWORKS: Readonly<Record<string, (weights?: WeightPlan) => NetworkDescription>> = {
  "SNASNet's": (weights) => tinyArchitecture({neuron, channels: 4, ...(weights && {weights})}),
  "SNASNet's with feedback": (weights) => tinyArchitecture({neuron, cell: FEEDBACK, T: 3, ...(weights && {weights})}),
  "a plain one": (weights) =>
    convNet({
      ...{input: {size: 8, channels: 3}, classes: 4, voters: 2, T: 2, neuron},
      layers: [{kind: "conv", channels: 4}, {kind: "avgPool"}, {kind: "conv", channels: 5}, {kind: "linear", units: 6}],
      ...(weights && {weights}),
    }),
};

const logitsOf = (network: Network, x: Tensor, training = false): number[] =>
  tidy(() => {
    const {logits} = forward(network, x, {training});
    return [...logits.dataSync()];
  });

/** The network with a parameter that has other values. */
const withValues = (network: Network, name: string, values: readonly number[]): Network => ({
  ...network,
  parameters: {...network.parameters, [name]: tensor1d([...values])},
});

describe("networks whose weights are made in the forward pass", () => {
  it("list what is shared once, scores beside their weights; costs count neither", () => {
    const graph = graphOf(NETWORKS["SNASNet's"]!(COMPCONV));
    const plain = graphOf(NETWORKS["SNASNet's"]!());
    const names = parameterShapes(graph).map(({name}) => name);
    assert.strictEqual(new Set(names).size, names.length);
    const roles = rolesOf({graph});
    const ofRole = (role: string): string[] => names.filter((name) => roles.get(name) === role);
    assert.deepStrictEqual(ofRole("bits"), ["stem.bits", "cell1.bits", "reduction1.bits", "cell2.bits", "fc1.bits", "fc2.bits"]); // prettier-ignore
    assert.deepStrictEqual(ofRole("mask"), [...ofRole("conv"), ...ofRole("linear")].map((name) => `${name}.scores`)); // prettier-ignore
    assert.strictEqual(paramsOf(graph), paramsOf(plain));
    const weights = weightBits(plain, 1);
    assertClose(weightBits(graph), (weights * 0.2 * 7) / 3);
    assert.strictEqual(weightBytes(graph), Math.ceil(((weights * 0.2 * 7) / 3 + 32 * (paramsOf(plain) - weights)) / 8));
    const shares = () => [0, 0, 1];
    assertClose(weightBits(graph, 32, shares), weights * 0.2 * 4);
  });

  it("are said in words and read from a file, and refuse a part that is not there", () => {
    const description = NETWORKS["SNASNet's"]!({...COMPCONV, parts: {stem: {bits: 4}}});
    assert.match(titleOf(description), /, weights of 1, 2 or 4 bits, 20 % kept$/);
    assert.deepStrictEqual(graphOf(parseDescription(JSON.parse(JSON.stringify(description)))), graphOf(description));
    assert.deepStrictEqual(parseGraph(JSON.parse(JSON.stringify(graphOf(description)))), graphOf(description));
    const refuse = (weights: unknown, message: RegExp) =>
      assert.throws(() => graphOf(parseDescription({...description, weights})), message);
    refuse({...COMPCONV, parts: {cell9: {bits: 4}}}, /unknown part with weights: cell9; expected stem, cell1/);
    refuse({...COMPCONV, bits: [1, 1]}, /invalid bits of all parts: 1 twice/);
    refuse({...COMPCONV, quantiser: "none"}, /invalid quantiser of all parts: none; expected gaussian or uniform/);
    refuse({...COMPCONV, bits: 8}, /invalid bits of the gaussian quantiser: 8; expected an integer from 1 to 4/);
    refuse({...COMPCONV, kept: 0}, /invalid kept fraction of all parts: 0/);
    refuse({...COMPCONV, step: 1}, /unknown weights option: step/);
    const graph = graphOf(description);
    const shared = (bits: number[]) => ({bits, kept: 1, quantiser: "gaussian", sharedBits: "all"}) as const;
    let i = 0;
    assert.throws(() => withWeights(graph, () => shared(i++ ? [1, 2] : [2, 4])), /expected 2,4, as others that share all/); // prettier-ignore
  });

  onEachBackend((backend) => {
    for (const [title, describe] of Object.entries(NETWORKS)) {
      const start = (weights?: WeightPlan): Network => initialise(describe(weights), randomKey(1, "network"));

      it(`${title}: scores start as √(6/n_in)·W/max|W|, β at 0, and W as without a format`, () => {
        const [network, plain] = [start(COMPCONV), start()];
        for (const {name, role, of, shape} of parameterShapes(network.graph)) {
          const values = network.parameters[name]!.dataSync();
          if (role === "bits") assertClose(values, [0, 0, 0], {atol: 0});
          else if (role !== "mask") assertClose(values, plain.parameters[name]!.dataSync(), {atol: 0, rtol: 0});
          else {
            const w = plain.parameters[of!]!.dataSync();
            const fanIn = w.length / shape.at(-1)!;
            const largest = Math.max(...Array.from(w, Math.abs));
            assertClose(
              values,
              Array.from(w, (x) => (Math.sqrt(6 / fanIn) * x) / largest),
            );
          }
        }
        assert.strictEqual(countParameters(network), countParameters(plain));
        [network, plain].forEach(disposeNetwork);
      });

      it(`${title}: with one β far above the others has the logits of the decoded network, and of its frozen weights`, () => {
        const x = noise(3);
        let network = start(COMPCONV);
        for (const {name, role} of parameterShapes(network.graph))
          if (role === "bits") network = withValues(network, name, [0, 0, 0].map((_, i) => (i === name.length % 3 ? 60 : 0))); // prettier-ignore
        const [fixed, plain] = [decoded(network), frozen(network)];
        const [again, of] = [frozen(fixed), logitsOf(network, x, true)];
        for (const other of [fixed, plain, again]) assertClose(logitsOf(other, x, true), of, {atol: 1e-5});
        assert.ok(new Set(of).size > 1, "logits differ");
        const kinds = new Set([...rolesOf(plain).values()]);
        assert.ok(!kinds.has("mask") && !kinds.has("bits"));
        assert.strictEqual(weightBytes(again.graph), weightBytes(fixed.graph));
        for (const {id, weights} of again.graph.nodes)
          if (weights) assert.deepStrictEqual([typeof weights.bits, weights.kept, weights.quantiser], ["number", 0.2, undefined], id); // prettier-ignore
        [network, fixed, plain, again].forEach(disposeNetwork);
        x.dispose();
      });

      it(`${title}: gradients reach W, scores and β, and the β's agree with finite differences`, function () {
        if (backend === "cpu") this.skip(); // minutes there, and the same equations
        const network = start({...COMPCONV, kept: 0.5});
        const [x, labels] = [noise(3), tensor1d([0, 1, 3], "int32")];
        const names = [...rolesOf(network)].filter(([, role]) => role === "bits" || role === "mask" || role === "conv").map(([name]) => name); // prettier-ignore
        const stepAt = (at: Network) => lossAndGradients(at, x, labels as never, {names, firing: "smooth"});
        const {gradients} = stepAt(network);
        for (const name of names) {
          const g = gradients[name]!.dataSync();
          assert.ok(g.some((value) => value !== 0) && g.every(Number.isFinite), name);
          if (rolesOf(network).get(name) !== "bits") continue;
          const numeric = [0, 1, 2].map((b) => {
            const at = (by: number): number => stepAt(withValues(network, name, [0, 1, 2].map((i) => (i === b ? by : 0)))).loss; // prettier-ignore
            return (at(0.02) - at(-0.02)) / 0.04;
          });
          assertClose(g, numeric, {atol: 2e-4, rtol: 2e-2, scale: "max", what: name});
        }
        disposeNetwork(network);
        [x, labels].forEach((t) => t.dispose());
      });

      it(`${title}: a forward pass, a step, freezing and decoding leave nothing behind`, () => {
        const network = start(COMPCONV);
        const [x, labels] = [noise(2), tensor1d([0, 1], "int32")];
        logitsOf(network, x);
        assertTensors(0, () => logitsOf(network, x));
        assertTensors(0, () => {
          const step = lossAndGradients(network, x, labels as never);
          [step.logits, ...Object.values(step.gradients)].forEach((t) => t.dispose());
          for (const [name, value] of Object.entries(step.statistics)) if (value !== network.statistics[name]) value.dispose(); // prettier-ignore
        });
        for (const change of [frozen, decoded]) assertTensors(0, () => disposeNetwork(change(network)));
        [x, labels].forEach((t) => t.dispose());
        disposeNetwork(network);
      });
    }
  });
});
