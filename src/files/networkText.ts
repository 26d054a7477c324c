// What a network's file says beside its tensors, in one JSON text: the graph, what a sample is and how it is scaled, the classes'
// names, the trial that made it. docs/network-file.md lists its fields.

import {z} from "zod";
import {type NetworkDescription, parseDescription} from "../architectures/description.js";
import {check} from "../check.js";
import {type Dataset, dimensionsOf, type Modality, type SampleShape, type SoundForm} from "../datasets/dataset.js";
import {parseGraph} from "../graphs/build.js";
import {type Graph, inputOf, nodesOf, type Shape} from "../graphs/graph.js";
import {startBackend} from "../kernels/index.js";
import {type Network, parameterShapes, type Tensors} from "../networks/parameters.js";
import {type BackendName, presentBackends, tensor} from "../tf.js";
import {scaleFor, type ValueScale} from "../training/batches.js";
import type {TensorValues} from "./safetensors.js";
import type {Formats} from "./weightCodes.js";

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
  /** What was done to it after its training, in a line, and how its layers' weights are kept since; `made` is of before. */
  readonly compressed?: string;
  readonly formats?: Formats;
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
    /** Of those trainCount, for training and for validation; files before 0.2.0 do not say. */
    train: count.optional(),
    validation: count.optional(),
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
  compressed: z.string().optional(),
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
export function shapesOf(graph: Graph): {
  parameters: ReadonlyMap<string, Shape>;
  statistics: ReadonlyMap<string, Shape>;
} {
  const statistics = nodesOf(graph, "batchNorm").flatMap(({id, shape}): [string, Shape][] => [
    [`${id}.mean`, shape.slice(-1)],
    [`${id}.variance`, shape.slice(-1)],
  ]);
  const parameters = parameterShapes(graph).map(({name, shape}): [string, Shape] => [name, shape]);
  return {parameters: new Map(parameters), statistics: new Map(statistics)};
}

/** The text of a network. */
export function textOf({graph, sample, classes, bits, description, made, compressed}: TrainedNetwork): string {
  return JSON.stringify({format: NETWORK_FORMAT, graph, sample, classes, bits, description, made, compressed});
}

/** What a text says, once it agrees with itself. */
export type NetworkText = Omit<z.infer<typeof formatSchema>, "graph" | "format"> & {
  readonly graph: Graph;
  readonly parts: ReturnType<typeof shapesOf>;
};

/** Reads a text; throws what in it cannot be. */
export function parseText(text: string): NetworkText {
  const {graph: plain, format: _format, ...rest} = formatSchema.parse(JSON.parse(text));
  const graph = parseGraph(plain);
  checkSample(graph, rest.sample);
  check("class names", rest.classes.length, rest.classes.length === graph.classes, `${graph.classes}, one for each logit`); // prettier-ignore
  return {...rest, graph, parts: shapesOf(graph)};
}

/** Why a text cannot be read, in a line. */
export const whyOf = (error: unknown): string =>
  error instanceof z.ZodError ? z.prettifyError(error).replaceAll("\n", " ") : (error as Error).message;

/** The network of a text and its tensors. The backend starts where none has: that of the trial, where it is present. */
export async function networkOf(
  {parts, description, made, compressed, ...rest}: NetworkText,
  tensors: ReadonlyMap<string, TensorValues>,
  backend: BackendName | undefined,
): Promise<TrainedNetwork> {
  const trained = presentBackends().find((name) => name === made?.backend);
  await startBackend(backend ?? process.env.SPIKEBOOK_BACKEND ?? trained);
  const tensorsOf = (names: Iterable<string>): Tensors =>
    Object.fromEntries(
      [...names].map((name) => {
        const {shape, values} = tensors.get(name)!;
        return [name, tensor(values, [...shape])];
      }),
    );
  return {
    ...rest,
    parameters: tensorsOf(parts.parameters.keys()),
    statistics: tensorsOf(parts.statistics.keys()),
    ...(description !== undefined && {description: parseDescription(description)}),
    ...(made && {made}),
    ...(compressed !== undefined && {compressed}),
  };
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
