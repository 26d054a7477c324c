import assert from "node:assert";
import {execFileSync} from "node:child_process";
import {createHash} from "node:crypto";
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {convNet} from "../../src/architectures/convNet.js";
import {graphOf, type NetworkDescription} from "../../src/architectures/description.js";
import {loadNetwork, saveNetwork} from "../../src/files/networkFile.js";
import {sampleFormatOf, type TrainedNetwork} from "../../src/files/networkText.js";
import {useBackend} from "../../src/kernels/index.js";
import {disposeNetwork, initialise} from "../../src/networks/parameters.js";
import {random, randomKey} from "../../src/random.js";
import {memory} from "../../src/tf.js";
import {smallArchitecture, tinyData} from "../tiny.js";

async function networkOf(description: NetworkDescription): Promise<TrainedNetwork> {
  const data = await tinyData(20, 10);
  const graph = graphOf(description);
  const {parameters, statistics} = initialise(description, randomKey(7, "file"));
  return {...{graph, parameters, statistics, description}, sample: sampleFormatOf(data, graph), classes: data.classes, bits: 8}; // prettier-ignore
}

/** Names, shapes and bits of all tensors. */
const contents = ({parameters, statistics}: TrainedNetwork) =>
  [parameters, statistics].map(
    (tensors) =>
    Object.entries(tensors).map(([name, t]) => [name, t.shape, Buffer.from(t.dataSync().buffer as ArrayBuffer).toString("hex")]), // prettier-ignore
  );

const plain = ({parameters: _p, statistics: _s, ...rest}: TrainedNetwork): unknown => JSON.parse(JSON.stringify(rest));

/** Reads a file by the description of the format alone. */
function parsed(file: Buffer) {
  const length = Number(file.readBigUInt64LE());
  const {__metadata__: metadata, ...table} = JSON.parse(file.toString("utf8", 8, 8 + length)) as Record<string, Record<string, unknown>>; // prettier-ignore
  const digest = metadata!.sha256 as string;
  const open = Buffer.from(file.toString("latin1").replace(digest, "0".repeat(64)), "latin1");
  return {metadata, table, digest, expected: createHash("sha256").update(open).digest("hex"), values: file.subarray(8 + length)}; // prettier-ignore
}

const python = ((): string | undefined => {
  try {
    execFileSync("python3", ["-c", "import safetensors.numpy"], {stdio: "ignore"});
    return "python3";
  } catch {
    return undefined;
  }
})();

describe("a network's file", function () {
  this.timeout(60000);
  let [folder, path] = ["", ""];
  let network: TrainedNetwork;
  let whole: Buffer;
  before(async () => {
    await useBackend("wasm");
    folder = mkdtempSync(join(tmpdir(), "network-"));
    path = join(folder, "small.safetensors");
    network = await networkOf(smallArchitecture({channels: 2, head: {hidden: 8, voters: 2, dropout: 0}}));
    await saveNetwork(path, network);
    whole = readFileSync(path);
  });
  after(() => {
    disposeNetwork(network);
    rmSync(folder, {recursive: true, force: true});
  });

  const descriptions: Record<string, NetworkDescription> = {
    "of SNASNet": smallArchitecture(),
    "of a list of layers": convNet({input: {size: 16, channels: 3}, layers: [{kind: "conv", channels: 4}, {kind: "maxPool"}], T: 2}), // prettier-ignore
    "that reads spikes": smallArchitecture({encoding: "rate"}),
  };
  for (const [what, description] of Object.entries(descriptions))
    it(`${what} gives it back bit for bit, and nothing stays in memory`, async () => {
      const held = memory().numTensors;
      const own = await networkOf(description);
      await saveNetwork(join(folder, "again.safetensors"), own);
      const loaded = await loadNetwork(join(folder, "again.safetensors"));
      assert.deepStrictEqual(contents(loaded), contents(own));
      assert.deepStrictEqual(plain(loaded), plain(own));
      [own, loaded].forEach(disposeNetwork);
      assert.strictEqual(memory().numTensors, held);
    });

  it("is what its description says: a header, a table, values, a digest of it all", () => {
    const {metadata, table, digest, expected, values} = parsed(whole);
    assert.strictEqual(digest, expected);
    assert.deepStrictEqual(Object.keys(metadata!), ["sha256", "spikebook"]);
    const stem = table["stem.conv"]!;
    assert.deepStrictEqual([stem.dtype, stem.shape], ["F32", [3, 3, 3, 2]]);
    const [begin, end] = stem.data_offsets as [number, number];
    const held = network.parameters["stem.conv"]!.dataSync() as Float32Array;
    assert.deepStrictEqual([...Array((end - begin) / 4).keys()].map((i) => values.readFloatLE(begin + 4 * i)), [...held]); // prettier-ignore
  });

  it("is read by Python's safetensors", function () {
    if (!python) {
      this.test!.title += " (skipped: no Python with safetensors here)";
      return this.skip();
    }
    const script =
      "import json, sys\nfrom safetensors.numpy import load_file\n" +
      "print(json.dumps({k: [list(v.shape), v.ravel().tolist()] for k, v in load_file(sys.argv[1]).items()}))";
    const read = JSON.parse(execFileSync(python, ["-c", script, path], {encoding: "utf8"})) as Record<string, [number[], number[]]>; // prettier-ignore
    for (const [name, tensor] of Object.entries({...network.parameters, ...network.statistics}))
      assert.deepStrictEqual(read[name], [tensor.shape, [...tensor.dataSync()]]);
  });

  const refusal = async (bytes: Buffer | string): Promise<string> => {
    const damaged = join(folder, "damaged.safetensors");
    writeFileSync(damaged, bytes);
    const error = await loadNetwork(damaged).then(() => undefined, (e: Error) => e); // prettier-ignore
    assert.ok(error, "it was read");
    assert.strictEqual(error.name, "InputError", error.stack);
    assert.ok(error.message.includes(damaged) && !error.message.includes("\n"), error.message);
    return error.message;
  };

  it("is refused when any one of its bytes was changed", async () => {
    const held = memory().numTensors;
    const stream = random(randomKey(3, "damage"));
    for (let i = 0; i < 250; ++i) {
      const bytes = Buffer.from(whole);
      const place = i < 8 ? i : stream.integer(i < 130 ? 8000 : whole.length);
      bytes[place] = bytes[place]! ^ (1 << stream.integer(8));
      await refusal(bytes);
    }
    assert.strictEqual(memory().numTensors, held);
  });

  it("is refused when it ends early or goes on too long", async () => {
    for (const length of [0, 5, 8, 100, 5000, whole.length - 1]) await refusal(whole.subarray(0, length));
    await refusal(Buffer.concat([whole, Buffer.alloc(4)]));
  });

  /** The file with other text under `spikebook`, sealed again. */
  function resealed(change: (text: Record<string, unknown>) => unknown): Buffer {
    const {metadata, table, values} = parsed(whole);
    const text = JSON.stringify(change(JSON.parse(metadata!.spikebook as string) as Record<string, unknown>));
    const header = Buffer.from(JSON.stringify({__metadata__: {sha256: "0".repeat(64), spikebook: text}, ...table}));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    const file = Buffer.concat([length, header, values]);
    const digest = createHash("sha256").update(file).digest("hex");
    return Buffer.from(file.toString("latin1").replace("0".repeat(64), digest), "latin1");
  }

  it("is refused when it contradicts itself, however well it is sealed", async () => {
    const inner = (key: string, changes: object) => (t: Record<string, unknown>) => ({...t, [key]: {...(t[key] as object), ...changes}}); // prettier-ignore
    for (const [change, message] of [
      [(t) => ({...t, classes: ["a"]}), /invalid class names: 1; expected 10/],
      [inner("sample", {shape: [8, 8, 3]}), /invalid sample shape: \[8,8,3\]; expected \[16, 16, 3\]/],
      [inner("sample", {scale: "unit"}), /invalid scale: "?unit"?; expected normalised/],
      [inner("sample", {sd: [1, 0, 1]}), /sd/],
      [inner("graph", {T: 0}), /invalid T: 0/],
      [inner("graph", {nodes: [null]}), /invalid node/],
      [(t) => ({...t, graph: 3}), /invalid graph/],
      [(t) => ({...t, graph: {...(t.graph as object), nodes: (t.graph as {nodes: {op: {kind: string}}[]}).nodes.map((n) => n.op.kind === "linear" ? {...n, op: {...n.op, bias: true}} : n)}}), /tensor fc1.bias/], // prettier-ignore
    ] as [(t: Record<string, unknown>) => unknown, RegExp][])
      assert.match(await refusal(resealed(change)), message);
  });

  it("of a newer version, of another program and of version 0.1.0 is named as that, with what to do", async () => {
    assert.match(
      await refusal(resealed((t) => ({...t, format: 2}))),
      /is of format 2, and this version reads up to 1; update/,
    );
    const other = Buffer.from(JSON.stringify({__metadata__: {format: "pt"}}));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(other.length));
    assert.match(await refusal(Buffer.concat([length, other])), /of another program/);
    assert.match(
      await refusal('{"format":"spikebook-checkpoint-1","identity":"x"}\n'),
      /version 0\.1\.0.*run its study again/,
    );
    await assert.rejects(loadNetwork(join(folder, "nowhere")), /invalid network: .*nowhere; expected an existing file/);
  });
});
