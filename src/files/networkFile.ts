// A trained network as one file: what docs/network-file.md describes.
//
//   graph, weights, running statistics · what a sample is and how it is scaled · class names · the trial that made it
//
// The container is safetensors: a tensor has the name of its parameter or statistic; the rest is one JSON text under `spikebook`.

import {closeSync, openSync, readSync, statSync} from "node:fs";
import {z} from "zod";
import {type NetworkDescription, parseDescription} from "../architectures/description.js";
import {check, InputError, invalid, unknown} from "../check.js";
import {inRange} from "../ranges.js";
import {type Dataset, dimensionsOf, type Modality, type SampleShape, type SoundForm} from "../datasets/dataset.js";
import {parseGraph} from "../graphs/build.js";
import {type Graph, inputOf, nodesOf, type Shape} from "../graphs/graph.js";
import {startBackend} from "../kernels/index.js";
import {type Network, parameterShapes, type Tensors} from "../networks/parameters.js";
import {type BackendName, presentBackends, tensor, type Tensor} from "../tf.js";
import {scaleFor, type ValueScale} from "../training/batches.js";
import {readTensorFile, type TensorValues, writeTensorFile} from "./safetensors.js";

/** What a sample is, and what becomes of its values v before it enters. */
export type SampleFormat = {
  readonly shape: SampleShape;
  readonly modality: Modality;
  /** Samples were bytes, of which p stands for p/255, or are the values themselves. */
  readonly samples: "bytes" | "values";
  /** `normalised`: x = (v − mean)/sd by channel; `unit`: x = v. */
  readonly scale: ValueScale;
  readonly mean: readonly number[];
  readonly sd: readonly number[];
  /** Of sound: how a recording becomes a sample. */
  readonly sound?: SoundForm | undefined;
};

/** The trial that made a network, and what it measured. */
export type Made = z.infer<typeof madeSchema>;

/** A network with all that using it takes. `disposeNetwork` frees its memory. */
export type TrainedNetwork = Network & {
  readonly sample: SampleFormat;
  /** Names of the classes, in the order of the logits. */
  readonly classes: readonly string[];
  /** Precision at which its size is stated; weights are kept in float32. */
  readonly bits: number;
  /** Says it in a line; a network of a graph of one's own has none. */
  readonly description?: NetworkDescription;
  readonly made?: Made;
};

/** The version of the format that this program writes, and the newest that it reads. */
export const NETWORK_FORMAT = 1;

const count = z.number().int().nonnegative();

const madeSchema = z.object({
  /** Of the trial, as in its study's records. */
  id: z.string(),
  study: z.string(),
  labels: z.record(z.string(), z.union([z.string(), z.number()])),
  seed: z.number(),
  /** Of spikebook, and what computed. */
  version: z.string(),
  backend: z.string(),
  data: z.object({
    name: z.string(),
    checksum: z.string(),
    provenance: z.string(),
    trainCount: count,
    testCount: count,
    seed: z.number(),
  }),
  /** Fraction of the test images. */
  testAccuracy: z.number(),
  testImages: count,
  validationAccuracy: z.number().optional(),
});

const side = z.number().int().positive();
const formatSchema = z.object({
  format: z.literal(NETWORK_FORMAT),
  graph: z.unknown(),
  sample: z.object({
    shape: z.union([z.tuple([side, side, side]), z.tuple([side, side, side, side])]),
    modality: z.enum(["image", "events", "audio"]),
    samples: z.enum(["bytes", "values"]),
    scale: z.enum(["normalised", "unit"]),
    mean: z.array(z.number()),
    sd: z.array(z.number().positive()),
    sound: z.object({rate: side, spectrogram: z.object({window: side, hop: side, frames: side, bands: side, range: z.number().positive()})}).optional(), // prettier-ignore
  }),
  classes: z.array(z.string()),
  bits: z.number().int().positive(),
  description: z.unknown().optional(),
  made: madeSchema.optional(),
});

/** The samples of a data set, as a network that was trained on them reads them. */
export const sampleFormatOf = (
  {sampleShape, modality, mean, sd, train, sound}: Pick<Dataset, "sampleShape" | "modality" | "mean" | "sd" | "train" | "sound">, // prettier-ignore
  graph: Graph,
): SampleFormat => ({
  ...{shape: sampleShape, modality, mean, sd, scale: scaleFor(graph)},
  ...(sound && {sound}),
  samples: train.samples instanceof Uint8Array ? "bytes" : "values",
});

/** Every tensor of a graph's network: its name and shape. */
function shapesOf(graph: Graph): {parameters: ReadonlyMap<string, Shape>; statistics: ReadonlyMap<string, Shape>} {
  const statistics = nodesOf(graph, "batchNorm").flatMap(({id, shape}): [string, Shape][] => [
    [`${id}.mean`, shape.slice(-1)],
    [`${id}.variance`, shape.slice(-1)],
  ]);
  const parameters = parameterShapes(graph).map(({name, shape}): [string, Shape] => [name, shape]);
  return {parameters: new Map(parameters), statistics: new Map(statistics)};
}

/**
 * Writes a network into a file, whole or not at all. `loadNetwork` gives it back bit for bit; Python reads its tensors with
 * `safetensors`.
 *
 * @example await saveNetwork("my.safetensors", network)
 */
export async function saveNetwork(path: string, network: TrainedNetwork): Promise<void> {
  const {graph, parameters, statistics, sample, classes, bits, description, made} = network;
  inRange("bits", bits);
  const parts = shapesOf(graph);
  const tensors = new Map<string, TensorValues>();
  for (const [names, held] of [[parts.parameters, parameters], [parts.statistics, statistics]] as const) // prettier-ignore
    for (const name of names.keys()) {
      const value = held[name]!;
      tensors.set(name, {shape: value.shape, values: (await value.data()) as Float32Array});
    }
  const text = JSON.stringify({format: NETWORK_FORMAT, graph, sample, classes, bits, description, made});
  writeTensorFile(path, {metadata: {spikebook: text}, tensors});
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
 * Reads a network that `saveNetwork` or a study wrote. Free it with `disposeNetwork`. A file that is damaged, of another program or
 * of a newer version is an InputError that says so. The backend starts where none has: that of the trial, where it is present.
 *
 * @example const network = await loadNetwork("my.safetensors")
 */
export async function loadNetwork(
  path: string,
  {backend}: {readonly backend?: BackendName | undefined} = {},
): Promise<TrainedNetwork> {
  const refuse = (why: string): InputError => new InputError(`cannot read network ${path}: ${why}; ${AGAIN}`);
  if (beginningOf(path, OLD.length) === OLD)
    throw new InputError(
      `${path} is of version 0.1.0, which kept weights without the network that they belong to; ` +
        "run its study again into another folder",
    );
  const {metadata, tensors} = readTensorFile(path, {refuse, accept: (found) => checkOurs(path, found.spikebook)});
  let parsed: Parsed;
  try {
    parsed = parse(metadata.spikebook!, tensors);
  } catch (error) {
    throw refuse(error instanceof z.ZodError ? z.prettifyError(error).replaceAll("\n", " ") : (error as Error).message);
  }
  const {parts, description, made, ...rest} = parsed;
  const trained = presentBackends().find((name) => name === made?.backend);
  await startBackend(backend ?? process.env.SPIKEBOOK_BACKEND ?? trained);
  const tensorsOf = (names: Iterable<string>): Tensors =>
    Object.fromEntries([...names].map((name) => [name, tensorOf(tensors.get(name)!)]));
  return {
    ...rest,
    parameters: tensorsOf(parts.parameters.keys()),
    statistics: tensorsOf(parts.statistics.keys()),
    ...(description !== undefined && {description: parseDescription(description)}),
    ...(made && {made}),
  };
}

const tensorOf = ({shape, values}: TensorValues): Tensor => tensor(values, [...shape]);

type Parsed = Omit<z.infer<typeof formatSchema>, "graph" | "format"> & {
  readonly graph: Graph;
  readonly parts: ReturnType<typeof shapesOf>;
};

/** What a file's text says, once it agrees with itself and with the tensors. */
function parse(text: string, tensors: ReadonlyMap<string, TensorValues>): Parsed {
  const {graph: plain, format: _format, ...rest} = formatSchema.parse(JSON.parse(text));
  const graph = parseGraph(plain);
  checkSample(graph, rest.sample);
  check("class names", rest.classes.length, rest.classes.length === graph.classes, `${graph.classes}, one for each logit`); // prettier-ignore
  const parts = shapesOf(graph);
  const expected = new Map([...parts.parameters, ...parts.statistics]);
  for (const name of tensors.keys()) if (!expected.has(name)) throw unknown("tensor", name, ["those of its graph"]);
  for (const [name, shape] of expected) {
    const found = tensors.get(name)?.shape;
    check(`tensor ${name}`, found, found !== undefined && `${found}` === `${shape}`, `the shape [${shape.join(", ")}] of its graph`); // prettier-ignore
  }
  return {...rest, graph, parts};
}

/** Throws where the samples are not what the graph's input reads. */
function checkSample(graph: Graph, {shape, scale, mean, sd}: SampleFormat): void {
  const input = inputOf(graph);
  const {channels} = dimensionsOf(shape);
  check("sample shape", shape, `${shape.slice(-3)}` === `${input.shape}`, `[${input.shape.join(", ")}] of its graph`);
  const timed = input.op.encoding === "none";
  check("sample shape", shape, timed ? shape[0] === graph.T && shape.length === 4 : shape.length === 3, `${timed ? `${graph.T} timesteps` : "no timesteps"} for the encoding ${input.op.encoding}`); // prettier-ignore
  check("scale", scale, scale === scaleFor(graph), `${scaleFor(graph)} for the encoding ${input.op.encoding}`);
  for (const values of [mean, sd]) check("normalisation", values, values.length === channels, `${channels} numbers`);
}
