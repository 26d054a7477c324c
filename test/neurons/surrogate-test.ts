import assert from "node:assert";
import type {SurrogateSpec} from "../../src/graphs/neuron.js";
import {smoothSpike, spike, surrogate, surrogateDerivative} from "../../src/neurons/surrogate.js";
import {grad, type Tensor, tensor1d, tidy} from "../../src/tf.js";
import {assertClose} from "../assert.js";
import {assertTensors, onEachBackend} from "../backends.js";

const SPECS: readonly SurrogateSpec[] = [
  surrogate("atan"),
  surrogate("atan", {alpha: 4}),
  surrogate("sigmoid"),
  surrogate("triangular"),
  surrogate("triangular", {alpha: 2.5}),
  surrogate("rectangular"),
  surrogate("rectangular", {width: 0.8}),
  surrogate("dspike"),
  surrogate("dspike", {b: 1.2}),
];

const title = ({name, ...shape}: SurrogateSpec): string => `${name} ${JSON.stringify(shape)}`;

const values = (f: (x: Tensor) => Tensor, xs: readonly number[]): Float32Array =>
  tidy(() => f(tensor1d([...xs]))).dataSync() as Float32Array;

/** The smooth steps in double precision, written again from their papers. */
const STEPS: Record<SurrogateSpec["name"], (x: number, shape: number) => number> = {
  atan: (x, a) => Math.atan((Math.PI / 2) * a * x) / Math.PI + 1 / 2,
  sigmoid: (x, a) => 1 / (1 + Math.exp(-a * x)),
  // SpikingJelly's piecewise quadratic
  triangular: (x, a) => (x < -1 / a ? 0 : x > 1 / a ? 1 : -0.5 * a * a * Math.abs(x) * x + a * x + 0.5),
  rectangular: (x, w) => Math.min(Math.max(x, -w), w) + w,
  dspike: (x, b) => 0.5 + Math.tanh(b * Math.min(Math.max(x, -0.5), 0.5)) / (2 * Math.tanh(b / 2)),
};

const stepOf = ({name, ...shape}: SurrogateSpec): ((x: number) => number) => {
  const [constant] = Object.values(shape) as [number];
  return (x) => STEPS[name](x, constant);
};

/** Beyond this distance from the threshold the derivative is zero. */
const SUPPORTS: Record<SurrogateSpec["name"], (shape: number) => number> = {
  atan: () => Infinity,
  sigmoid: () => Infinity,
  triangular: (a) => 1 / a,
  rectangular: (w) => w,
  dspike: () => 0.5,
};

const supportOf = ({name, ...shape}: SurrogateSpec): number => SUPPORTS[name]((Object.values(shape) as [number])[0]);

// off the corners of every shape above
const POINTS = [-3.03, -1.51, -0.83, -0.53, -0.47, -0.29, -0.11, 0.013, 0.17, 0.39, 0.45, 0.56, 0.97, 1.3, 2.9];

describe("surrogates", () => {
  onEachBackend(() => {
    it("atan with α = 2 has the published derivative", () => {
      const expected = [1, 0.91017, 0.91017, 0.2884, 0.2884, 0.092, 0.092];
      const actual = values((x) => surrogateDerivative(x, surrogate("atan")), [0, 0.1, -0.1, 0.5, -0.5, 1, -1]);
      assertClose(actual, expected, {atol: 1e-6, rtol: 0});
    });

    it("dspike with b = 3 has the derivative of LitE-SNN's code at membrane u and threshold ½", () => {
      const u = [0.1, 0.25, 0.5, 0.9, 0, 1, -0.2, 1.7];
      const actual = values(
        (x) => surrogateDerivative(x, surrogate("dspike")),
        u.map((value) => value - 0.5),
      );
      assertClose(actual, [0.505475, 0.988654, 1.657187, 0.505475, 0, 0, 0, 0], {atol: 1e-6, rtol: 0});
    });

    it("the triangular derivative is max(0, α − α²|x|)", () => {
      const xs = [0, 0.25, -0.25, 0.5, -0.75, 1, -2];
      const actual = values((x) => surrogateDerivative(x, surrogate("triangular")), xs);
      assertClose(actual, [1, 0.75, 0.75, 0.5, 0.25, 0, 0]);
      const steep = values((x) => surrogateDerivative(x, surrogate("triangular", {alpha: 2})), xs);
      assertClose(steep, [2, 1, 1, 0, 0, 0, 0]);
    });

    it("the rectangular derivative is 1 strictly within the width and 0 elsewhere", () => {
      const actual = values((x) => surrogateDerivative(x, surrogate("rectangular")), [0, 0.49, -0.49, 0.5, -0.5, 0.6]);
      assertClose(actual, [1, 1, 1, 0, 0, 0]);
    });

    it("the sigmoid derivative at 0 is α/4", () => {
      assertClose(
        values((x) => surrogateDerivative(x, surrogate("sigmoid")), [0, 0.5]),
        [1, 0.41997434161402614],
      );
    });

    for (const spec of SPECS) {
      const step = stepOf(spec);

      it(`${title(spec)}: the smooth step is the stated function`, () => {
        assertClose(
          values((x) => smoothSpike(x, spec), POINTS),
          POINTS.map((x) => step(x)),
        );
      });

      it(`${title(spec)}: the derivative is the smooth step's finite difference`, () => {
        const expected = POINTS.map((x) => (step(x + 1e-5) - step(x - 1e-5)) / 2e-5);
        assertClose(
          values((x) => surrogateDerivative(x, spec), POINTS),
          expected,
          {atol: 2e-6, rtol: 1e-5},
        );
      });

      it(`${title(spec)}: automatic differentiation of the smooth step agrees`, () => {
        const expected = POINTS.map((x) => (step(x + 1e-5) - step(x - 1e-5)) / 2e-5);
        const actual = values(
          grad((x: Tensor) => smoothSpike(x, spec)),
          POINTS,
        );
        assertClose(actual, expected, {atol: 2e-6, rtol: 1e-5});
      });

      it(`${title(spec)}: the derivative's area is the step's height`, () => {
        const n = 40_000;
        const reach = 60;
        const xs = Array.from({length: n}, (_, i) => -reach + ((i + 0.5) * 2 * reach) / n);
        const area = values((x) => surrogateDerivative(x, spec), xs).reduce((sum, y) => sum + y, 0) * ((2 * reach) / n);
        assertClose(area, step(reach) - step(-reach), {rtol: 2e-3});
        if (spec.name !== "rectangular") assertClose(area, 1, {rtol: 6e-3});
        else assertClose(area, 2 * spec.width, {rtol: 2e-3});
      });

      it(`${title(spec)}: no gradient passes beyond its support, some passes within`, () => {
        const support = supportOf(spec);
        const within = Number.isFinite(support) ? support * 0.999 : 3;
        const [left, right] = values((x) => surrogateDerivative(x, spec), [-within, within]);
        assert.ok(left! > 0 && right! > 0);
        if (Number.isFinite(support))
          assertClose(
            values((x) => surrogateDerivative(x, spec), [-support * 1.001, support * 1.001]),
            [0, 0],
          );
      });

      it(`${title(spec)}: fires 1 from the threshold on, and passes the derivative backwards`, () => {
        const xs = [-1, -1e-6, 0, 1e-6, 2];
        assertClose(
          values((x) => spike(x, spec), xs),
          [0, 0, 1, 1, 1],
          {atol: 0},
        );
        const passed = values((x) => grad((y: Tensor) => spike(y, spec).mul(3))(x), POINTS);
        const expected = POINTS.map((x) => (3 * (step(x + 1e-5) - step(x - 1e-5))) / 2e-5);
        assertClose(passed, expected, {atol: 6e-6, rtol: 1e-5});
      });
    }

    it("leaves no tensors behind", () => {
      const x = tensor1d(POINTS);
      for (const spec of SPECS) {
        assertTensors(1, () => spike(x, spec));
        assertTensors(1, () => surrogateDerivative(x, spec));
        assertTensors(1, () => smoothSpike(x, spec));
        assertTensors(1, () => grad((y: Tensor) => spike(y, spec))(x));
      }
    });
  });

  it("an unknown surrogate or shape is named with what would be right", () => {
    assert.throws(() => surrogate("tanh"), {
      message: "unknown surrogate: tanh; expected atan, sigmoid, triangular, rectangular or dspike",
    });
    assert.throws(() => surrogate("atan", {width: 1}), {
      message: "unknown atan surrogate option: width; expected alpha",
    });
    assert.throws(() => surrogate("atan", {alpha: -2}), {
      message: "invalid atan alpha: -2; expected a number > 0 and <= 1000000",
    });
  });
});
