// A compressed network as one file whose length is its size: what docs/network-file.md describes.
//
//   "spikepak" │ SHA-256 of all bytes, with these 32 as zeros │ u32 │ text (networkText.ts), by brotli │ tensors
//
// Tensors stand without names, in the order that the graph gives: parameters, then running statistics. The weights of convolutions
// and linear layers are blocks (packedLayer.ts); everything else is float32, little-endian.

import {createHash} from "node:crypto";
import {readFileSync, statSync} from "node:fs";
import {brotliCompressSync, brotliDecompressSync} from "node:zlib";
import {writeWhole} from "../atomic.js";
import {check, checkName, type InputError} from "../check.js";
import {type Graph, type GraphNode, type Shape, sizeOf} from "../graphs/graph.js";
import {weightedNodes} from "../graphs/populations.js";
import {checkMemory, LONGEST_ARRAY} from "../memory.js";
import type {BackendName} from "../tf.js";
import {byteReader, type ByteReader} from "./byteReader.js";
import {networkOf, type NetworkText, parseText, shapesOf, textOf, type TrainedNetwork, whyOf} from "./networkText.js";
import {type Form, FORMS, layerBlock, readLayerBlock} from "./packedLayer.js";
import type {TensorValues} from "./safetensors.js";
import {countKept, type Formats, type LayerFormat, weightName, withFormats} from "./weightCodes.js";

/** How a packed file begins. */
export const PACKED = "spikepak";
const DIGEST = 32;
/** Bytes of a text beyond which a file is refused. */
const LONGEST_TEXT = 16e6;

export type PackOptions = {
  /** Of every layer; the shortest of each by default. */
  readonly form?: Form | "shortest";
};

const NAMES: readonly Form[] = ["dense", "bitmask", "entropy"];

/** The nodes whose weights are blocks, by the weights' name. */
const layersOf = (graph: Graph): ReadonlyMap<string, GraphNode> =>
  new Map(weightedNodes(graph).map((node) => [weightName(node), node]));

/** The block of a layer, in the shortest form or the one that is asked for. */
export function blockOf(
  name: string,
  weights: Float32Array,
  format: LayerFormat | undefined,
  form: Form | "shortest" = "shortest",
): Buffer {
  if (form !== "shortest") return layerBlock(name, weights, format, form);
  const blocks = NAMES.map((each) => layerBlock(name, weights, format, each));
  return blocks.reduce((best, block) => (block.length < best.length ? block : best));
}

const digestOf = (bytes: Buffer): Buffer =>
  createHash("sha256").update(bytes.subarray(0, PACKED.length)).update(Buffer.alloc(DIGEST)).update(bytes.subarray(PACKED.length + DIGEST)).digest(); // prettier-ignore

/** The graph without what blocks say of its weights. */
function bare(graph: Graph, formats: Formats): Graph {
  const nodes = graph.nodes.map((node) => {
    if (!formats[node.id]) return node;
    const {weights: _inBlock, ...rest} = node;
    return rest;
  });
  return {...graph, nodes};
}

/** Everything of a file but its layers' blocks: beginning, text, other tensors. */
function frame(network: TrainedNetwork): {readonly head: Buffer; readonly others: ReadonlyMap<string, Buffer>} {
  const {graph, formats = {}, parameters, statistics} = network;
  const text = brotliCompressSync(textOf({...network, graph: bare(graph, formats)}));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  const layers = layersOf(graph);
  const others = new Map<string, Buffer>();
  for (const [name] of allShapes(graph)) {
    if (layers.has(name)) continue;
    const values = (parameters[name] ?? statistics[name]!).dataSync() as Float32Array;
    others.set(name, Buffer.from(values.buffer, values.byteOffset, values.byteLength));
  }
  return {head: Buffer.concat([Buffer.from(PACKED, "latin1"), Buffer.alloc(DIGEST), length, text]), others};
}

function allShapes(graph: Graph): [string, Shape][] {
  const {parameters, statistics} = shapesOf(graph);
  return [...parameters, ...statistics];
}

/** The bytes of a packed network. A layer without a format is kept in float32. */
export function packNetwork(network: TrainedNetwork, {form = "shortest"}: PackOptions = {}): Buffer {
  checkName("form", form, {...FORMS, shortest: 0});
  const {graph, formats = {}, parameters} = network;
  const {head, others} = frame(network);
  const layers = layersOf(graph);
  const parts = allShapes(graph).map(([name]) => {
    const node = layers.get(name);
    if (!node) return others.get(name)!;
    return blockOf(name, parameters[name]!.dataSync() as Float32Array, formats[node.id], form);
  });
  const bytes = Buffer.concat([head, ...parts]);
  digestOf(bytes).copy(bytes, PACKED.length);
  return bytes;
}

/** Bytes of a packed network beside its layers' blocks, whatever their formats. */
export function frameBytes(network: TrainedNetwork): number {
  const {head, others} = frame(network);
  return [...others.values()].reduce((sum, {length}) => sum + length, head.length);
}

/** Bytes of the file in each form, and in the shortest of each layer, which is what `savePacked` writes. */
export function packedSizes(network: TrainedNetwork): Readonly<Record<Form | "shortest", number>> {
  const {graph, formats = {}, parameters} = network;
  const frame = frameBytes(network);
  const sizes = {dense: frame, bitmask: frame, entropy: frame, shortest: frame};
  for (const [name, node] of layersOf(graph)) {
    const weights = parameters[name]!.dataSync() as Float32Array;
    const own = NAMES.map((form) => layerBlock(name, weights, formats[node.id], form).length);
    NAMES.forEach((form, i) => (sizes[form] += own[i]!));
    sizes.shortest += Math.min(...own);
  }
  return sizes;
}

/**
 * Writes a network packed, whole or not at all, and returns the file's length in bytes. `loadNetwork` gives the same network back:
 * its logits are the same to the bit.
 *
 * @example const bytes = savePacked("my.spikepak", compress(network, {bits: 4, kept: 0.5}))
 */
export function savePacked(path: string, network: TrainedNetwork, options: PackOptions = {}): number {
  const bytes = packNetwork(network, options);
  writeWhole(path, bytes);
  return bytes.length;
}

/** The text of a file whose seal holds, and a reader that stands where its tensors begin. */
function opened(path: string): {readonly text: NetworkText; readonly reader: ByteReader} {
  const {size} = statSync(path);
  check("bytes", size, size <= LONGEST_ARRAY, `at most ${LONGEST_ARRAY}`);
  const bytes = readFileSync(path);
  const reader = byteReader(bytes);
  reader.take(PACKED.length);
  const digest = reader.take(DIGEST);
  if (!digestOf(bytes).equals(digest)) throw new Error("its checksum is not that of its bytes: it was changed or damaged, or is not whole"); // prettier-ignore
  const packed = reader.take(reader.u32());
  return {text: parseText(brotliDecompressSync(packed, {maxOutputLength: LONGEST_TEXT}).toString()), reader};
}

/** Every tensor in order, and the formats of the layers that have one. */
function tensorsIn(graph: Graph, reader: ByteReader) {
  const shapes = allShapes(graph);
  checkMemory("this network", 4 * shapes.reduce((sum, [, shape]) => sum + sizeOf(shape), 0), "a smaller one");
  const layers = layersOf(graph);
  const tensors = new Map<string, TensorValues>();
  const formats: Record<string, LayerFormat> = {};
  for (const [name, shape] of shapes) {
    const node = layers.get(name);
    const count = sizeOf(shape);
    if (!node) {
      const bytes = reader.take(4 * count);
      tensors.set(name, {shape, values: Float32Array.from({length: count}, (_, i) => bytes.readFloatLE(4 * i))});
      continue;
    }
    const {weights, format} = readLayerBlock(reader, {count, channels: shape.at(-1)!});
    tensors.set(name, {shape, values: weights});
    if (!node.weights && (format.steps || countKept(weights) < count)) formats[node.id] = format;
  }
  check("bytes after the last tensor", reader.left(), reader.left() === 0, "none");
  return {tensors, formats};
}

/** Reads a packed network. */
export async function loadPacked(
  path: string,
  {refuse, backend}: {readonly refuse: (why: string) => InputError; readonly backend: BackendName | undefined},
): Promise<TrainedNetwork> {
  let found: {text: NetworkText; tensors: ReadonlyMap<string, TensorValues>; formats: Formats};
  try {
    const {text, reader} = opened(path);
    const {tensors, formats} = tensorsIn(text.graph, reader);
    const graph = withFormats(text.graph, formats, (node) => tensors.get(weightName(node))!.values);
    found = {text: {...text, graph}, tensors, formats};
  } catch (error) {
    throw refuse(whyOf(error));
  }
  const {text, tensors, formats} = found;
  return {...(await networkOf(text, tensors, backend)), ...(Object.keys(formats).length > 0 && {formats})};
}
