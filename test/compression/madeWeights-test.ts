import assert from "node:assert";
import {mkdtempSync, readFileSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {graphOf, type NetworkDescription} from "../../src/architectures/description.js";
import {liteNet, liteWeights} from "../../src/architectures/liteNet.js";
import type {WeightPlan} from "../../src/architectures/weightPlan.js";
import {compress} from "../../src/compression/compress.js";
import {compressedOf} from "../../src/compression/madeWeights.js";
import {loadNetwork, saveNetwork} from "../../src/files/networkFile.js";
import {sampleFormatOf, type TrainedNetwork} from "../../src/files/networkText.js";
import {packedSizes, savePacked} from "../../src/files/packed.js";
import {weightBits} from "../../src/graphs/cost.js";
import {useBackend} from "../../src/kernels/index.js";
import {forward} from "../../src/networks/forward.js";
import {disposeNetwork, initialise, type Network} from "../../src/networks/parameters.js";
import {randomKey} from "../../src/random.js";
import {tidy} from "../../src/tf.js";
import {assertClose} from "../assert.js";
import {noise, tinyData} from "../tiny.js";

const lite = (weights?: WeightPlan): NetworkDescription =>
  liteNet({input: {size: 16, channels: 3}, filters: 4, path: [0, 1], T: 2, ...(weights && {weights})});

async function trained(description: NetworkDescription): Promise<TrainedNetwork> {
  const data = await tinyData(20, 10);
  const graph = graphOf(description);
  const {parameters, statistics} = initialise(description, randomKey(7, "made"));
  return {...{graph, parameters, statistics, description}, sample: sampleFormatOf(data, graph), classes: data.classes, bits: 32}; // prettier-ignore
}

const outputsOf = (network: Network): number[] =>
  tidy(() => [...forward(network, noise(3, 16), {training: false}).outputs.dataSync()]);

describe("made weights as a compressed network", () => {
  let folder = "";
  before(async () => {
    await useBackend("wasm");
    folder = mkdtempSync(join(tmpdir(), "made-"));
  });
  after(() => rmSync(folder, {recursive: true, force: true}));

  for (const [what, weights] of [
    ["LitE-SNN's, of 1 and 2 bits and a fifth of the weights", liteWeights([1, 2])],
    ["uniform ones of 6 bits, half of them by size", {bits: 6, kept: 0.5, quantiser: "uniform", pruning: "magnitude"}],
  ] as const)
    it(`${what}: packed and read again they are the same to the bit`, async () => {
      const network = await trained(lite(weights));
      const small = compressedOf(network);
      const path = join(folder, "small.spikepak");
      const bytes = savePacked(path, small);
      assert.strictEqual(readFileSync(path).length, bytes);
      const read = await loadNetwork(path);
      assert.deepStrictEqual(outputsOf(read), outputsOf(small));
      assertClose(outputsOf(small), outputsOf(network), {rtol: 0, atol: 1e-5});
      for (const [name, value] of Object.entries(small.parameters))
        assert.deepStrictEqual(read.parameters[name]!.dataSync(), value.dataSync(), name);
      // what the file holds beyond weights: masks, and what is not a weight; whole weights of a layer are kept
      assertClose(weightBits(read.graph), weightBits(network.graph), {rtol: 0.02});
      assert.ok(packedSizes(small).bitmask * 8 > weightBits(network.graph));
      [network, small, read].forEach(disposeNetwork);
    });

  it("a network that still searches is written and read as it is, and has no packed form", async () => {
    const network = await trained(lite(liteWeights()));
    const path = join(folder, "search.safetensors");
    await saveNetwork(path, network);
    const read = await loadNetwork(path);
    assert.deepStrictEqual(outputsOf(read), outputsOf(network));
    assert.deepStrictEqual(read.graph, network.graph);
    assert.throws(() => compressedOf(network), /^InputError: bits of cell1\.e0\.conv are not chosen yet; decode the network first$/); // prettier-ignore
    assert.throws(() => compress(network, {bits: 4}), /^InputError: the forward pass makes the weights of stem\.conv; compressedOf/); // prettier-ignore
    const plain = await trained(lite());
    assert.throws(() => compressedOf(plain), /^InputError: invalid weights: as they are learnt; expected a network that makes them/); // prettier-ignore
    [network, read, plain].forEach(disposeNetwork);
  });
});
