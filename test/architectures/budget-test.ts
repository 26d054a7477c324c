import assert from "node:assert";
import {checkFeasible, excessOf, fitsBudget, parseBytes, validateBudget} from "../../src/architectures/budget.js";
import {costOf, paramsOf} from "../../src/architectures/cost.js";
import {architectureOf, candidatesOf, networkSpace, sampleCells, smallestCells} from "../../src/architectures/networkSpace.js"; // prettier-ignore
import {SNASNET_FEEDBACK, SNASNET_FORWARD} from "../../src/architectures/spaces.js";
import {withOps} from "../../src/architectures/subspaces.js";
import {neuronOf} from "../../src/graphs/neuron.js";
import {random, randomKey} from "../../src/random.js";

const PLIF = neuronOf("plif");

describe("budgets", () => {
  it("agree with the costs of the whole network", () => {
    const stream = random(randomKey(1));
    for (const network of [{}, {neuron: PLIF}]) {
      const networks = networkSpace(SNASNET_FEEDBACK, {wiring: "perCell", network});
      for (let i = 0; i < 30; ++i) {
        const a = architectureOf(networks, sampleCells(networks, stream));
        const {params, weightBytes, activationBytes, stateBytes} = costOf(a, {bits: 8});
        const working = activationBytes + stateBytes;
        assert.ok(fitsBudget(a, {maxParams: params, maxBytes: weightBytes, bits: 8, maxWorkingBytes: working}));
        assert.deepStrictEqual(excessOf(a, {maxParams: params - 1}), [{what: "params", value: params, limit: params - 1}]); // prettier-ignore
        assert.deepStrictEqual(excessOf(a, {maxBytes: weightBytes - 1, bits: 8}).map(({what}) => what), ["bytes"]); // prettier-ignore
        assert.deepStrictEqual(excessOf(a, {maxWorkingBytes: working - 1}).map(({what}) => what), ["working bytes"]); // prettier-ignore
      }
    }
  });

  it("know the smallest network of a space by every measure", () => {
    for (const ops of [
      ["skip", "conv3"],
      ["conv3", "conv1"],
    ] as const) {
      const networks = networkSpace(withOps(SNASNET_FORWARD, ops));
      const smallest = costOf(architectureOf(networks, smallestCells(networks)));
      for (const cells of candidatesOf(networks)) {
        const cost = costOf(architectureOf(networks, cells));
        for (const key of ["params", "weightBytes", "activationBytes", "stateBytes"] as const)
          assert.ok(cost[key] >= smallest[key], `${key} of ${JSON.stringify(cells[0])}`);
      }
    }
  });

  it("refuse the impossible, naming the smallest network and what it needs", () => {
    const networks = networkSpace(SNASNET_FORWARD);
    assert.strictEqual(paramsOf(architectureOf(networks, smallestCells(networks))), 4_596_708); // published: r = 1, p = 4
    checkFeasible(networks, {maxParams: 4_596_708});
    assert.throws(
      () => checkFeasible(networks, {maxParams: 4_000_000}),
      /invalid max params: 4000000; expected at least 4596708: the smallest network of snasnet-forward, 2 cell\(s\) 0001 0000 0000 0000, 128 channels, pool 4, needs that/,
    );
    assert.throws(() => checkFeasible(networks, {maxBytes: 4e6, bits: 8}), /invalid max bytes: 4000000; expected at least 4596708 at 8 bits/); // prettier-ignore
    checkFeasible(networks, {maxBytes: 4e6, bits: 4});
    assert.throws(() => checkFeasible(networks, {maxWorkingBytes: 1}), /invalid max working bytes: 1; expected at least/); // prettier-ignore
  });

  it("are checked when made", () => {
    assert.throws(() => validateBudget({maxParams: 0}), /invalid max params: 0/);
    assert.throws(() => validateBudget({maxBytes: NaN}), /invalid max bytes: NaN/);
    assert.throws(() => validateBudget({bits: 64}), /invalid bits: 64/);
    assert.throws(() => validateBudget({maxparams: 3} as never), /unknown budget option: maxparams/);
  });

  it("read bytes with a unit", () => {
    assert.strictEqual(parseBytes("2MB"), 2e6);
    assert.strictEqual(parseBytes("1.5 MiB"), 1.5 * 2 ** 20);
    assert.strictEqual(parseBytes("512kb"), 512_000);
    assert.strictEqual(parseBytes("2000000"), 2e6);
    for (const wrong of ["", "2 MX", "-1MB", "MB"]) assert.throws(() => parseBytes(wrong), /invalid number of bytes/);
  });
});
