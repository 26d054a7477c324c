// A training run on disk, whole or not at all: everything that continuing needs to give the result of never having stopped.
//
// One file: a line of JSON (what it belongs to, the epoch, the curve, each tensor's name and shape), then the tensors' float32
// values in that order, little-endian, bit for bit.

import {createHash} from "node:crypto";
import {existsSync, readFileSync} from "node:fs";
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

type Header = {
  readonly format: "spikebook-checkpoint-2";
  readonly identity: string;
  /** Of each group's optimiser. */
  readonly steps: readonly number[];
  readonly curve: readonly EpochRecord[];
  readonly message: string;
  /** Of the bytes after this line. */
  readonly sha256: string;
  readonly tensors: readonly {readonly group: string; readonly name: string; readonly shape: readonly number[]}[];
};

/** The one group of parameters of version 0.1.0. */
type Header1 = Omit<Header, "format" | "steps"> & {readonly format: "spikebook-checkpoint-1"; readonly step: number};

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
  const body = Buffer.concat(entries.map(({value}) => Buffer.from(Float32Array.from(value.dataSync()).buffer)));
  const header: Header = {
    format: "spikebook-checkpoint-2",
    identity: checkpoint.identity,
    steps: checkpoint.optimisers.map(({step}) => step),
    curve: checkpoint.curve,
    message: checkpoint.message,
    sha256: createHash("sha256").update(body).digest("hex"),
    tensors: entries.map(({group, name, value}) => ({group, name, shape: value.shape})),
  };
  writeWhole(path, Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), body]));
}

/** A header of 0.1.0 as this version writes it. */
function current(header: Header | Header1): Header {
  if (header.format !== "spikebook-checkpoint-1") return header;
  const {step, format: _format, ...rest} = header;
  const tensors = header.tensors.map((t) => ({...t, group: t.group.replace(/^moment/, "optimiser0.moment")}));
  return {...rest, format: "spikebook-checkpoint-2", steps: [step], tensors};
}

/** The checkpoint at `path`, or undefined where there is none or it belongs to another training. Damage is an error. */
export function loadCheckpoint(path: string, identity: string): Checkpoint | undefined {
  if (!existsSync(path)) return undefined;
  const damaged = (why: string): InputError =>
    new InputError(`damaged checkpoint ${path}: ${why}; delete it to train from the start`);
  const file = readFileSync(path);
  const end = file.indexOf(10);
  let header: Header;
  try {
    header = current(JSON.parse(file.toString("utf8", 0, Math.max(end, 0))) as Header | Header1);
  } catch {
    throw damaged("its first line is not JSON");
  }
  if (header.format !== "spikebook-checkpoint-2") throw damaged(`unknown format ${String(header.format)}`);
  if (header.identity !== identity) return undefined;
  const body = file.subarray(end + 1);
  if (createHash("sha256").update(body).digest("hex") !== header.sha256)
    throw damaged(`${body.length} bytes of values do not have the checksum in its first line`);
  const groups = tensorsOf(header, body);
  const {parameters = {}, statistics = {}} = groups;
  const optimisers = header.steps.map((step, g): OptimiserState => {
    const moments: Tensors[] = [];
    for (let i = 0; groups[momentOf(g, i)]; ++i) moments.push(groups[momentOf(g, i)]!);
    return {step, moments};
  });
  return {identity, curve: header.curve, message: header.message, parameters, statistics, optimisers};
}

/** The tensors of a file's body, by group and name. */
function tensorsOf(header: Header, body: Buffer): Partial<Record<string, Tensors>> {
  const groups: Record<string, Record<string, Tensor>> = {};
  let offset = 0;
  for (const {group, name, shape} of header.tensors) {
    const values = new Float32Array(shape.reduce((n, d) => n * d, 1));
    Buffer.from(values.buffer).set(body.subarray(offset, (offset += values.byteLength)));
    (groups[group] ??= {})[name] = tensor(values, [...shape]);
  }
  return groups;
}
