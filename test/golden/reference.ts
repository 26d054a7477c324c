// The reference system's networks (README.md here) as ours: names, layouts and images converted.

import assert from "node:assert";
import {readFileSync} from "node:fs";
import {join} from "node:path";
import {snasnet} from "../../src/architectures/architecture.js";
import {parseCell} from "../../src/architectures/cell.js";
import {initialise, type Network} from "../../src/networks/parameters.js";
import {randomKey} from "../../src/random.js";
import {packageRoot} from "../../src/root.js";
import {type Tensor, tensor, tensor1d, type Tensor1D, type Tensor4D, tidy} from "../../src/tf.js";

type Named = Record<string, number[]>;
export type Golden = {
  name: string;
  cell: number[][];
  timesteps: number;
  batch: number;
  image: number;
  channels: number;
  pool: number;
  hidden: number;
  outputs: number;
  vote: number;
  x: number[];
  labels: number[];
  parameters: Record<string, {shape: number[]; data: number[]}>;
  train: {logits: number[]; loss: number; gradients: Named; spikeCounts: Record<string, number[][]>; sahdK: number[]; sahdCount: number; sahdLogAbsDet: number};
  afterStep: {parameters: Named; runningStats: Named};
  evalLogits: number[];
};

export const goldens = JSON.parse(readFileSync(join(packageRoot, "test/golden/snasnet.json"), "utf8")) as Golden[];

export const COLUMNS = [
  [0, 1],
  [0, 2],
  [1, 2],
  [0, 3],
  [1, 3],
  [2, 3],
] as const;
export const BACK_COLUMNS = [
  [1, 0],
  [2, 0],
  [3, 0],
  [2, 1],
  [3, 1],
  [3, 2],
] as const;

/** Our name for one of the reference's. */
export function nameOf(theirs: string): string {
  const field: Record<string, string> = {weight: "gamma", bias: "beta", running_mean: "mean", running_var: "variance"};
  const match = /^(cell\d)\.cell_architecture(_back)?\.(\d)\.(\d)\.(\w+)$/.exec(theirs);
  if (match) {
    const [from, to] = (match[2] ? BACK_COLUMNS : COLUMNS)[Number(match[3])]!;
    return match[4] === "1" ? `${match[1]}.e${from}${to}.conv` : `${match[1]}.e${from}${to}.bn.${field[match[5]!]}`;
  }
  const [layer, index, what] = theirs.split(".") as [string, string, string];
  if (layer === "stem") return index === "0" ? "stem.conv" : `stem.bn.${field[what]}`;
  if (layer === "downconv1")
    return index === "2" ? "reduction1.conv" : `reduction1.${index === "0" ? "bnIn" : "bnOut"}.${field[what]}`;
  if (layer === "last_act") return `last.bn.${field[what]}`;
  return `fc${index === "1" ? 1 : 2}.${what}`;
}

/** PyTorch's layout [out, in, kh, kw], or [out, in] with inputs in C, H, W order, turned into ours. */
export function converted(name: string, values: number[], g: Golden, network: Network): Tensor {
  const shape = network.parameters[name]?.shape ?? [values.length];
  return tidy(() => {
    if (name.endsWith(".conv")) {
      const [kh, kw, cin, cout] = shape as [number, number, number, number];
      return tensor(values, [cout, cin, kh, kw]).transpose([2, 3, 1, 0]);
    }
    if (name === "fc1.weight") {
      const channels = 2 * g.channels;
      const side = Math.sqrt(shape[0]! / channels);
      return tensor(values, [g.hidden, channels, side, side]).transpose([2, 3, 1, 0]).reshape(shape);
    }
    return name === "fc2.weight" ? tensor(values, [g.outputs, g.hidden]).transpose() : tensor(values, shape);
  });
}

/** The network with the reference's parameters, its images and labels. */
export function setUp(g: Golden): {network: Network; x: Tensor4D; labels: Tensor1D} {
  const architecture = snasnet({
    cell: parseCell(g.cell.map((row) => row.join("")).join(" ")),
    input: {size: g.image, channels: 3},
    channels: g.channels,
    pool: g.pool,
    T: g.timesteps,
    head: {hidden: g.hidden, voters: g.vote, dropout: 0},
  });
  const network = initialise(architecture, randomKey(0));
  const parameters: Record<string, Tensor> = {};
  for (const [theirs, {data}] of Object.entries(g.parameters))
    parameters[nameOf(theirs)] = converted(nameOf(theirs), data, g, network);
  assert.deepStrictEqual(Object.keys(parameters).sort(), Object.keys(network.parameters).sort());
  const ordered = Object.fromEntries(Object.keys(network.parameters).map((name) => [name, parameters[name]!]));
  const x = tensor(g.x, [g.batch, 3, g.image, g.image]).transpose<Tensor4D>([0, 2, 3, 1]);
  return {network: {...network, parameters: ordered}, x, labels: tensor1d(g.labels, "int32")};
}
