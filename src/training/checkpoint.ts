// A training run on disk, whole or not at all: everything that continuing needs to give the result of never having stopped.
//
// One file: a line of JSON (what it belongs to, the epoch, the curve, each tensor's name and shape), then the tensors' float32
// values in that order, little-endian, bit for bit.

import {createHash} from "node:crypto";
import {existsSync, readFileSync} from "node:fs";
import {writeWhole} from "../atomic.js";
import {InputError} from "../check.js";
import type {Tensors} from "../networks/parameters.js";
import {tensor} from "../tf.js";
import type {OptimiserState} from "./optimiser.js";

export type EpochRecord = {
  readonly epoch: number;
  /** Mean training loss, and accuracy on the augmented training images as they were met. */
  readonly loss: number;
  readonly trainAccuracy: number;
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
  readonly optimiser: OptimiserState;
};

type Header = {
  readonly format: "spikebook-checkpoint-1";
  readonly identity: string;
  readonly step: number;
  readonly curve: readonly EpochRecord[];
  readonly message: string;
  /** Of the bytes after this line. */
  readonly sha256: string;
  readonly tensors: readonly {readonly group: string; readonly name: string; readonly shape: readonly number[]}[];
};

const groupsOf = ({parameters, statistics, optimiser}: Checkpoint): [string, Tensors][] => [
  ["parameters", parameters],
  ["statistics", statistics],
  ...optimiser.moments.map((moment, i): [string, Tensors] => [`moment${i}`, moment]),
];

export function saveCheckpoint(path: string, checkpoint: Checkpoint): void {
  const entries = groupsOf(checkpoint).flatMap(([group, tensors]) =>
    Object.entries(tensors).map(([name, value]) => ({group, name, value})),
  );
  const body = Buffer.concat(entries.map(({value}) => Buffer.from(Float32Array.from(value.dataSync()).buffer)));
  const header: Header = {
    format: "spikebook-checkpoint-1",
    identity: checkpoint.identity,
    step: checkpoint.optimiser.step,
    curve: checkpoint.curve,
    message: checkpoint.message,
    sha256: createHash("sha256").update(body).digest("hex"),
    tensors: entries.map(({group, name, value}) => ({group, name, shape: value.shape})),
  };
  writeWhole(path, Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), body]));
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
    header = JSON.parse(file.toString("utf8", 0, Math.max(end, 0))) as Header;
  } catch {
    throw damaged("its first line is not JSON");
  }
  if (header.format !== "spikebook-checkpoint-1") throw damaged(`unknown format ${header.format}`);
  if (header.identity !== identity) return undefined;
  const body = file.subarray(end + 1);
  if (createHash("sha256").update(body).digest("hex") !== header.sha256)
    throw damaged(`${body.length} bytes of values do not have the checksum in its first line`);
  const groups: Record<string, Record<string, ReturnType<typeof tensor>>> = {};
  let offset = 0;
  for (const {group, name, shape} of header.tensors) {
    const size = shape.reduce((n, d) => n * d, 1);
    const values = new Float32Array(size);
    Buffer.from(values.buffer).set(body.subarray(offset, (offset += 4 * size)));
    (groups[group] ??= {})[name] = tensor(values, [...shape]);
  }
  const moments = Object.keys(groups).filter((g) => g.startsWith("moment"));
  return {
    identity,
    curve: header.curve,
    message: header.message,
    parameters: groups.parameters ?? {},
    statistics: groups.statistics ?? {},
    optimiser: {step: header.step, moments: moments.sort().map((g) => groups[g]!)},
  };
}
