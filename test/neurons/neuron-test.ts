import assert from "node:assert";
import {listed} from "../../src/check.js";
import {
  checkNeuron,
  LITE_NEURON,
  NEURONS,
  type NeuronSpec,
  plifInitial,
  SNASNET_NEURON,
} from "../../src/graphs/neuron.js";
import {neuron, neuronStep} from "../../src/neurons/neuron.js";
import {spikesOverTime} from "../../src/kernels/index.js";
import {random, randomKey} from "../../src/random.js";
import {fill, gather, grad, scalar, type Tensor, tensor, tensor1d, tensor2d, tidy, zeros} from "../../src/tf.js";
import {assertClose} from "../assert.js";
import {assertTensors, onEachBackend} from "../backends.js";

const numbers = (x: Tensor): number[] => [...x.dataSync()];

/** Spikes as a string of 0 and 1 under constant input. */
const train = (x: number, T: number, spec: NeuronSpec): string => numbers(neuron(fill([T, 1], x), spec).s).join("");

const noise = (name: string, length: number, low: number, high: number): number[] => {
  const stream = random(randomKey(7, name));
  return Array.from({length}, () => low + (high - low) * stream.uniform());
};

const PLIF: NeuronSpec = {...SNASNET_NEURON, model: "plif", tau: 2};
const IF: NeuronSpec = {...SNASNET_NEURON, model: "if"};

const MODELS: readonly NeuronSpec[] = (["lif", "if", "plif", "strictLif"] as const).flatMap((model) =>
  (["hard", "soft"] as const).flatMap((reset) =>
    [true, false].map((decayInput): NeuronSpec => ({...SNASNET_NEURON, model, reset, decayInput})),
  ),
);

const title = ({model, reset, decayInput}: NeuronSpec): string =>
  `${model}, ${reset} reset, ${decayInput ? "decayed" : "undecayed"} input`;

describe("neurons", () => {
  onEachBackend(() => {
    it("the SNASNet LIF (τ = 4/3, θ = 1) fires as SpikingJelly's does under constant input", () => {
      assert.strictEqual(train(1.0, 8, SNASNET_NEURON), "00000000");
      assert.strictEqual(train(1.05, 8, SNASNET_NEURON), "00100100");
      assert.strictEqual(train(1.2, 8, SNASNET_NEURON), "01010101");
      assert.strictEqual(train(1.5, 8, SNASNET_NEURON), "11111111");
    });

    it("its membrane at x = 1 and x = 1.2 has the hand-computed values", () => {
      const {u, v} = neuron(tensor2d([1, 1.2, 1, 1.2, 1, 1.2], [3, 2]), SNASNET_NEURON);
      assertClose(numbers(u), [0.75, 0.9, 0.9375, 1.125, 0.984375, 0.9]);
      assertClose(numbers(v), [0.75, 0.9, 0.9375, 0, 0.984375, 0.9]);
    });

    it("PLIF with τ = 2 fires every third step at x = 1.2, through u = .6, .9, 1.05", () => {
      assert.strictEqual(train(1.2, 8, PLIF), "00100100");
      assertClose(numbers(neuron(fill([3, 1], 1.2), PLIF).u), [0.6, 0.9, 1.05]);
    });

    it("PLIF takes 1/τ = σ(w) from its parameter", () => {
      assertClose(plifInitial(2), 0, {atol: 0});
      assertClose(numbers(neuron(fill([2, 1], 0.5), PLIF, {learnt: {w: scalar(Math.log(3))}}).u), [0.375, 0.46875]);
    });

    it("PLIF without a parameter starts from its time constant: σ(w) = 1/τ", () => {
      for (const tau of [1.25, 4, 10]) {
        assertClose(1 / (1 + Math.exp(-plifInitial(tau))), 1 / tau);
        assertClose(numbers(neuron(fill([1, 1], 0.8), {...PLIF, tau}).u), [0.8 / tau]);
      }
    });

    it("LitE-SNN's neuron is silent at x = .3 (u → .375) and fires every second step at x = .45", () => {
      assert.strictEqual(train(0.3, 8, LITE_NEURON), "00000000");
      assertClose(numbers(neuron(fill([20, 1], 0.3), LITE_NEURON).v).at(-1)!, 0.375);
      assert.strictEqual(train(0.45, 8, LITE_NEURON), "01010101");
      assertClose(numbers(neuron(fill([2, 1], 0.45), LITE_NEURON).u), [0.45, 0.54]);
    });

    it("LitE-SNN's neuron is silent at its threshold and fires above it, where a LIF fires at it", () => {
      const above = 0.5 + 2 ** -24; // the next float32
      for (const run of [neuron, spikesOverTime])
        for (const [spec, expected] of [[LITE_NEURON, [0, 1, 0]], [{...LITE_NEURON, model: "lif"}, [1, 1, 0]]] as const) // prettier-ignore
          assert.deepStrictEqual(numbers(run(tensor2d([0.5, above, 0.4999], [1, 3]), spec).s), expected);
    });

    it("LitE-SNN's neuron is u ← u + x, [u > 0.5], u ← 0.2·u·(1 − s), with the published surrogate", () => {
      const x = noise("lite", 40, -0.4, 1.1);
      const spikes: number[] = [];
      let membrane = 0;
      for (const current of x) {
        membrane += current;
        const s = membrane > 0.5 ? 1 : 0;
        spikes.push(s);
        membrane = 0.2 * membrane * (1 - s);
      }
      const input = tensor2d(x, [40, 1]);
      assert.deepStrictEqual(numbers(neuron(input, LITE_NEURON).s), spikes);
      assert.deepStrictEqual(numbers(spikesOverTime(input, LITE_NEURON).s), spikes);
      const u = [0.1, 0.25, 0.5, 0.9, -0.1, 0, 1, 1.2];
      const slopes = [0.505475, 0.988654, 1.657187, 0.505475, 0, 0, 0, 0]; // Dspike with b = 3
      const slope = tidy(() => numbers(grad((at) => neuron(at, LITE_NEURON).s.sum())(tensor2d(u, [1, 8]))));
      assertClose(slope, slopes, {atol: 2e-6});
    });

    it("an IF neuron with soft reset at x = .35 keeps what exceeds the threshold", () => {
      const {s, u, v} = neuron(fill([8, 1], 0.35), {...IF, reset: "soft"});
      assertClose(numbers(u), [0.35, 0.7, 1.05, 0.4, 0.75, 1.1, 0.45, 0.8]);
      assert.strictEqual(numbers(s).join(""), "00100100");
      assertClose(numbers(v), [0.35, 0.7, 0.05, 0.4, 0.75, 0.1, 0.45, 0.8]);
    });

    it("a membrane exactly at the threshold fires", () => {
      assert.strictEqual(train(0.5, 4, IF), "0101");
    });

    it("without input the membrane decays as (1 − 1/τ)^t", () => {
      for (const tau of [4 / 3, 2, 5, 20]) {
        const {v} = neuron(zeros([10, 1]), {...SNASNET_NEURON, tau}, {state: {v: tensor1d([0.9])}});
        const expected = Array.from({length: 10}, (_, t) => 0.9 * (1 - 1 / tau) ** (t + 1));
        assertClose(numbers(v), expected, {atol: 1e-7});
      }
    });

    it("under constant input a LIF fires with the period ⌈ln(1 − θ/x)/ln(1 − 1/τ)⌉", () => {
      for (const tau of [4 / 3, 2, 5, 10])
        for (const x of [1.03, 1.11, 1.27, 1.6, 2.3]) {
          const period = Math.ceil(Math.log(1 - 1 / x) / Math.log(1 - 1 / tau));
          const expected = Array.from({length: 60}, (_, t) => ((t + 1) % period === 0 ? 1 : 0)).join("");
          assert.strictEqual(train(x, 60, {...SNASNET_NEURON, tau}), expected, `τ = ${tau}, x = ${x}`);
        }
    });

    it("a soft-reset IF fires at the rate x/θ", () => {
      for (const x of [0.13, 0.5, 0.77]) {
        const count = [...train(x, 200, {...IF, reset: "soft"})].filter((s) => s === "1").length;
        assert.ok(Math.abs(count - 200 * x) <= 1, `${count} spikes instead of ${200 * x}`);
      }
    });

    for (const spec of MODELS) {
      const x = (): Tensor => tensor(noise("input", 6 * 4 * 3, -0.5, 2.5), [6, 4, 3]);

      it(`${title(spec)}: spikes are 0 or 1, and some of each`, () => {
        assert.deepStrictEqual([...new Set(numbers(neuron(x(), spec).s))].sort(), [0, 1]);
      });

      it(`${title(spec)}: T₁ and then T₂ timesteps equal T₁ + T₂`, () => {
        const input = x();
        const whole = neuron(input, spec);
        const first = neuron(input.slice([0, 0, 0], [2, 4, 3]), spec);
        const state = first.v.slice([1, 0, 0], [1, 4, 3]).squeeze([0]);
        const second = neuron(input.slice([2, 0, 0], [4, 4, 3]), spec, {state: {v: state}});
        for (const name of ["s", "u", "v"] as const)
          assertClose([...numbers(first[name]), ...numbers(second[name])], numbers(whole[name]), {atol: 1e-7});
      });

      it(`${title(spec)}: permuting neurons permutes what they do`, () => {
        const order = tensor1d([2, 0, 3, 1], "int32");
        const permuted = neuron(gather(x(), order, 1), spec);
        const whole = neuron(x(), spec);
        for (const name of ["s", "v"] as const)
          assert.deepStrictEqual(numbers(permuted[name]), numbers(gather(whole[name], order, 1)));
      });

      it(`${title(spec)}: one step equals the first of a sequence`, () => {
        const sequence = neuron(x(), spec);
        const step = neuronStep(x().slice([0, 0, 0], [1, 4, 3]).squeeze([0]), {v: zeros([4, 3])}, spec);
        for (const name of ["s", "u", "v"] as const)
          assert.deepStrictEqual(numbers(step[name]), numbers(sequence[name]).slice(0, 12));
      });
    }

    it("a single timestep has gradients, as several have", () => {
      const gradient = grad((x: Tensor) => neuron(x, SNASNET_NEURON).s)(fill([1, 1], 4 / 3));
      assertClose(numbers(gradient), [0.75]); // at the threshold: ATan's peak 1, times 1/τ
    });

    it("leaves its three outputs behind and nothing else", () => {
      const x = tensor(noise("input", 24, -0.5, 2.5), [4, 6]);
      const [v, w] = [zeros([6]), scalar(0)];
      for (const spec of MODELS) {
        assertTensors(3, () => neuron(x, spec));
        assertTensors(3, () => neuron(x, spec, {state: {v}, learnt: {w}}));
        assertTensors(0, () => tidy(() => void neuron(x, spec)));
      }
    });
  });

  it("a record that is no neuron is refused, with what would be right", () => {
    assert.strictEqual(checkNeuron(SNASNET_NEURON), SNASNET_NEURON);
    const refuse = (change: object, message: string): void =>
      assert.throws(() => checkNeuron({...SNASNET_NEURON, ...change} as NeuronSpec), {message});
    refuse({tau: -3}, "invalid tau: -3; expected a number > 1 and <= 1000000 (timesteps)");
    refuse({tau: 1}, "invalid tau: 1; expected a number > 1 and <= 1000000 (timesteps)");
    refuse({threshold: 0}, "invalid threshold: 0; expected a number > 0 and <= 1000000");
    refuse({model: "izhikevich"}, `unknown neuron model: izhikevich; expected ${listed(Object.keys(NEURONS))}`);
    refuse({reset: "none"}, "unknown reset: none; expected hard or soft");
    refuse({decayInput: 1}, "invalid decayInput: 1; expected true or false");
    refuse({detachReset: "yes"}, "invalid detachReset: yes; expected true or false");
  });

  it("an integrator needs no time constant", () => {
    checkNeuron({...IF, tau: NaN});
  });
});
