// What each op is: its output's shape, what it learns, how far it sees, what it is called. One entry a kind, no default; how it is
// applied to tensors stands beside, in networks/apply.ts.

import {check, checkInteger, checkName, invalid} from "../check.js";
import {inRange, isInRange, RANGES, rangeText} from "../ranges.js";
import {encodingEntry} from "./encoding.js";
import type {GraphNode, GraphOp, OpKind, OpOf, Shape} from "./graph.js";
import {checkNeuron, learntOf, NEURONS} from "./neuron.js";
import {choicesOf, hasScores} from "./weightFormat.js";

/** What a parameter is for: optimisers and initial values go by it. */
export type ParameterRole =
  | "conv"
  | "gamma"
  | "beta"
  | "linear"
  | "bias"
  | "neuron"
  | "mask"
  | "bits"
  | "mixture"
  | "timesteps";

/** The parameter by which a graph searches its number of timesteps. */
export const TIMESTEPS = "timesteps";

/** Roles of what a search learns beside the network: it is gone once the network is found, and no cost counts it. */
export const SEARCHED_ROLES: readonly ParameterRole[] = ["mask", "bits", "mixture", "timesteps"];

export type ParameterShape = {
  readonly name: string;
  readonly shape: Shape;
  readonly role: ParameterRole;
  /** The value that all its numbers start from, where that is one. */
  readonly initial?: number;
  /** Of scores: the name of the weights that they judge. */
  readonly of?: string;
};

export type OpEntry<O extends GraphOp> = {
  /** How many nodes it reads. */
  readonly reads: "none" | "one" | "any";
  /** Its output's shape from those of its inputs; throws where they do not fit. */
  readonly shape: (op: O, inputs: readonly Shape[], id: string) => Shape;
  /** Throws unless the op's own numbers are right. */
  readonly check?: (op: O) => void;
  /** What it learns. */
  readonly parameters?: (op: O, id: string, input: Shape) => readonly ParameterShape[];
  /** Side of the window that one output sees, and the step between two windows. */
  readonly reach?: (op: O) => {readonly window: number; readonly stride: number};
  /**
   * What becomes of spikes that come in: they are passed on, added up or scaled, averaged or reduced over windows, or turned into
   * analog values; `fires`: spikes begin here.
   */
  readonly spikes: (op: O) => "fires" | "passes" | "scales" | "averages" | "reduces" | "ends";
  /** What it does, as drawings show it; ops that merely normalise or reshape are not drawn. */
  readonly drawn: "weights" | "activation" | "pooling" | "join" | undefined;
  /** For people: "3×3 conv, 16". */
  readonly label: (op: O) => string;
};

const map = (id: string, shape: Shape | undefined): readonly [number, number, number] => {
  if (shape?.length !== 3) throw invalid(`input of ${id}`, shape, "a map [H, W, C]");
  return shape as unknown as readonly [number, number, number];
};
const same = (_op: GraphOp, [shape]: readonly Shape[]): Shape => shape!;
const equalShapes = (inputs: readonly Shape[], id: string): Shape => {
  const [first] = inputs;
  if (!first) throw invalid(`inputs of ${id}`, [], "at least one, or a shape");
  for (const shape of inputs) check(`input of ${id}`, shape, `${shape}` === `${first}`, `the shape ${first.join("×")} of the others`); // prettier-ignore
  return first;
};
const pooled = (op: {window: number; stride: number}, [shape]: readonly Shape[], id: string): Shape => {
  const [h, w, c] = map(id, shape);
  const along = (side: number): number => Math.floor((side - op.window) / op.stride) + 1;
  check(`input of ${id}`, shape, along(h) > 0 && along(w) > 0, `a map of at least ${op.window}×${op.window}`);
  return [along(h), along(w), c];
};
const ends = () => "ends" as const;
const passes = () => "passes" as const;
const scales = () => "scales" as const;
const windows = ({window, stride}: {window: number; stride: number}): void => {
  inRange("window", window);
  checkInteger("stride", stride);
};

/** Whether a number can be the side of a kernel. */
export const isKernelSize = (k: number): boolean => isInRange(RANGES.kernel, k);

/** What a kernel size may be, for messages. */
export const KERNEL_SIZE_RULE = rangeText(RANGES.kernel);

/** Every op, by kind. */
export const OPS: {readonly [K in OpKind]: OpEntry<OpOf<K>>} = {
  input: {
    drawn: "join",
    spikes: ends,
    reads: "none",
    shape: (_op, _inputs, id) => {
      throw invalid(`shape of ${id}`, undefined, "the shape of a sample");
    },
    check: ({encoding}) => void encodingEntry(encoding),
    label: ({encoding}) => `input, ${encoding}`,
  },
  conv2d: {
    drawn: "weights",
    spikes: ends,
    reads: "one",
    shape: ({stride, channels}, [shape], id) => {
      const [h, w] = map(id, shape);
      return [Math.ceil(h / stride), Math.ceil(w / stride), channels];
    },
    check: ({kernelSize, stride, channels}) => {
      check("kernel size", kernelSize, isKernelSize(kernelSize), KERNEL_SIZE_RULE);
      check("stride", stride, stride === 1 || stride === 2, "1 or 2");
      inRange("units", channels, "channels");
    },
    parameters: ({kernelSize: k, channels, bias}, id, input) => [
      {name: id, shape: [k, k, input[2]!, channels], role: "conv"},
      ...(bias ? [{name: `${id}.bias`, shape: [channels], role: "bias", initial: 0} as const] : []),
    ],
    reach: ({kernelSize, stride}) => ({window: kernelSize, stride}),
    label: ({kernelSize: k, channels, stride}) =>
      `${k}×${k} conv, ${channels}${stride > 1 ? `, stride ${stride}` : ""}`,
  },
  linear: {
    drawn: "weights",
    spikes: ends,
    reads: "one",
    shape: ({units}, [shape], id) => {
      check(`input of ${id}`, shape, shape?.length === 1, "a vector [F]: flatten maps before a linear layer");
      return [units];
    },
    check: ({units}) => void inRange("units", units),
    parameters: ({units, bias}, id, input) => [
      {name: `${id}.weight`, shape: [input[0]!, units], role: "linear"},
      ...(bias ? [{name: `${id}.bias`, shape: [units], role: "bias", initial: 0} as const] : []),
    ],
    label: ({units}) => `linear, ${units}`,
  },
  batchNorm: {
    drawn: undefined,
    spikes: ends,
    reads: "one",
    shape: same,
    parameters: (_op, id, input) => [
      {name: `${id}.gamma`, shape: [input.at(-1)!], role: "gamma", initial: 1},
      {name: `${id}.beta`, shape: [input.at(-1)!], role: "beta", initial: 0},
    ],
    label: () => "batch norm",
  },
  neurons: {
    drawn: "activation",
    spikes: () => "fires",
    reads: "one",
    shape: same,
    check: ({neuron}) => void checkNeuron(neuron),
    parameters: ({neuron}, id) =>
      Object.entries(learntOf(neuron)).map(([name, initial]) => ({
        name: `${id}.${name}`,
        shape: [],
        role: "neuron",
        initial,
      })),
    label: ({neuron}) => NEURONS[neuron.model].title,
  },
  relu: {drawn: "activation", spikes: ends, reads: "one", shape: same, label: () => "ReLU"},
  avgPool: {
    drawn: "pooling",
    spikes: ({padding}) => (padding === "none" ? "averages" : "ends"),
    reads: "one",
    shape: (op, inputs, id) => (op.padding === "same" ? inputs[0]! : pooled(op, inputs, id)),
    check: (op) => {
      windows(op);
      if (op.padding === "same")
        check("window", op.window, op.window === 3 && op.stride === 1, "3 with stride 1, where maps keep their size"); // prettier-ignore
      else check("stride", op.stride, op.stride === op.window, "the window's side");
    },
    reach: ({window, stride}) => ({window, stride}),
    label: ({window}) => `${window}×${window} average`,
  },
  maxPool: {
    drawn: "pooling",
    spikes: () => "reduces",
    reads: "one",
    shape: ({window}, inputs, id) => pooled({window, stride: window}, inputs, id),
    check: ({window, by}) => {
      inRange("window", window);
      if (by !== undefined) checkName("max pooling by", by, {spikeCount: 0});
    },
    reach: ({window}) => ({window, stride: window}),
    label: ({window, by}) => `${window}×${window} ${by ? "most spikes" : "maximum"}`,
  },
  globalAvgPool: {
    drawn: "pooling",
    spikes: () => "averages",
    reads: "one",
    shape: (_op, [shape], id) => [map(id, shape)[2]],
    label: () => "global average",
  },
  add: {
    drawn: "join",
    spikes: scales,
    reads: "any",
    shape: (_op, inputs, id) => equalShapes(inputs, id),
    label: () => "sum",
  },
  mix: {
    drawn: "join",
    spikes: scales,
    reads: "any",
    shape: ({choices}, inputs, id) => {
      check(`inputs of ${id}`, inputs.length, inputs.length <= choices, `at most ${choices}, one for each choice`);
      return equalShapes(inputs, id);
    },
    check: ({parameter, choices}) => {
      check("parameter", parameter, typeof parameter === "string" && parameter !== "", "a name");
      inRange("choices", choices);
    },
    parameters: ({parameter, choices}) => [{name: parameter, shape: [choices], role: "mixture", initial: 0}],
    label: ({choices}) => `mixture of ${choices}`,
  },
  concat: {
    drawn: "join",
    spikes: passes,
    reads: "any",
    shape: (_op, inputs, id) => {
      const sides = `${inputs[0]?.slice(0, -1)}`;
      for (const shape of inputs)
        check(`input of ${id}`, shape, `${shape.slice(0, -1)}` === sides, "maps of equal sides");
      return [...inputs[0]!.slice(0, -1), inputs.reduce((sum, shape) => sum + shape.at(-1)!, 0)];
    },
    label: () => "concatenation",
  },
  flatten: {
    drawn: undefined,
    spikes: passes,
    reads: "one",
    shape: (_op, [shape]) => [shape!.reduce((n, d) => n * d, 1)],
    label: () => "flatten",
  },
  dropout: {
    drawn: undefined,
    spikes: scales,
    reads: "one",
    shape: same,
    check: ({rate}) => void check("dropout", rate, rate >= 0 && rate < 1, "a number from 0 to < 1"),
    label: ({rate}) => `dropout ${rate}`,
  },
  meanOverTime: {
    drawn: undefined,
    spikes: ends,
    reads: "one",
    shape: same,
    check: ({prefixes}) => void (prefixes !== undefined && inRange("timesteps", prefixes, "prefixes")),
    parameters: ({prefixes}) =>
      prefixes === undefined ? [] : [{name: TIMESTEPS, shape: [prefixes], role: "timesteps", initial: 0}],
    label: ({prefixes}) => (prefixes === undefined ? "mean over time" : `mean over up to ${prefixes} timesteps`),
  },
  vote: {
    drawn: "join",
    spikes: ends,
    reads: "one",
    shape: ({voters}, [shape], id) => {
      check(`input of ${id}`, shape, Number.isInteger(shape![0]! / voters), `a multiple of ${voters} units`);
      return [shape![0]! / voters];
    },
    check: ({voters}) => void inRange("voters", voters),
    label: ({voters}) => `vote of ${voters}`,
  },
};

/** The entry of an op. */
export const opEntry = (op: GraphOp): OpEntry<GraphOp> => {
  const entry = OPS[op.kind] as OpEntry<GraphOp> | undefined;
  if (!entry) throw invalid("op", op.kind, `one of ${Object.keys(OPS).join(", ")}`);
  return entry;
};

/** What a format has learnt beside a node's weights: their scores, and what chooses their bits. */
function parametersOfFormat({weights}: GraphNode, own: readonly ParameterShape[]): readonly ParameterShape[] {
  const learnt = own.find(({role}) => role === "conv" || role === "linear");
  if (!weights || !learnt) return [];
  const {name: of, shape} = learnt;
  return [
    ...(hasScores(weights) ? [{name: scoresOf(of), shape, role: "mask", of} as const] : []),
    ...(weights.sharedBits !== undefined
      ? [{name: weights.sharedBits, shape: [choicesOf(weights).length], role: "bits", initial: 0} as const]
      : []),
  ];
}

/** Name of the weights of a convolution or a linear layer. */
export const weightsName = ({id, op}: GraphNode): string => (op.kind === "conv2d" ? id : `${id}.weight`);

/** Name of the scores that judge the weights of a name. */
export const scoresOf = (weights: string): string => `${weights}.scores`;

/** What a node learns, from the shape that it reads; what nodes share is among what each of them learns. */
export function parametersOf(node: GraphNode, input: Shape): readonly ParameterShape[] {
  const own = opEntry(node.op).parameters?.(node.op, node.id, input) ?? [];
  return [...own, ...parametersOfFormat(node, own)];
}
