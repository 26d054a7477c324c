import assert from "node:assert";
import {neuronOf} from "../../src/graphs/neuron.js";
import {constantInputRate, neuronTrace, simulatedRates} from "../../src/neurons/trace.js";
import {assertClose} from "../assert.js";
import {onEachBackend} from "../backends.js";

/** Off the steps of every staircase below, where single precision decides. */
const CURRENTS = [-0.5, 0, 0.171, 0.29, 0.437, 0.61, 0.83, 0.97, 1.021, 1.09, 1.31, 1.77, 2.6, 5.3];

describe("a neuron under a constant current", () => {
  it("fires every n steps, n by hand", () => {
    // LIF, τ = 2, decayed: u = x/2, 3x/4, 7x/8, 15x/16 … reach 1
    const lif = neuronOf("lif", {tau: 2});
    assert.deepStrictEqual([0.9, 1, 1.1, 1.2, 1.4, 2.1].map((x) => constantInputRate(x, lif)), [0, 0, 1 / 4, 1 / 3, 1 / 2, 1]); // prettier-ignore
    // undecayed: u = x, 3x/2, 7x/4, 15x/8 …
    const undecayed = neuronOf("lif", {tau: 2, decayInput: false});
    assert.deepStrictEqual([0.5, 0.55, 0.6, 0.7, 1.1].map((x) => constantInputRate(x, undecayed)), [0, 1 / 4, 1 / 3, 1 / 2, 1]); // prettier-ignore
    // the strict one needs another step where u is the threshold: of 0.5 at the second, of 0.75 at the first
    const strict = neuronOf("strictLif", {tau: 2, decayInput: false, threshold: 0.75});
    assert.deepStrictEqual([0.375, 0.5, 0.6, 0.75, 0.8].map((x) => constantInputRate(x, strict)), [0, 1 / 3, 1 / 2, 1 / 2, 1]); // prettier-ignore
    // IF: u = x, 2x, 3x … reach 0.75
    const none = neuronOf("if", {threshold: 0.75});
    assert.deepStrictEqual([-1, 0, 0.2, 0.3, 0.5, 0.8].map((x) => constantInputRate(x, none)), [0, 0, 1 / 4, 1 / 3, 1 / 2, 1]); // prettier-ignore
  });

  it("has no closed form with a soft reset, nor with two states", () => {
    assert.throws(() => constantInputRate(1, neuronOf("lif", {reset: "soft"})), /invalid reset: soft; expected hard/);
    assert.throws(() => constantInputRate(1, neuronOf("cubaLif")), /invalid neuron model: cubaLif; expected lif, plif, strictLif or if/); // prettier-ignore
  });

  onEachBackend(() => {
    for (const [model, changes] of [
      ["lif", {}],
      ["lif", {tau: 5, threshold: 0.6}],
      ["lif", {tau: 3, decayInput: false}],
      ["plif", {tau: 2.5}],
      ["if", {threshold: 0.75}],
      ["strictLif", {tau: 2, decayInput: false}],
    ] as const)
      it(`${model} ${JSON.stringify(changes)}: the simulation fires as the closed form says`, () => {
        const spec = neuronOf(model, changes);
        const T = 840; // a multiple of most periods: a rate is off by at most one spike
        const expected = CURRENTS.map((x) => constantInputRate(x, spec));
        assert.ok(new Set(expected).size >= 4, `a staircase: ${expected.join(" ")}`);
        assertClose(simulatedRates(CURRENTS, spec, T), expected, {rtol: 0, atol: 1.01 / T});
      });

    it("is traced: what charges, fires and is reset, by hand", () => {
      const {x, u, v, s} = neuronTrace([1, 1, 2, 0], neuronOf("lif", {tau: 2, threshold: 0.75}));
      assert.deepStrictEqual([...x], [1, 1, 2, 0]);
      assertClose(u, [0.5, 0.75, 1, 0]);
      assertClose(s, [0, 1, 1, 0]);
      assertClose(v, [0.5, 0, 0, 0]);
    });
  });
});
