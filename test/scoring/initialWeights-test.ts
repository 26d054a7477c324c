import assert from "node:assert";
import {disposeNetwork, initialise, initialValues} from "../../src/networks/parameters.js";
import {randomKey} from "../../src/random.js";
import {rememberedValues} from "../../src/scoring/initialWeights.js";
import {useBackend} from "../../src/kernels/index.js";
import {tinyArchitecture} from "../tiny.js";

describe("scoring/initialWeights", () => {
  before(() => useBackend("wasm"));

  it("gives the weights that a network draws itself, the first time and the second", () => {
    const key = randomKey(9, "weights");
    for (const head of ["unitVariance", "paper"] as const)
      for (let round = 0; round < 2; ++round) {
        const [drawn, remembered] = [initialValues, rememberedValues].map((draw) =>
          initialise(tinyArchitecture(), key, head, draw),
        );
        for (const [name, values] of Object.entries(drawn!.parameters))
          assert.deepStrictEqual(remembered!.parameters[name]!.dataSync(), values.dataSync(), name);
        disposeNetwork(drawn!);
        disposeNetwork(remembered!);
      }
  });

  it("draws once what has one name, shape, key and head", () => {
    const [key, other] = [randomKey(1), randomKey(2)];
    const conv = {name: "a.conv", shape: [3, 3, 2, 2], role: "conv"} as const;
    const first = rememberedValues(conv, key, "paper");
    assert.strictEqual(rememberedValues(conv, randomKey(1), "paper"), first);
    assert.notDeepStrictEqual(rememberedValues(conv, other, "paper"), first);
    assert.notDeepStrictEqual(rememberedValues({...conv, name: "b.conv"}, key, "paper"), first);
    assert.strictEqual(rememberedValues({...conv, shape: [1, 1, 2, 2]}, key, "paper").length, 4);
    const fc = {name: "fc1.weight", shape: [2, 2], role: "linear"} as const;
    assert.notDeepStrictEqual(rememberedValues(fc, key, "paper"), rememberedValues(fc, key, "unitVariance"));
  });
});
