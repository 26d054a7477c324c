// The ops that an edge of a cell can carry: one entry each, and the only place that reads or writes their notation.
//
// An entry says how an op is written, what it adds to a network's graph, what it weighs and what people call it. An op of a new
// kind is an entry here; what has none does not compile.

import {check, checkDifferent, invalid} from "../check.js";
import {inRange} from "../ranges.js";
import type {GraphBuilder} from "../graphs/build.js";
import type {GraphOp} from "../graphs/graph.js";
import {isKernelSize, KERNEL_SIZE_RULE} from "../graphs/ops.js";

/** Side of a convolution's kernel, an odd number. */
export type KernelSize = number;

/**
 * The op on an edge, as it is written.
 *
 * - `zeroize`: no edge. `skip`: the analog value itself. `avgPool`: 3x3 mean, stride 1, padding counted in the divisor.
 * - `convK`: neurons → KxK convolution (no bias) → batch normalisation, K odd. `convK@θ`: those neurons have the threshold θ.
 * - `conv1|conv3|skip`: a choice among others, which a search makes: all of them at once, weighted by a parameter that the edges of
 *   all cells between the same nodes share.
 */
export type Op = "zeroize" | "skip" | "avgPool" | `conv${number}` | `conv${number}@${number}` | `${string}|${string}`;

export type ParsedOp =
  | {readonly kind: "zeroize"}
  | {readonly kind: "skip"}
  | {readonly kind: "avgPool"}
  | {
      readonly kind: "conv";
      readonly kernelSize: KernelSize;
      /** undefined: the network's. */ readonly threshold?: number;
    }
  | {
      readonly kind: "choice";
      /** Different ones; `zeroize` is the last where it is among them. */
      readonly ops: readonly Op[];
    };

type OpKind = ParsedOp["kind"];

/** An edge in a graph: its name, such as cell1.e01, and the id of the value that it starts from. */
export type EdgeEnds = {readonly name: string; readonly value: string};

/** Where an edge lies in the graph that is being built. */
export type EdgePlace = EdgeEnds & {
  readonly builder: GraphBuilder;
  /** The population that fires for that value; it is made on first use. */
  readonly spikes: (threshold: number | undefined) => string;
  readonly channels: number;
  /** The normalisation after a convolution. */
  readonly norm: GraphOp;
};

type Entry<P extends ParsedOp> = {
  /** The whole of its notation. */
  readonly pattern: RegExp;
  readonly read: (match: RegExpExecArray) => P;
  readonly write: (op: P) => Op;
  /** Convolutions that it puts on a path. */
  readonly convolutions: 0 | 1;
  /** Its weights for each pair of channels. */
  readonly weights: (op: P) => number;
  /** For people: "3×3 θ 0.5". */
  readonly label: (op: P) => string;
  /** The id of what arrives at the end of the edge; undefined where there is no edge. */
  readonly arrives: (edge: EdgeEnds) => string | undefined;
  /** Adds its nodes to the graph. */
  readonly build: (op: P, place: EdgePlace) => void;
};

const none = () => 0;
const nothing = (): void => {};

const OPS: {readonly [K in OpKind]: Entry<Extract<ParsedOp, {kind: K}>>} = {
  zeroize: {
    pattern: /^zeroize$/,
    read: () => ({kind: "zeroize"}),
    write: () => "zeroize",
    convolutions: 0,
    weights: none,
    label: () => "zeroize",
    arrives: () => undefined,
    build: nothing,
  },
  skip: {
    pattern: /^skip$/,
    read: () => ({kind: "skip"}),
    write: () => "skip",
    convolutions: 0,
    weights: none,
    label: () => "skip",
    arrives: ({value}) => value,
    build: nothing,
  },
  avgPool: {
    pattern: /^avgPool$/,
    read: () => ({kind: "avgPool"}),
    write: () => "avgPool",
    convolutions: 0,
    weights: none,
    label: () => "avg pool",
    arrives: ({name}) => `${name}.pool`,
    build: (_op, {builder, name, value}) =>
      void builder.add(`${name}.pool`, {kind: "avgPool", window: 3, stride: 1, padding: "same"}, [value]),
  },
  conv: {
    pattern: /^conv(\d+)(?:@(\d+(?:\.\d+)?))?$/,
    read: ([op, size, own]) => {
      const kernelSize = Number(size);
      check("op", op, isKernelSize(kernelSize), `a kernel size that is ${KERNEL_SIZE_RULE}`);
      if (own === undefined) return {kind: "conv", kernelSize};
      const threshold = Number(own);
      inRange("threshold", threshold, "op threshold");
      return {kind: "conv", kernelSize, threshold};
    },
    write: ({kernelSize, threshold}) =>
      threshold === undefined ? `conv${kernelSize}` : `conv${kernelSize}@${threshold}`,
    convolutions: 1,
    weights: ({kernelSize}) => kernelSize ** 2,
    label: ({kernelSize, threshold}) =>
      `${kernelSize}×${kernelSize}${threshold === undefined ? "" : ` θ ${threshold}`}`,
    arrives: ({name}) => `${name}.bn`,
    build: ({kernelSize, threshold}, {builder, name, spikes, channels, norm}) => {
      const conv = {kind: "conv2d", kernelSize, stride: 1, channels, bias: false} as const;
      const map = builder.add(`${name}.conv`, conv, [spikes(threshold)]);
      builder.add(`${name}.bn`, norm, [map]);
    },
  },
  choice: {
    pattern: /^[^|]+(?:\|[^|]+)+$/,
    read: ([text]) => {
      const ops = text.split("|").map((op) => formatOp(parseOp(op)));
      checkDifferent("choices of an edge", ops);
      return {kind: "choice", ops: [...ops.filter((op) => op !== "zeroize"), ...ops.filter((op) => op === "zeroize")]};
    },
    write: ({ops}) => ops.join("|") as Op,
    convolutions: 1,
    weights: ({ops}) => ops.reduce((sum, op) => sum + weightsOfOp(op), 0),
    label: ({ops}) => ops.map(labelOfOp).join(" or "),
    arrives: ({name}) => name,
    build: ({ops}, place) => {
      const {builder, name, value} = place;
      const each = ops.map((op) => ({op, name: nameOfChoice(name, op)}));
      for (const {op, name} of each) buildEdge(op, {...place, name});
      const arriving = each.flatMap(({op, name}) => arrivesBy(op, {name, value}) ?? []);
      builder.add(name, {kind: "mix", parameter: mixtureOf(name), choices: ops.length}, arriving);
    },
  },
};

/** The name of an edge's choice, such as cell1.e01.conv3: its nodes are named as if it were an edge. */
export const nameOfChoice = (edge: string, op: Op): string => `${edge}.${op}`;

/** The parameter that weighs an edge's choices: alpha.e01 of cell1.e01, and of cell2.e01. */
export const mixtureOf = (edge: string): string => `alpha.${edge.split(".").at(-1)}`;

const EXPECTED_OP =
  "zeroize, skip, avgPool, or convK with an odd K, such as conv3, also as conv3@0.5 (threshold); or a choice of them, such as conv1|conv3";
const parsed = new Map<string, ParsedOp>();

/** Reads an op's notation. */
export function parseOp(op: string): ParsedOp {
  const known = parsed.get(op);
  if (known) return known;
  for (const {pattern, read} of Object.values(OPS)) {
    const match = pattern.exec(op);
    if (!match) continue;
    const found = read(match);
    parsed.set(op, found);
    return found;
  }
  throw invalid("op", op, EXPECTED_OP);
}

const entryOf = (op: ParsedOp): Entry<never> => OPS[op.kind] as unknown as Entry<never>;

/** The notation of an op. */
export const formatOp = (op: ParsedOp): Op => entryOf(op).write(op as never);

/** The ops that an edge may choose from, in the order of their weights; one where nothing is left to choose. */
export function choicesOfOp(op: Op): readonly Op[] {
  const read = parseOp(op);
  return read.kind === "choice" ? read.ops : [op];
}

/** A k×k convolution, with a threshold of its own where one is given. */
export const convOp = (kernelSize: KernelSize, threshold?: number): Op =>
  formatOp({kind: "conv", kernelSize, ...(threshold !== undefined && {threshold})});

/** The kernel size of a convolution; undefined for the ops without weights. */
export function kernelSizeOf(op: Op): KernelSize | undefined {
  const read = parseOp(op);
  return read.kind === "conv" ? read.kernelSize : undefined;
}

/** The threshold that a convolution gives its neurons; undefined where it is the network's, and for the ops without neurons. */
export function thresholdOf(op: Op): number | undefined {
  const read = parseOp(op);
  return read.kind === "conv" ? read.threshold : undefined;
}

/** Whether an op has a kernel. */
export const isConvolution = (op: Op): boolean => kernelSizeOf(op) !== undefined;

/** The op with another kernel size, where it has one. */
export function withKernel(op: Op, kernelSize: KernelSize): Op {
  const read = parseOp(op);
  return read.kind === "conv" ? formatOp({...read, kernelSize}) : op;
}

/** One spelling for each op: a threshold equal to the network's is no threshold of its own. */
export function withoutOwnThreshold(op: Op, threshold: number): Op {
  const read = parseOp(op);
  if (read.kind !== "conv" || read.threshold === undefined) return op;
  return convOp(read.kernelSize, read.threshold === threshold ? undefined : read.threshold);
}

/** Convolutions that an op puts on a path. */
export const convolutionsOf = (op: Op): 0 | 1 => entryOf(parseOp(op)).convolutions;

/** Weights of an op for each pair of channels. */
export const weightsOfOp = (op: Op): number => entryOf(parseOp(op)).weights(parseOp(op) as never);

/** What people call an op: "3×3 θ 0.5", "skip". */
export const labelOfOp = (op: Op): string => entryOf(parseOp(op)).label(parseOp(op) as never);

/** The id of what an edge's op brings to its end; undefined where there is no edge. */
export const arrivesBy = (op: Op, edge: EdgeEnds): string | undefined => entryOf(parseOp(op)).arrives(edge);

/** Adds an edge's nodes to a graph. */
export const buildEdge = (op: Op, place: EdgePlace): void => entryOf(parseOp(op)).build(parseOp(op) as never, place);

/** SNASNet's op codes, in the order of its search space. */
export const SNASNET_OPS: readonly Op[] = ["zeroize", "skip", "conv1", "conv3", "avgPool"];

/** One digit an op: SNASNet's codes, and larger kernels by their size (6 and 8 are free; 11 and more have no digit). */
export const CELL_CODES: readonly (Op | undefined)[] = [
  ...SNASNET_OPS,
  "conv5",
  undefined,
  "conv7",
  undefined,
  "conv9",
];
