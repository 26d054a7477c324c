import assert from "node:assert";
import {snasnet} from "../../src/architectures/architecture.js";
import {parseCell} from "../../src/architectures/cell.js";
import {lifsOf} from "../../src/architectures/lifs.js";
import {headOf, layersOf, stagesOf} from "../../src/architectures/stages.js";
import {spikenasBenchArchitecture} from "../../src/architectures/spikenasBench.js";

describe("shapes", () => {
  const feedback = snasnet({
    cell: parseCell("0303 0030 2002 0200"),
    channels: 4,
    input: {size: 8, channels: 3},
    pool: 2,
  });

  it("double the channels and halve the side at each reduction", () =>
    assert.deepStrictEqual(
      stagesOf(snasnet({cellCount: 3})).map(({name, channels, side}) => [name, channels, side]),
      [
        ["cell1", 128, 32],
        ["cell2", 256, 16],
        ["cell3", 512, 8],
      ],
    ));

  it("name every layer in order of computation, feedback edges after forward ones", () => {
    const edges = (stage: string): string[] => ["e01", "e12", "e03", "e23", "e20", "e31"].map((e) => `${stage}.${e}`);
    assert.deepStrictEqual(
      layersOf(feedback).map(({name}) => name),
      ["stem", ...edges("cell1"), "reduction1", ...edges("cell2"), "last", "fc1", "fc2"],
    );
  });

  it("name the batch normalisations, two at a reduction", () => {
    const reduction = layersOf(feedback).find(({name}) => name === "reduction1")!;
    assert.deepStrictEqual(reduction.norms, [
      {name: "reduction1.bnIn", channels: 4},
      {name: "reduction1.bnOut", channels: 8},
    ]);
  });

  it("chain: the head takes what the last cell leaves", () =>
    assert.deepStrictEqual(headOf(feedback), {
      channels: 8,
      side: 4,
      pooledSide: 2,
      inputs: 32,
      hidden: 1024,
      outputs: 100,
    }));

  it("give a node one spike train, however many edges leave it, and a threshold of its own another", () => {
    const a = spikenasBenchArchitecture(2 + 5 * 3 + 25 * 4); // edges 0 → 1, 0 → 2, 0 → 3 at 0.5, 1 and 1.5
    assert.deepStrictEqual(
      lifsOf(a).map(({name, threshold, readers}) => [name, threshold, readers.map(({layer}) => layer).join(" ")]),
      [
        ["cell1.n0@0.5", 0.5, "cell1.e01"],
        ["cell1.n0", 1, "cell1.e02"],
        ["cell1.n0@1.5", 1.5, "cell1.e03"],
        ["reduction1", 1, "reduction1"],
        ["cell2.n0@0.5", 0.5, "cell2.e01"],
        ["cell2.n0", 1, "cell2.e02"],
        ["cell2.n0@1.5", 1.5, "cell2.e03"],
        ["last", 1, "fc1"],
        ["head", 1, "fc2"],
      ],
    );
    assert.deepStrictEqual(
      lifsOf(snasnet()).map(({name}) => name),
      ["cell1.n0", "cell1.n1", "cell1.n2", "reduction1", "cell2.n0", "cell2.n1", "cell2.n2", "last", "head"],
    );
  });

  it("leave no layer that reads spikes without a spiking unit", () => {
    const lifs = new Set(lifsOf(feedback).map(({name}) => name));
    for (const {name, input, lif} of layersOf(feedback))
      assert.ok(input === "analog" ? lif === undefined : lifs.has(lif!), name);
  });
});
