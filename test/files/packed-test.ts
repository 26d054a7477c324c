import assert from "node:assert";
import {createHash} from "node:crypto";
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {brotliCompressSync, brotliDecompressSync} from "node:zlib";
import {convNet} from "../../src/architectures/convNet.js";
import {graphOf, type NetworkDescription} from "../../src/architectures/description.js";
import {compress, type Compression} from "../../src/compression/compress.js";
import {loadNetwork} from "../../src/files/networkFile.js";
import {sampleFormatOf, type TrainedNetwork} from "../../src/files/networkText.js";
import {packedSizes, packNetwork, savePacked} from "../../src/files/packed.js";
import {weightBytes} from "../../src/graphs/cost.js";
import {useBackend} from "../../src/kernels/index.js";
import {forward} from "../../src/networks/forward.js";
import {disposeNetwork, initialise} from "../../src/networks/parameters.js";
import {random, randomKey} from "../../src/random.js";
import {memory, tidy} from "../../src/tf.js";
import {noise, smallArchitecture, tinyData} from "../tiny.js";

async function networkOf(description: NetworkDescription): Promise<TrainedNetwork> {
  const data = await tinyData(20, 10);
  const graph = graphOf(description);
  const {parameters, statistics} = initialise(graph, randomKey(7, "packed"));
  return {...{graph, parameters, statistics, description}, sample: sampleFormatOf(data, graph), classes: data.classes, bits: 32}; // prettier-ignore
}

const logitsOf = (network: TrainedNetwork): Float32Array => {
  const x = noise(6, 16);
  const logits = tidy(() => forward(network, x, {training: false}).logits.dataSync() as Float32Array);
  x.dispose();
  return logits;
};

const plain = ({parameters: _p, statistics: _s, formats: _f, ...rest}: TrainedNetwork): unknown => JSON.parse(JSON.stringify(rest)); // prettier-ignore

describe("a packed network", function () {
  this.timeout(60000);
  let [folder, path] = ["", ""];
  let network: TrainedNetwork;
  before(async () => {
    await useBackend("wasm");
    folder = mkdtempSync(join(tmpdir(), "packed-"));
    path = join(folder, "small.spikepak");
    network = await networkOf(smallArchitecture({channels: 2, head: {hidden: 8, voters: 2, dropout: 0}}));
  });
  after(() => {
    disposeNetwork(network);
    rmSync(folder, {recursive: true, force: true});
  });

  const cases: Readonly<Record<string, Compression>> = {
    "of 4 bits, half kept": {bits: 4, kept: 0.5},
    "of 1 bit": {bits: 1, scale: "layer"},
    "of mixed bits and powers of two, with fewer timesteps": {bits: 3, step: "powerOfTwo", ends: 8, layers: {fc1: {bits: 2, kept: 0.2}}, timesteps: 1}, // prettier-ignore
    "that was only pruned": {kept: 0.3, across: "network"},
    "of which one layer was quantised": {layers: {fc1: {bits: 11}}},
    "that was not compressed": {},
  };
  for (const [what, options] of Object.entries(cases))
    it(`${what} comes back with the same logits, formats and bytes, and nothing stays in memory`, async () => {
      const held = memory().numTensors;
      const small = {...compress(network, options), compressed: what};
      for (const form of ["dense", "bitmask", "entropy", "shortest"] as const) {
        assert.strictEqual(savePacked(path, small, {form}), readFileSync(path).length);
        const loaded = await loadNetwork(path);
        assert.deepStrictEqual(logitsOf(loaded), logitsOf(small));
        assert.deepStrictEqual(loaded.formats ?? {}, small.formats);
        assert.deepStrictEqual(plain(loaded), plain(small));
        assert.strictEqual(weightBytes(loaded.graph), weightBytes(small.graph));
        disposeNetwork(loaded);
      }
      const sizes = packedSizes(small);
      for (const form of ["dense", "bitmask", "entropy", "shortest"] as const)
        assert.strictEqual(packNetwork(small, {form}).length, sizes[form]);
      assert.ok(sizes.shortest <= Math.min(sizes.dense, sizes.bitmask, sizes.entropy));
      disposeNetwork(small);
      assert.strictEqual(memory().numTensors, held);
    });

  it("is what its description says, length by length", async () => {
    const own = await networkOf(convNet({input: {size: 16, channels: 3}, layers: [{kind: "conv", channels: 4}, {kind: "linear", units: 10}], T: 2})); // prettier-ignore
    const small = compress(own, {bits: 4, kept: 0.5, scale: "layer"});
    const bytes = packNetwork(small, {form: "bitmask"});
    const text = bytes.readUInt32LE(40);
    const block = (n: number): number => 3 + 4 + 4 + 4 + Math.ceil(n / 8) + 4 + Math.ceil((n / 2) * 4 / 8); // prettier-ignore
    const layers = [...Object.entries(small.parameters)].filter(([name]) => name.endsWith(".conv") || name.endsWith(".weight")); // prettier-ignore
    const others = [...Object.entries({...small.parameters, ...small.statistics})].filter(([name]) => !layers.some(([own]) => own === name)); // prettier-ignore
    const expected = layers.reduce((sum, [, {size}]) => sum + block(size), 0) + others.reduce((sum, [, {size}]) => sum + 4 * size, 0); // prettier-ignore
    assert.strictEqual(bytes.length, 8 + 32 + 4 + text + expected);
    assert.strictEqual(bytes.toString("latin1", 0, 8), "spikepak");
    const open = Buffer.from(bytes).fill(0, 8, 40);
    assert.ok(createHash("sha256").update(open).digest().equals(bytes.subarray(8, 40)));
    const said = JSON.parse(brotliDecompressSync(bytes.subarray(44, 44 + text)).toString()) as {format: number};
    assert.strictEqual(said.format, 1);
    [own, small].forEach(disposeNetwork);
  });

  const refusal = async (bytes: Buffer): Promise<string> => {
    const damaged = join(folder, "damaged.spikepak");
    writeFileSync(damaged, bytes);
    const error = await loadNetwork(damaged).then(() => undefined, (e: Error) => e); // prettier-ignore
    assert.ok(error, "it was read");
    assert.strictEqual(error.name, "InputError", error.stack);
    assert.ok(error.message.includes(damaged) && !error.message.includes("\n"), error.message);
    return error.message;
  };

  const whole = (): Buffer => {
    const small = compress(network, {bits: 4, kept: 0.5});
    const bytes = packNetwork(small);
    disposeNetwork(small);
    return bytes;
  };

  it("is refused when any one of its bytes was changed, when it ends early or goes on too long", async () => {
    const bytes = whole();
    const held = memory().numTensors;
    const stream = random(randomKey(3, "damage"));
    for (let i = 0; i < 150; ++i) {
      const changed = Buffer.from(bytes);
      const place = i < 50 ? i : stream.integer(bytes.length);
      changed[place] = changed[place]! ^ (1 << stream.integer(8));
      await refusal(changed);
    }
    for (const length of [8, 20, 43, 100, bytes.length - 1])
      assert.match(await refusal(bytes.subarray(0, length)), /cannot read network/);
    await refusal(Buffer.concat([bytes, Buffer.alloc(4)]));
    assert.strictEqual(memory().numTensors, held);
  });

  /** Sealed again after a change. */
  function resealed(bytes: Buffer): Buffer {
    const open = Buffer.from(bytes).fill(0, 8, 40);
    createHash("sha256").update(open).digest().copy(open, 8);
    return open;
  }

  it("is refused when it contradicts itself, however well it is sealed", async () => {
    const bytes = whole();
    const text = bytes.readUInt32LE(40);
    const [before, after] = [bytes.subarray(0, 40), bytes.subarray(44 + text)];
    const withText = (packed: Buffer): Buffer => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(packed.length);
      return resealed(Buffer.concat([before, length, packed, after]));
    };
    const said = JSON.parse(brotliDecompressSync(bytes.subarray(44, 44 + text)).toString()) as Record<string, unknown>;
    const changed = (more: object): Buffer => withText(brotliCompressSync(JSON.stringify({...said, ...more})));
    const at = 44 + text;
    const withBlock = (place: number, value: number): Buffer => {
      const copy = Buffer.from(bytes);
      copy[at + place] = value;
      return resealed(copy);
    };
    for (const [file, message] of [
      [changed({classes: ["a"]}), /invalid class names: 1/],
      [changed({format: 2}), /format/],
      [withText(brotliCompressSync(Buffer.alloc(20_000_000, 32))), /cannot read network/],
      [withBlock(0, 7), /its form 7 is none that is known/],
      [withBlock(1, 17), /invalid bits: 17/],
      [withBlock(3, 9), /invalid steps: 9; expected 1 or 2/],
      [resealed(bytes.subarray(0, bytes.length - 3)), /it ends early/],
      [resealed(Buffer.concat([bytes, Buffer.alloc(5)])), /invalid bytes after the last tensor: 5; expected none/],
    ] as const)
      assert.match(await refusal(file), message);
  });
});
