import assert from "node:assert";
import {neuronOf} from "../../src/graphs/neuron.js";
import {neuronTrace} from "../../src/neurons/trace.js";
import {assertClose} from "../assert.js";
import {onEachBackend} from "../backends.js";

/** Timesteps from each spike to the next. */
const intervals = (s: readonly number[]): number[] => {
  const times = s.flatMap((spike, t) => (spike ? [t] : []));
  return times.slice(1).map((t, i) => t - times[i]!);
};

describe("the states in the trace of one neuron", () =>
  onEachBackend(() => {
    it("has a synaptic current that approaches the input as x·(1 − λⁿ), λ = 1 − 1/τs", () => {
      const {states} = neuronTrace(new Array<number>(12).fill(1.2), neuronOf("cubaLif", {tauSynapse: 4}));
      const expected = states.i!.map((_, t) => 1.2 * (1 - 0.75 ** (t + 1)));
      assertClose([...states.i!], expected, {rtol: 1e-5});
    });

    it("goes on firing on the synaptic current after the input has ended, as a LIF cannot", () => {
      const pulse = Array.from({length: 12}, (_, t) => (t < 4 ? 4 : 0));
      const after = (model: string, changes = {}): number =>
      neuronTrace(pulse, neuronOf(model, changes)).s.slice(4).reduce((sum, s) => sum + s, 0); // prettier-ignore
      assert.strictEqual(after("lif"), 0);
      assert.strictEqual(after("cubaLif", {tauSynapse: 4}), 2); // i = 2.05, 1.54, 1.15 …: u = 1.54 and 1.15, by hand
    });

    it("fires at intervals that lengthen under an adaptive threshold, and not where β is 0", () => {
      const x = new Array<number>(40).fill(1.5);
      const [adapting, fixed] = [1.8, 0].map((beta) => intervals(neuronTrace(x, neuronOf("alif", {beta})).s));
      assert.ok(adapting!.at(-1)! > adapting![0]!, adapting!.join(" "));
      assert.deepStrictEqual([...new Set(fixed)], [1]);
    });

    it("has the potential after the reset among its states", () => {
      const {v, states} = neuronTrace([2, 0.5], neuronOf("lif"));
      assert.deepStrictEqual(states, {v});
      assertClose([...v], [0, 0.375]);
    });
  }));
