import assert from "node:assert";
import {convNet} from "../../src/architectures/convNet.js";
import {checkMemory} from "../../src/memory.js";
import {checkNetworkMemory, networkBytes} from "../../src/studies/trialMemory.js";
import {truthSettings} from "../../src/studies/truthTable.js";

describe("memory of a trial", () => {
  // 4×4×1 inputs, 8 maps of 4×4, 3 classes with one voter each; T = 5.
  const net = convNet({
    input: {size: 4, channels: 1},
    classes: 3,
    voters: 1,
    T: 5,
    layers: [{kind: "conv", channels: 8}],
  });
  // 3·3·1·8 weights, 8 γ, 8 β, 128·3 weights of the readout; 128 neurons.
  const params = 72 + 16 + 384;

  it("is that of weights, of a bit for each neuron and timestep, and of one map", () => {
    const spikes = (samples: number): number => (128 * 5 * samples) / 8;
    const found = networkBytes(net, 10, 3) - networkBytes(net, 10, 2);
    assert.strictEqual(found % 4, 0);
    assert.ok(found / 4 >= params && found / 4 <= params + 3 + 2 * 3, `${found / 4} parameters`);
    assert.ok(networkBytes(net, 10, 0) >= spikes(10) + 4 * 10 * 128);
    assert.strictEqual(networkBytes(net, 20, 0), 2 * networkBytes(net, 10, 0));
  });

  it("is asked of a sample of the bench before it is scored: its batches, and its smallest network", () => {
    truthSettings({sample: 100});
    const images =
      /^InputError: invalid memory of 10000 batches of 65536 samples: at least 8\.05e\+3 GB; .*: fewer repeats/; // 4·10⁴·2¹⁶·32·32·3
    assert.throws(() => truthSettings({sample: 100, repeats: 10_000, batch: 65_536}), images);
    const network =
      /^InputError: invalid memory of a step with 64 samples on wasm: at least [\d.e+]+ GB; expected .*: fewer channels/;
    assert.throws(() => truthSettings({sample: 100, channels: 65_536}), network);
    assert.throws(() => truthSettings({sample: 100, hidden: 2 ** 20, channels: 1024}), network);
    truthSettings({sample: 0, channels: 65_536});
  });

  it("beyond what there is is an error with the estimate, but for what has memory of its own", () => {
    const wide = convNet({
      ...net,
      layers: [
        {kind: "linear", units: 2 ** 20},
        {kind: "linear", units: 2 ** 20},
      ],
    });
    const message =
      /^InputError: invalid memory of a step with 64 samples on wasm: at least 4\.40e\+3 GB; expected at most [\d.]+ GB: fewer/;
    assert.throws(() => checkNetworkMemory(wide, {samples: 64, copies: 1, backend: "wasm"}), message);
    checkNetworkMemory(wide, {samples: 64, copies: 1, backend: "tensorflow"});
    checkNetworkMemory(net, {samples: 64, copies: 3, backend: "wasm"});
    assert.throws(() => checkMemory("it", 3e9, "less", 2e9), {
      message: "invalid memory of it: at least 3.00 GB; expected at most 2.00 GB: less",
    });
  });
});
