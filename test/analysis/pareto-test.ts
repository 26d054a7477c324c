import assert from "node:assert";
import {byBenefit, feasibility} from "../../src/analysis/benefit.js";
import {hypervolume, kneeOf, type Objective, paretoFront} from "../../src/analysis/pareto.js";
import {random, randomKey} from "../../src/random.js";
import {assertClose} from "../assert.js";

type Point = readonly number[];
const objectives = (better: readonly ("higher" | "lower")[]): Objective<Point>[] =>
  better.map((direction, i) => ({name: `f${i}`, of: (point) => point[i]!, better: direction}));
const stream = random(randomKey(1, "pareto"));
const cloud = (n: number, d: number, levels: number): Point[] =>
  Array.from({length: n}, () => Array.from({length: d}, () => stream.integer(levels) / levels));

const dominated = (p: Point, q: Point, better: readonly string[]): boolean => {
  const signed = p.map((value, i) => (better[i] === "lower" ? value - q[i]! : q[i]! - value));
  return signed.every((gap) => gap >= 0) && signed.some((gap) => gap > 0);
};

describe("paretoFront", () => {
  for (const better of [
    ["higher", "lower"],
    ["lower", "lower", "higher"],
    ["lower", "higher", "lower", "lower"],
  ] as const)
    it(`keeps what no other dominates, for ${better.length} objectives`, () => {
      for (const levels of [4, 1000]) {
        const points = cloud(120, better.length, levels);
        const front = new Set(paretoFront(points, objectives(better)).map((p) => p.join()));
        for (const p of points)
          assert.strictEqual(front.has(p.join()), !points.some((q) => dominated(p, q, better)), p.join());
      }
    });

  it("keeps one of equal points, sorts by the first objective, and leaves out what has no number", () => {
    const front = paretoFront([[1, 5], [3, 9], [1, 5], [2, 7], [2, NaN], [0, 4]], objectives(["higher", "lower"])); // prettier-ignore
    assert.deepStrictEqual(front, [[3, 9], [2, 7], [1, 5], [0, 4]]); // prettier-ignore
  });
});

describe("hypervolume", () => {
  it("is the area or volume of boxes, by hand", () => {
    const two = objectives(["higher", "lower"]);
    assert.strictEqual(hypervolume([[3, 1]], two, [1, 4]), 6);
    assert.strictEqual(hypervolume([[3, 2], [2, 1], [1.5, 3.5]], two, [1, 4]), 2 * 2 + 1 * 1); // prettier-ignore
    assert.strictEqual(hypervolume([[0, 5]], two, [1, 4]), 0);
    assert.strictEqual(hypervolume([], two, [1, 4]), 0);
    const three = objectives(["lower", "lower", "lower"]);
    assert.strictEqual(hypervolume([[0, 0, 0]], three, [2, 3, 4]), 24);
    assert.strictEqual(
      hypervolume(
        [
          [0, 1, 1],
          [1, 0, 1],
          [1, 1, 0],
        ],
        three,
        [2, 2, 2],
      ),
      4,
    ); // three boxes of 2, all share 1
  });

  it("is what counting points of a grid finds", () => {
    for (const d of [2, 3]) {
      const [points, levels] = [cloud(12, d, 10), 10];
      const reference = new Array<number>(d).fill(1);
      let inside = 0;
      for (let n = 0; n < levels ** d; ++n) {
        const centre = reference.map((_, i) => (Math.floor(n / levels ** i) % levels) / levels + 0.05);
        inside += Number(points.some((p) => p.every((value, i) => value < centre[i]!)));
      }
      const better = new Array<"lower">(d).fill("lower");
      assertClose(hypervolume(points, objectives(better), reference), inside / levels ** d, {rtol: 1e-9});
    }
  });
});

describe("kneeOf", () => {
  it("is where the front bends most", () => {
    const two = objectives(["lower", "lower"]);
    // y = 1/x on [1, 100], scaled: farthest from the chord where the slope is that of the chord, x = 10
    const curve = Array.from({length: 991}, (_, i): Point => [1 + i / 10, 1 / (1 + i / 10)]);
    assertClose(kneeOf(curve, two)![0]!, 10, {rtol: 0.02});
    assert.strictEqual(kneeOf([[1, 2], [2, 1]], two), undefined); // prettier-ignore
  });
});

describe("benefit", () => {
  it("is accuracy − μ·memory/largest; μ = 0 asks for accuracy alone", () => {
    const points = [{a: 90, m: 10}, {a: 93, m: 20}, {a: 80, m: 1}]; // prettier-ignore
    const of = (mu: number) => byBenefit(points, {accuracy: ({a}) => a, memory: ({m}) => m, mu});
    assert.strictEqual(of(0)[0]!.point, points[1]);
    assert.deepStrictEqual(of(10).map(({benefit}) => benefit), [85, 83, 79.5]); // prettier-ignore
    assert.throws(() => of(-1), /invalid mu: -1; expected a number >= 0/);
  });

  it("shows feasible and infeasible apart", () =>
    assert.deepStrictEqual(feasibility([1, 2, 3], (x) => x < 3), {feasible: [1, 2], infeasible: [3]})); // prettier-ignore
});
