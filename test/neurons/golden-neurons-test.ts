// Neurons against other libraries' (test/golden/README.md): SpikingJelly 2.0.0, norse 1.1.0, sinabs 3.1.3 on PyTorch 2.15, float64.

import {readFileSync} from "node:fs";
import {join} from "node:path";
import {checkNeuron, type NeuronSpec, statesOf} from "../../src/graphs/neuron.js";
import {neuron} from "../../src/neurons/neuron.js";
import {packageRoot} from "../../src/root.js";
import {type Scalar, type Tensor, tensor2d, tidy, valueAndGradients} from "../../src/tf.js";
import {assertClose} from "../assert.js";
import {onEachBackend} from "../backends.js";

type Case = {
  readonly library: string;
  readonly spec: NeuronSpec;
  /** "010": the spikes of the three neurons at a timestep. */
  readonly s: readonly string[];
  readonly loss: number;
  readonly dx: readonly number[];
} & Readonly<Partial<Record<"u" | "v" | "i" | "a", readonly number[]>>>;

const {T, n, x, cases} = JSON.parse(readFileSync(join(packageRoot, "test/golden/neurons.json"), "utf8")) as {
  readonly T: number;
  readonly n: number;
  readonly x: readonly number[];
  readonly cases: readonly Case[];
};

const input = (): Tensor => tensor2d([...x], [T, n]);

/** Σ g·s + ½·Σ v², g[t, j] = ((7t + 3j) mod 5 − 2)/4. */
function lossOf(s: Tensor, v: Tensor): Scalar {
  const g = Array.from({length: T * n}, (_, k) => (((7 * Math.floor(k / n) + 3 * (k % n)) % 5) - 2) / 4);
  return s
    .mul(tensor2d(g, [T, n]))
    .sum()
    .add(v.square().sum().mul(0.5));
}

const titleOf = ({library, spec}: Case): string => {
  const details = [spec.reset, spec.decayInput ? "decayed" : "undecayed", ...(spec.detachReset ? ["detached"] : [])];
  return `${spec.model} of ${library}: ${details.join(", ")}, ${spec.surrogate.name}, θ = ${spec.threshold}`;
};

describe("neurons equal other libraries'", () => {
  onEachBackend(() => {
    for (const golden of cases) {
      const spec = golden.spec;

      it(`${titleOf(golden)}: spikes and every state`, () => {
        const out = tidy(() => neuron(input(), checkNeuron(spec)));
        assertClose(out.s.dataSync(), golden.s.flatMap((row) => [...row].map(Number)), {atol: 0, rtol: 0, what: "s"}); // prettier-ignore
        for (const name of ["u", ...statesOf(spec)])
          assertClose(out[name]!.dataSync(), golden[name as "u"]!, {atol: 2e-6, rtol: 2e-6, what: name});
      });

      it(`${titleOf(golden)}: the gradient through time`, () => {
        const {value, grads} = valueAndGradients(
          (current: Tensor) => {
            const {s, v} = neuron(current, spec);
            return lossOf(s, v);
          },
          [input()],
        );
        assertClose(value.dataSync(), [golden.loss], {rtol: 1e-6, what: "loss"});
        // sums over up to 30 timesteps in single precision: relative to the largest
        assertClose(grads[0]!.dataSync(), golden.dx, {rtol: 3e-6, atol: 1e-7, scale: "max", what: "dx"});
      });
    }
  });
});
