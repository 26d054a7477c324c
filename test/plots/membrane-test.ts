import assert from "node:assert";
import {membraneFigure} from "../../src/plots/membrane.js";

describe("the figure of membrane potentials", () => {
  const state = {name: "u", u: [0.5, 1.2], v: [0.5, 0], s: [0, 1]};
  const lines = (threshold?: number | number[]): Record<string, unknown>[] =>
    membraneFigure([{...state, ...(threshold !== undefined && {threshold})}]).data.filter(
      ({name}) => name === "threshold θ",
    );

  it("draws a fixed threshold as a level", () => {
    const [line] = lines(1);
    assert.deepStrictEqual([line!.x, line!.y], [[0, 2], [1, 1]]); // prettier-ignore
  });

  it("draws an adaptive threshold as the steps that are in force at each timestep", () => {
    const [line] = lines([1, 1.5]);
    assert.deepStrictEqual([line!.x, line!.y], [[0, 1, 2], [1, 1, 1.5]]); // prettier-ignore
    assert.strictEqual((line!.line as {shape: string}).shape, "vh");
  });

  it("draws none for a state that nothing fires on", () => assert.deepStrictEqual(lines(), []));
});
