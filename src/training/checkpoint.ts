// A training run on disk, whole or not at all: everything that continuing needs to give the result of never having stopped.
//
// One file: a line of JSON (what it belongs to, the epoch, the curve, each tensor's name and shape), then the tensors' float32
// values in that order, little-endian, bit for bit. Its sha256 is of the whole file, with the digits of the sum itself as zeros.

import {createHash} from "node:crypto";
import {readFileSync, statSync} from "node:fs";
import {z} from "zod";
import {writeWhole} from "../atomic.js";
import {InputError} from "../check.js";
import type {Tensors} from "../networks/parameters.js";
import {type Tensor, tensor} from "../tf.js";
import type {OptimiserState} from "./update.js";

export type EpochRecord = {
  readonly epoch: number;
  /** Mean training loss, and accuracy on the augmented training images as they were met. */
  readonly loss: number;
  /** What each term added to the loss, by name; absent where there is none. */
  readonly terms?: Readonly<Record<string, number>>;
  readonly trainAccuracy: number;
  /** Of the epoch's last step, for parameters without a group of their own. */
  readonly learningRate: number;
  readonly validationAccuracy?: number;
  /** Of a network that is searched: the weights of each choice, by parameter. */
  readonly choices?: Record<string, number[]>;
  readonly seconds: number;
};

export type Checkpoint = {
  /** Says which training this is; another one's checkpoint is refused. */
  readonly identity: string;
  readonly curve: readonly EpochRecord[];
  /** What the guard noticed at the start. */
  readonly message: string;
  readonly parameters: Tensors;
  readonly statistics: Tensors;
  /** Of each group of parameters. */
  readonly optimisers: readonly OptimiserState[];
};

const FORMAT = "spikebook-checkpoint-3";
/** Bytes that are read into one piece of memory. */
const LARGEST = 2 ** 31 - 1;

const count = z.number().int().nonnegative();
const epochSchema = z.looseObject({
  epoch: count,
  /** null where it was no longer a number. */
  loss: z.number().nullable(),
  trainAccuracy: z.number(),
  learningRate: z.number(),
  seconds: z.number(),
});
const headerSchema = z.object({
  format: z.literal(FORMAT),
  sha256: z.string(),
  identity: z.string(),
  /** Of each group's optimiser. */
  steps: z.array(count),
  curve: z.array(epochSchema),
  message: z.string(),
  tensors: z.array(z.object({group: z.string(), name: z.string(), shape: z.array(count)})),
});
type Header = z.infer<typeof headerSchema>;

const momentOf = (optimiser: number, moment: number): string => `optimiser${optimiser}.moment${moment}`;

const groupsOf = ({parameters, statistics, optimisers}: Checkpoint): [string, Tensors][] => [
  ["parameters", parameters],
  ["statistics", statistics],
  ...optimisers.flatMap(({moments}, g) => moments.map((moment, i): [string, Tensors] => [momentOf(g, i), moment])),
];

export function saveCheckpoint(path: string, checkpoint: Checkpoint): void {
  const entries = groupsOf(checkpoint).flatMap(([group, tensors]) =>
    Object.entries(tensors).map(([name, value]) => ({group, name, value})),
  );
  const header: Header = {
    format: FORMAT,
    sha256: NO_DIGEST,
    identity: checkpoint.identity,
    steps: checkpoint.optimisers.map(({step}) => step),
    curve: checkpoint.curve as Header["curve"],
    message: checkpoint.message,
    tensors: entries.map(({group, name, value}) => ({group, name, shape: value.shape})),
  };
  const values = entries.map(({value}) => Buffer.from(Float32Array.from(value.dataSync()).buffer));
  const file = Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...values]);
  file.write(digestOf(file), digitsIn(file));
  writeWhole(path, file);
}

const NO_DIGEST = "0".repeat(64);
const SEAL = '"sha256":"';
const digestOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
/** Where the digits of the checksum stand in a file. */
const digitsIn = (file: Buffer): number => file.indexOf(SEAL) + SEAL.length;

/** Whether a file's checksum is that of the file. */
function isSealed(file: Buffer, sha256: string): boolean {
  const at = digitsIn(file);
  const rest = [file.subarray(0, at), NO_DIGEST, file.subarray(at + NO_DIGEST.length)];
  const digest = createHash("sha256");
  for (const part of rest) digest.update(part);
  return file.toString("latin1", at, at + NO_DIGEST.length) === sha256 && digest.digest("hex") === sha256;
}

/** A header as this version writes it. Earlier ones had a checksum of the values alone, version 0.1.0 one group of parameters. */
function current(header: Record<string, unknown>): unknown {
  const {format} = header;
  if (format === "spikebook-checkpoint-2") return {...header, format: FORMAT};
  if (format !== "spikebook-checkpoint-1") return header;
  const tensors = (header.tensors as Header["tensors"]).map((t) => ({...t, group: t.group.replace(/^moment/, "optimiser0.moment")})); // prettier-ignore
  return {...header, format: FORMAT, steps: [header.step], tensors};
}

/** A checkpoint's header and values; `damaged` makes the error for what is wrong with them. */
function partsOf(file: Buffer, damaged: (why: string) => InputError): {header: Header; body: Buffer} {
  const end = file.indexOf(10);
  let plain: Record<string, unknown>;
  try {
    plain = JSON.parse(file.toString("utf8", 0, Math.max(end, 0))) as Record<string, unknown>;
  } catch {
    throw damaged("its first line is not JSON");
  }
  const body = file.subarray(end + 1);
  const format = /^spikebook-checkpoint-(\d+)$/.exec(String(plain?.format))?.[1];
  if (format === undefined || Number(format) > 3) throw damaged(`unknown format ${String(plain?.format)}`);
  const sealed = format === "3" ? isSealed(file, String(plain.sha256)) : digestOf(body) === plain.sha256;
  if (!sealed)
    throw damaged(
      `its ${file.length} bytes do not have the checksum in its first line: it was changed or is not whole`,
    );
  let header: Header;
  try {
    header = headerSchema.parse(current(plain));
  } catch (error) {
    const [issue] = error instanceof z.ZodError ? error.issues : [];
    throw damaged(issue ? `its first line: ${issue.path.join(".")}: ${issue.message}` : "its first line is no header");
  }
  const expected = header.tensors.reduce((n, {shape}) => n + 4 * sizeOf(shape), 0);
  if (expected !== body.length) throw damaged(`${body.length} bytes of values, not ${expected}`);
  return {header, body};
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);

/** The checkpoint at `path`, or undefined where there is none or it belongs to another training. Damage is an error. */
export function loadCheckpoint(path: string, identity: string): Checkpoint | undefined {
  const stat = statSync(path, {throwIfNoEntry: false});
  if (!stat) return undefined;
  const damaged = (why: string): InputError =>
    new InputError(`damaged checkpoint ${path}: ${why}; delete it to train from the start`);
  if (!stat.isFile()) throw damaged("it is no file");
  if (stat.size > LARGEST) throw damaged(`it has ${stat.size} bytes; no checkpoint has more than ${LARGEST}`);
  const {header, body} = partsOf(readFileSync(path), damaged);
  if (header.identity !== identity) return undefined;
  const groups = tensorsOf(header, body);
  const {parameters = {}, statistics = {}} = groups;
  const optimisers = header.steps.map((step, g): OptimiserState => {
    const moments: Tensors[] = [];
    for (let i = 0; groups[momentOf(g, i)]; ++i) moments.push(groups[momentOf(g, i)]!);
    return {step, moments};
  });
  const curve = header.curve as unknown as readonly EpochRecord[];
  return {identity, curve, message: header.message, parameters, statistics, optimisers};
}

/** The tensors of a file's body, by group and name. */
function tensorsOf(header: Header, body: Buffer): Partial<Record<string, Tensors>> {
  const groups: Record<string, Record<string, Tensor>> = {};
  let offset = 0;
  for (const {group, name, shape} of header.tensors) {
    const values = new Float32Array(sizeOf(shape));
    Buffer.from(values.buffer).set(body.subarray(offset, (offset += values.byteLength)));
    (groups[group] ??= {})[name] = tensor(values, [...shape]);
  }
  return groups;
}
