// A trained network as one file: what docs/network-file.md describes.
//
//   graph, weights, running statistics · what a sample is and how it is scaled · class names · the trial that made it
//
// The container is safetensors: a tensor has the name of its parameter or statistic; the rest is one JSON text under `spikebook`
// (networkText.ts). A compressed network has a form of its own, whose length is its size (packed.ts); either is read here.

import {closeSync, openSync, readSync, statSync} from "node:fs";
import {check, InputError, invalid, unknown} from "../check.js";
import {inRange} from "../ranges.js";
import type {BackendName} from "../tf.js";
import {NETWORK_FORMAT, networkOf, type NetworkText, parseText, shapesOf, textOf, type TrainedNetwork, whyOf} from "./networkText.js"; // prettier-ignore
import {loadPacked, PACKED} from "./packed.js";
import {readTensorFile, type TensorValues, writeTensorFile} from "./safetensors.js";

/**
 * Writes a network into a file, whole or not at all. `loadNetwork` gives it back bit for bit; Python reads its tensors with
 * `safetensors`.
 *
 * @example await saveNetwork("my.safetensors", network)
 */
export async function saveNetwork(path: string, network: TrainedNetwork): Promise<void> {
  const {graph, parameters, statistics} = network;
  inRange("bits", network.bits);
  const parts = shapesOf(graph);
  const tensors = new Map<string, TensorValues>();
  for (const [names, held] of [[parts.parameters, parameters], [parts.statistics, statistics]] as const) // prettier-ignore
    for (const name of names.keys()) {
      const value = held[name]!;
      tensors.set(name, {shape: value.shape, values: (await value.data()) as Float32Array});
    }
  writeTensorFile(path, {metadata: {spikebook: textOf(network)}, tensors});
}

const AGAIN = "copy it again, or train it again";

/** Throws where a file's metadata is not of a network of this format. */
function checkOurs(path: string, text: string | undefined): void {
  if (text === undefined)
    throw new InputError(
      `${path} is a safetensors file of another program: nothing in it says what its network computes; ` +
        "expected one written by saveNetwork or a study",
    );
  const format = /^\{"format":(\d+)/.exec(text)?.[1];
  if (Number(format) > NETWORK_FORMAT)
    throw new InputError(
      `${path} is of format ${format}, and this version reads up to ${NETWORK_FORMAT}; update spikebook to read it`,
    );
}

/** How networks of version 0.1.0 began. */
const OLD = '{"format":"spikebook-checkpoint-';

/** The first bytes of a file, as text; throws where there is none. */
function beginningOf(path: string, count: number): string {
  if (!statSync(path, {throwIfNoEntry: false})?.isFile()) throw invalid("network", path, "an existing file");
  const file = openSync(path, "r");
  const bytes = Buffer.alloc(count);
  try {
    return bytes.toString("latin1", 0, readSync(file, bytes, 0, count, 0));
  } finally {
    closeSync(file);
  }
}

/**
 * Reads a network that `saveNetwork`, `savePacked` or a study wrote. Free it with `disposeNetwork`. A file that is damaged, of another program or
 * of a newer version is an InputError that says so. The backend starts where none has: that of the trial, where it is present.
 *
 * @example const network = await loadNetwork("my.safetensors")
 */
export async function loadNetwork(
  path: string,
  {backend}: {readonly backend?: BackendName | undefined} = {},
): Promise<TrainedNetwork> {
  const refuse = (why: string): InputError => new InputError(`cannot read network ${path}: ${why}; ${AGAIN}`);
  const beginning = beginningOf(path, OLD.length);
  if (beginning === OLD)
    throw new InputError(
      `${path} is of version 0.1.0, which kept weights without the network that they belong to; ` +
        "run its study again into another folder",
    );
  if (beginning.startsWith(PACKED)) return loadPacked(path, {refuse, backend});
  const {metadata, tensors} = readTensorFile(path, {refuse, accept: (found) => checkOurs(path, found.spikebook)});
  let text: NetworkText;
  try {
    text = parseText(metadata.spikebook!);
    checkTensors(text, tensors);
  } catch (error) {
    throw refuse(whyOf(error));
  }
  return networkOf(text, tensors, backend);
}

/** Throws unless the tensors are those of the graph. */
function checkTensors({parts}: NetworkText, tensors: ReadonlyMap<string, TensorValues>): void {
  const expected = new Map([...parts.parameters, ...parts.statistics]);
  for (const name of tensors.keys()) if (!expected.has(name)) throw unknown("tensor", name, ["those of its graph"]);
  for (const [name, shape] of expected) {
    const found = tensors.get(name)?.shape;
    check(`tensor ${name}`, found, found !== undefined && `${found}` === `${shape}`, `the shape [${shape.join(", ")}] of its graph`); // prettier-ignore
  }
}
