import assert from "node:assert";
import {type ActivityPoint, activityPoints, agreementOf, costAt, savingsAtEqualAccuracy} from "../../src/analysis/activitySavings.js"; // prettier-ignore
import {randomKey} from "../../src/random.js";
import {assertClose} from "../assert.js";
import {recordOf} from "../records/record.js";

const point = (regulariser: string, lambda: number, changes: Partial<ActivityPoint> = {}): ActivityPoint => ({
  ...{regulariser, lambda, seed: 1, accuracy: 0.9, convertedAccuracy: 0.9, macs: 1000, synOps: 5000},
  ...changes,
});

describe("savings of activity regularisation", () => {
  it("are interpolated at equal accuracy: halfway in accuracy is the geometric mean of the costs", () => {
    const points = [
      point("none", 0),
      point("a", 1, {accuracy: 0.88, macs: 250, convertedAccuracy: 0.88, synOps: 5000}),
    ];
    assertClose(costAt(points, 0.89, "macs")!, Math.sqrt(1000 * 250));
    assertClose(costAt(points, 0.89, "synOps")!, 5000);
    assert.strictEqual(costAt(points, 0.87, "macs"), undefined);
    const rows = savingsAtEqualAccuracy(points);
    assert.deepStrictEqual(
      rows.map(({regulariser, currency, n, seeds}) => [regulariser, currency, n, seeds]),
      [
        ["a", "macs", 1, 1],
        ["a", "synOps", 1, 1],
      ],
    );
    assertClose(rows[0]!.saving!, 0.5);
    assertClose(rows[1]!.saving!, 0);
  });

  it("take the least of the crossings where accuracy rises and falls with λ", () => {
    const points = [
      point("none", 0),
      point("a", 1, {accuracy: 0.92, macs: 500}),
      point("a", 2, {accuracy: 0.86, macs: 50}),
    ];
    assertClose(costAt(points, 0.89, "macs")!, Math.sqrt(500 * 50));
  });

  it("say that nothing was saved where no network reaches the accuracy", () => {
    const [row] = savingsAtEqualAccuracy([point("none", 0), point("a", 1, {accuracy: 0.95})]);
    assert.deepStrictEqual([row!.n, row!.saving], [0, undefined]);
  });

  it("agree wholly where both currencies rank them the same, and not at all where they rank them in reverse", () => {
    const of = (reverse: boolean): ActivityPoint[] =>
      [1, 2, 3].flatMap((seed) => [
        point("none", 0, {seed}),
        ...[1, 2, 3, 4].map((lambda) =>
          point("a", lambda, {seed, macs: 1000 / lambda, synOps: 5000 / (reverse ? 5 - lambda : lambda)}),
        ),
      ]);
    for (const reverse of [false, true]) {
      const {groups, seeds, tau, rho, tauInterval} = agreementOf(of(reverse), randomKey(1))!;
      assert.deepStrictEqual([groups, seeds], [4, 3]);
      assertClose([tau, rho, tauInterval!.low, tauInterval!.high], new Array<number>(4).fill(reverse ? -1 : 1));
    }
    assert.strictEqual(agreementOf([point("none", 0), point("a", 1)], randomKey(1)), undefined);
  });

  it("are of DNNs whose converted networks came within one point", () => {
    const conversion = {...{T: 3, percentile: 99.9, images: 10, testImages: 10, dnnAccuracy: 0.5, firingRates: {}}, accuracy: [0.1, 0.5, 0.5], synOps: [1, 2, 3]}; // prettier-ignore
    const labels = {network: "DNN", regulariser: "L1", lambda: 0.1};
    const late = recordOf({labels, effectiveMacs: 7, conversion});
    const found = recordOf({
      labels,
      effectiveMacs: 7,
      conversion: {...conversion, latency: 2, latencyAccuracy: 0.5, latencySynOps: 2},
    });
    assert.deepStrictEqual(activityPoints([late, found, recordOf()]), [
      {regulariser: "L1", lambda: 0.1, seed: 1, accuracy: 0.5, convertedAccuracy: 0.5, macs: 7, synOps: 2},
    ]);
  });
});
