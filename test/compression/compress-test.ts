import assert from "node:assert";
import {convNet} from "../../src/architectures/convNet.js";
import {graphOf} from "../../src/architectures/description.js";
import {compress} from "../../src/compression/compress.js";
import {recalibrate} from "../../src/compression/recalibrate.js";
import {countKept} from "../../src/files/weightCodes.js";
import {weightBytes} from "../../src/graphs/cost.js";
import {nodeOf} from "../../src/graphs/graph.js";
import {useBackend} from "../../src/kernels/index.js";
import {forward} from "../../src/networks/forward.js";
import {disposeNetwork, initialise, type Network} from "../../src/networks/parameters.js";
import {randomKey} from "../../src/random.js";
import {dispose, memory, tidy} from "../../src/tf.js";
import {assertClose} from "../assert.js";
import {noise, smallArchitecture, tinyArchitecture, tinyData} from "../tiny.js";

const fresh = (): Network => initialise(graphOf(tinyArchitecture()), randomKey(3, "compress"));
const dataOf = (network: Network, name: string): Float32Array => network.parameters[name]!.dataSync() as Float32Array;

describe("a compressed network", function () {
  this.timeout(60000);
  before(() => useBackend("wasm"));
  let network: Network;
  beforeEach(() => (network = fresh()));
  afterEach(() => disposeNetwork(network));

  const within = (test: () => void) => (): void => {
    const held = memory().numTensors;
    test();
    assert.strictEqual(memory().numTensors, held, "tensors stay");
  };

  it("has 2^b levels at most in each channel, and everything but its weights as it was", within(() => {
    const before = dataOf(network, "stem.conv").slice();
    const small = compress(network, {bits: 2});
    assert.deepStrictEqual(dataOf(network, "stem.conv"), before, "the given one stays");
    const channels = small.parameters["fc1.weight"]!.shape[1]!;
    const weights = dataOf(small, "fc1.weight");
    for (let c = 0; c < channels; ++c)
      assert.ok(new Set(weights.filter((_, i) => i % channels === c)).size <= 4);
    for (const name of ["stem.bn.gamma", "fc2.bias"]) assert.deepStrictEqual(dataOf(small, name), dataOf(network, name));
    for (const [name, value] of Object.entries(network.statistics)) assert.deepStrictEqual(small.statistics[name]!.dataSync(), value.dataSync()); // prettier-ignore
    disposeNetwork(small);
  })); // prettier-ignore

  it("says the bits and the fraction of each layer, of which the bytes follow", within(() => {
    const small = compress(network, {bits: 4, kept: 0.5, ends: 8, layers: {fc1: {bits: 1, kept: 0.25}}});
    // fc2: 8 × 8 weights at 8 bits, half of them; its 8 biases at 32
    assert.deepStrictEqual(nodeOf(small.graph, "fc2").weights, {bits: 8, kept: 0.5});
    assert.deepStrictEqual(nodeOf(small.graph, "fc1").weights, {bits: 1, kept: 0.25});
    assert.deepStrictEqual(nodeOf(small.graph, "stem.conv").weights, {bits: 8, kept: 0.5});
    let bits = 0;
    for (const [name, value] of Object.entries(small.parameters)) {
      const format = small.formats[name.replace(/\.weight$/, "")];
      bits += format ? format.bits * countKept(value.dataSync() as Float32Array) : 32 * value.size;
    }
    assert.strictEqual(weightBytes(small.graph), Math.ceil(bits / 8));
    disposeNetwork(small);
  })); // prettier-ignore

  it("of 32 bits with everything kept computes the same, of 16 bits nearly so", within(() => {
    const x = noise(4);
    const logits = (of: Network) => tidy(() => forward(of, x, {training: false}).logits.dataSync());
    const [same, close] = [compress(network, {}), compress(network, {bits: 16})];
    assert.deepStrictEqual(logits(same), logits(network));
    const worst = (a: Float32Array, b: Float32Array): number => Math.max(...a.map((w, i) => Math.abs(w - b[i]!)));
    assert.ok(worst(dataOf(close, "fc1.weight"), dataOf(network, "fc1.weight")) < 2e-4);
    [same, close].forEach(disposeNetwork);
    x.dispose();
  })); // prettier-ignore

  it("of fewer timesteps says what the network says after them", within(() => {
    const net = {...network, description: tinyArchitecture()};
    const short = compress(net, {timesteps: 1});
    const x = noise(3);
    const whole = forward(network, x, {training: false});
    const first = forward(short, x, {training: false});
    assert.strictEqual(short.graph.T, 1);
    assert.strictEqual(short.description.T, 1);
    assert.deepStrictEqual(first.outputs.dataSync(), tidy(() => whole.outputs.slice([0], [1]).dataSync()));
    dispose([x, whole.logits, whole.outputs, first.logits, first.outputs]);
    disposeNetwork(short);
  })); // prettier-ignore

  it("that is compressed again keeps the levels that it is at", within(() => {
    const small = compress(network, {bits: 2});
    const [shorter, fewer] = [compress(small, {timesteps: 1}), compress(small, {kept: 0.5})];
    assert.deepStrictEqual(shorter.formats, small.formats);
    assert.strictEqual(weightBytes(shorter.graph), weightBytes(small.graph));
    assert.deepStrictEqual(nodeOf(fewer.graph, "fc1").weights, {bits: 2, kept: 0.5});
    [small, shorter, fewer].forEach(disposeNetwork);
  })); // prettier-ignore

  it("of powers of two has steps that are ones", within(() => {
    const small = compress(network, {bits: 3, step: "powerOfTwo"});
    for (const {steps} of Object.values(small.formats)) {
      assert.ok(steps!.powersOfTwo);
      for (const step of steps!.values) assert.ok(Number.isInteger(Math.log2(step)));
    }
    disposeNetwork(small);
  })); // prettier-ignore

  it("is refused where it cannot be, in words", () => {
    for (const [options, message] of [
      [{bits: 17}, /invalid bits: 17; expected an integer from 1 to 16/],
      [{bits: 0}, /invalid bits: 0/],
      [{kept: 0}, /invalid kept fraction: 0/],
      [{timesteps: 3}, /invalid timesteps: 3; expected at most 2, which the network was trained with/],
      [{layers: {fc3: {bits: 2}}}, /unknown layer: fc3; expected .*fc1/],
      [{layers: {fc1: {bit: 2}}}, /unknown layer option: bit/],
      [{bit: 4}, /unknown compression option: bit/],
      [{step: "best"}, /unknown step: best; expected leastSquares, max or powerOfTwo/],
      [{across: "all"}, /unknown pruned across: all/],
    ] as const)
      assert.throws(() => disposeNetwork(compress(network, options as never)), message);
  });

  it("that reads samples with time of their own keeps its timesteps", () => {
    const graph = graphOf(convNet({input: {size: 8, channels: 2}, classes: 4, layers: [{kind: "conv", channels: 2}], T: 3, encoding: "none"})); // prettier-ignore
    const own = initialise(graph, randomKey(1, "events"));
    assert.throws(() => compress(own, {timesteps: 2}), /samples of this network have time of their own/);
    disposeNetwork(own);
  });
});

describe("recalibrated statistics", function () {
  this.timeout(60000);
  before(() => useBackend("wasm"));

  it("are the means over batches and timesteps of what the images give, computed here by hand for the stem", async () => {
    const data = await tinyData(20, 10);
    const network = initialise(graphOf(smallArchitecture()), randomKey(4, "recalibrate"));
    const held = memory().numTensors;
    const indices = Array.from({length: 20}, (_, i) => i);
    const again = await recalibrate(network, data, {indices, batchSize: 10});
    assert.strictEqual(memory().numTensors, held);
    const [mean, variance] = stemStatistics(data, again, [indices.slice(0, 10), indices.slice(10)]);
    assertClose(again.statistics["stem.bn.mean"]!.dataSync(), mean, {rtol: 1e-4, atol: 1e-5});
    assertClose(again.statistics["stem.bn.variance"]!.dataSync(), variance, {rtol: 1e-4});
    disposeNetwork(again);
  });
});

type Data = Awaited<ReturnType<typeof tinyData>>;

/** Means of each batch's mean and unbiased variance of a 3×3 convolution's outputs, by loops. */
function stemStatistics(data: Data, {parameters}: Network, batches: readonly number[][]): [number[], number[]] {
  const filter = parameters["stem.conv"]!;
  const channels = filter.shape[3]!;
  const w = filter.dataSync();
  const [means, variances] = [new Array<number>(channels).fill(0), new Array<number>(channels).fill(0)];
  for (const batch of batches)
    for (let c = 0; c < channels; ++c) {
      const values = batch.flatMap((image) => convolved(data, image, (at, ci) => w[(at * 3 + ci) * channels + c]!));
      const mean = values.reduce((a, b) => a + b) / values.length;
      means[c]! += mean / batches.length;
      variances[c]! += values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1) / batches.length;
    }
  return [means, variances];
}

function convolved({train, mean, sd}: Data, image: number, weight: (at: number, channel: number) => number): number[] {
  const pixel = (y: number, x: number, c: number): number =>
    y < 0 || x < 0 || y > 15 || x > 15 ? 0 : (train.samples[((image * 16 + y) * 16 + x) * 3 + c]! / 255 - mean[c]!) / sd[c]!; // prettier-ignore
  return Array.from({length: 256}, (_, i) => {
    let sum = 0;
    for (let at = 0; at < 9; ++at)
      for (let c = 0; c < 3; ++c) sum += weight(at, c) * pixel((i >> 4) + Math.floor(at / 3) - 1, (i & 15) + (at % 3) - 1, c); // prettier-ignore
    return sum;
  });
}
