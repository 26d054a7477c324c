import assert from "node:assert";
import {paramsOf} from "../../src/architectures/cost.js";
import {type Cell, edgesOf} from "../../src/architectures/cell.js";
import {parseOp} from "../../src/architectures/ops.js";
import {
  kernelSetsSettings,
  kernelSetsTrials,
  operationImpactSettings,
  operationImpactTrials,
} from "../../src/studies/sampledSpaces.js";
import {trialId} from "../../src/records/trial.js";

const opsOf = (cells: readonly Cell[]): string[] =>
  cells.flatMap((cell) => [...edgesOf(cell).forward, ...edgesOf(cell).feedback].map(({op}) => op));

describe("networks drawn to judge operations", () => {
  const trials = operationImpactTrials(operationImpactSettings({seeds: 20}));

  it("come from the whole space and from the space without each of SNASNet's five ops, one each a seed", () => {
    const groups = new Set(trials.map(({labels}) => labels.without));
    assert.deepStrictEqual([...groups], ["none", "zeroize", "skip", "conv1", "conv3", "avgPool"]);
    assert.strictEqual(trials.length, 6 * 20);
    assert.strictEqual(new Set(trials.map(trialId)).size, 120);
  });

  it("never use the op that is left out", () => {
    for (const {labels, architecture} of trials) {
      const used = opsOf(architecture.cells);
      if (labels.without === "zeroize") assert.strictEqual(used.length, 12, "six edges in each of two cells");
      else assert.ok(!used.includes(String(labels.without)), `${labels.without} among ${used}`);
    }
  });

  it("are the same for the same seeds, and share one wiring unless told otherwise", () => {
    assert.deepStrictEqual(operationImpactTrials(operationImpactSettings({seeds: 20})), trials);
    for (const {architecture} of trials) assert.deepStrictEqual(architecture.cells[0], architecture.cells[1]);
    const own = operationImpactTrials(operationImpactSettings({seeds: 5, wiring: "perCell"}));
    assert.ok(own.some(({architecture: {cells}}) => JSON.stringify(cells[0]) !== JSON.stringify(cells[1])));
  });

  it("fit the budget, and an impossible one is refused by naming the smallest network", () => {
    const free = Math.max(...trials.map(({architecture}) => paramsOf(architecture)));
    const maxParams = Math.round(free * 0.9);
    for (const {architecture} of operationImpactTrials(operationImpactSettings({seeds: 5, budget: {maxParams}})))
      assert.ok(paramsOf(architecture) <= maxParams);
    assert.throws(
      () => operationImpactSettings({budget: {maxParams: 1000}}),
      /invalid max params: 1000; expected at least \d+.*the smallest network/,
    );
  });

  it("need two ops to compare, and settings that exist", () => {
    assert.throws(() => operationImpactSettings({ops: ["conv3"]}), /invalid ops: .*at least two ops/);
    assert.throws(() => operationImpactSettings({oops: 1} as never), /oops/);
  });
});

describe("networks drawn to judge kernel sets", () => {
  it("use the sizes of their set alone", () => {
    const trials = kernelSetsTrials(kernelSetsSettings({seeds: 10, kernelSets: [[1, 3], [5, 7, 3]]})); // prettier-ignore
    for (const {labels, architecture} of trials)
      for (const op of opsOf(architecture.cells)) {
        const parsed = parseOp(op);
        if (parsed.kind === "conv")
          assert.ok(String(labels.kernels).split("+").map(Number).includes(parsed.kernelSize));
      }
    assert.deepStrictEqual([...new Set(trials.map(({labels}) => labels.kernels))], ["1+3", "5+7+3"]);
  });
});
