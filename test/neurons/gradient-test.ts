// Gradients through time against plain numbers in double precision (test/neurons/reference.ts).

import {type NeuronSpec, type SurrogateSpec} from "../../src/graphs/neuron.js";
import {type Firing, neuron} from "../../src/neurons/neuron.js";
import {surrogate} from "../../src/neurons/surrogate.js";
import {random, randomKey} from "../../src/random.js";
import {grads, type Scalar, scalar, type Tensor, tensor1d, tensor2d, tidy} from "../../src/tf.js";
import {assertClose} from "../assert.js";
import {assertTensors, onEachBackend} from "../backends.js";
import {adjoint, differences, type Gradients, run} from "./reference.js";

/** Step and slope of each surrogate, as functions of a number. */
const FIRING: Record<SurrogateSpec["name"], {step: (x: number) => number; slope: (x: number) => number}> = {
  atan: {step: (x) => 0.5 + Math.atan(Math.PI * x) / Math.PI, slope: (x) => 1 / (1 + (Math.PI * x) ** 2)},
  sigmoid: {step: (x) => 1 / (1 + Math.exp(-4 * x)), slope: (x) => 1 / Math.cosh(2 * x) ** 2},
  triangular: {
    step: (x) => (Math.abs(x) >= 1 ? Number(x > 0) : 0.5 + x - (x * Math.abs(x)) / 2),
    slope: (x) => Math.max(0, 1 - Math.abs(x)),
  },
  rectangular: {step: (x) => Math.min(1, Math.max(0, x + 0.5)), slope: (x) => Number(Math.abs(x) < 0.5)},
  dspike: {
    step: (x) => 0.5 + Math.tanh(3 * Math.min(0.5, Math.max(-0.5, x))) / (2 * Math.tanh(1.5)),
    slope: (x) => (Math.abs(x) < 0.5 ? (1.5 * (1 - Math.tanh(3 * x) ** 2)) / Math.tanh(1.5) : 0),
  },
};

const SPECS: readonly NeuronSpec[] = (["lif", "if", "plif", "strictLif"] as const).flatMap((model) =>
  (["hard", "soft"] as const).flatMap((reset) =>
    [true, false].flatMap((decayInput) =>
      [true, false].flatMap((detachReset) =>
        (Object.keys(FIRING) as SurrogateSpec["name"][]).map(
          (name): NeuronSpec => ({
            model,
            tau: 1.7,
            threshold: 0.9,
            reset,
            decayInput,
            detachReset,
            surrogate: surrogate(name),
          }),
        ),
      ),
    ),
  ),
);

const title = ({model, reset, decayInput, detachReset, surrogate: {name}}: NeuronSpec): string =>
  `${model}, ${reset} reset${detachReset ? " detached" : ""}, ${decayInput ? "decayed" : "undecayed"} input, ${name}`;

const [T, N, W] = [5, 4, 0.3] as const;
const draw = (name: string, length: number, low: number, high: number): number[] => {
  const stream = random(randomKey(11, name));
  return Array.from({length}, () => Math.fround(low + (high - low) * stream.uniform()));
};
const X = draw("x", T * N, -0.3, 1.6); // [T, N]
const V = draw("v", N, -0.4, 0.6); // [N]
const A = draw("spike weights", T * N, -1, 1);
const B = draw("state weights", T * N, -1, 1);

/** Neuron n's entries of a list [T, N]. */
const series = (values: readonly number[], n: number): number[] => values.filter((_, i) => i % N === n);

/** Loss Σ A·s + Σ B·v and its gradients by x, v and w, by tensors. */
function byTensors(spec: NeuronSpec, firing: Firing): {s: number[]; x: number[]; v: number[]; w: number} {
  const inputs = [tensor2d(X, [T, N]), tensor1d(V), scalar(Math.fround(W))] as const;
  const [a, b] = [tensor2d(A, [T, N]), tensor2d(B, [T, N])];
  const loss = (x: Tensor, v: Tensor, w: Tensor): Tensor => {
    const out = neuron(x, spec, {state: {v}, learnt: {w: w as Scalar}, firing});
    // w enters every loss, so that models without it have a gradient (zero) as well
    return out.s.mul(a).sum().add(out.v.mul(b).sum()).add(w.mul(0));
  };
  const [x, v, w] = grads(loss)([...inputs]) as [Tensor, Tensor, Tensor];
  const {s} = neuron(inputs[0], spec, {state: {v: inputs[1]}, learnt: {w: inputs[2]}, firing});
  return {s: [...s.dataSync()], x: [...x.dataSync()], v: [...v.dataSync()], w: w.dataSync()[0]!};
}

function assertGradients(actual: {x: number[]; v: number[]; w: number}, expected: readonly Gradients[]): void {
  const tolerance = {rtol: 1e-4, atol: 1e-5, scale: "max"} as const;
  expected.forEach(({x}, n) => assertClose(series(actual.x, n), x, {...tolerance, what: `dx of neuron ${n}`}));
  assertClose(
    actual.v,
    expected.map(({v}) => v),
    {...tolerance, what: "dv"},
  );
  assertClose(
    actual.w,
    expected.reduce((sum, {w}) => sum + w, 0),
    {...tolerance, what: "dw"},
  );
}

const neurons = Array.from({length: N}, (_, n) => n);

describe("gradients of neurons over time", () => {
  onEachBackend(() => {
    for (const spec of SPECS) {
      const {step, slope} = FIRING[spec.surrogate.name];
      const smooth = (n: number): {v: number; w: number; fire: (x: number) => number} => ({
        v: V[n]!,
        w: Math.fround(W),
        fire: step,
      });

      it(`smooth firing equals finite differences: ${title(spec)}`, () => {
        const actual = byTensors(spec, "smooth");
        for (const n of neurons) assertClose(series(actual.s, n), run(series(X, n), spec, smooth(n)).s);
        assertGradients(
          actual,
          neurons.map((n) => differences(series(X, n), spec, smooth(n), series(A, n), series(B, n))),
        );
      });

      it(`spikes equal the chain rule by hand: ${title(spec)}`, () => {
        const options = (n: number) => ({...smooth(n), fire: (x: number) => Number(x >= 0), slope});
        const actual = byTensors(spec, "spikes");
        for (const n of neurons) assertClose(series(actual.s, n), run(series(X, n), spec, options(n)).s, {atol: 0});
        assertGradients(
          actual,
          neurons.map((n) => adjoint(series(X, n), spec, options(n), series(A, n), series(B, n))),
        );
      });
    }

    it("leave no tensors behind", () => {
      assertTensors(0, () => tidy(() => void byTensors(SPECS[0]!, "spikes")));
      const x = tensor2d(X, [T, N]);
      assertTensors(1, () => grads((y: Tensor) => neuron(y, SPECS[0]!).s)([x]));
    });
  });

  it("the chain rule by hand equals finite differences where firing is smooth", () => {
    for (const spec of SPECS) {
      const {step, slope} = FIRING[spec.surrogate.name];
      const options = {v: 0.2, w: W, fire: step, slope};
      const [x, a, b] = [series(X, 1), series(A, 1), series(B, 1)];
      const [expected, actual] = [differences(x, spec, options, a, b), adjoint(x, spec, options, a, b)];
      assertClose(actual.x, expected.x, {rtol: 1e-6, atol: 1e-8});
      assertClose([actual.v, actual.w], [expected.v, expected.w], {rtol: 1e-6, atol: 1e-8});
    }
  });
});
