// Whole networks against the reference system: SNASNet with SpikingJelly 0.0.0.0.12 on PyTorch 2.15, float64 (test/golden/README.md).

import assert from "node:assert";
import {readFileSync} from "node:fs";
import {join} from "node:path";
import {snasnet} from "../../src/architectures/architecture.js";
import {edgesOf, parseCell, parseOp} from "../../src/architectures/cell.js";
import {forward} from "../../src/networks/forward.js";
import {initialise, type Network} from "../../src/networks/parameters.js";
import {randomKey} from "../../src/random.js";
import {packageRoot} from "../../src/root.js";
import {
  presentBackends,
  type Tensor,
  tensor,
  tensor1d,
  type Tensor1D,
  type Tensor4D,
  tidy,
  useBackend,
} from "../../src/tf.js";
import {initOptimiser, sgd, updateParameters} from "../../src/training/optimiser.js";
import {lossAndGradients} from "../../src/training/step.js";
import {assertClose} from "../assert.js";

type Named = Record<string, number[]>;
type Golden = {
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
  train: {logits: number[]; loss: number; gradients: Named; spikeCounts: Record<string, number[][]>};
  afterStep: {parameters: Named; runningStats: Named};
  evalLogits: number[];
};

const goldens = JSON.parse(readFileSync(join(packageRoot, "test/golden/snasnet.json"), "utf8")) as Golden[];

const COLUMNS = [
  [0, 1],
  [0, 2],
  [1, 2],
  [0, 3],
  [1, 3],
  [2, 3],
] as const;
const BACK_COLUMNS = [
  [1, 0],
  [2, 0],
  [3, 0],
  [2, 1],
  [3, 1],
  [3, 2],
] as const;

/** Our name for one of the reference's. */
function nameOf(theirs: string): string {
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
function converted(name: string, values: number[], g: Golden, network: Network): Tensor {
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

function setUp(g: Golden): {network: Network; x: Tensor4D; labels: Tensor1D} {
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

const values = (x: Tensor): ArrayLike<number> => x.dataSync();

for (const backend of presentBackends())
  describe(`networks equal the reference system's on ${backend}`, () => {
    before(() => useBackend(backend));

    for (const g of goldens) {
      it(`${g.name}: logits, loss, every gradient, one SGD step, running statistics and evaluation`, () => {
        const {network, x, labels} = setUp(g);
        const {loss, logits, gradients, statistics} = lossAndGradients(network, x, labels);
        assertClose(values(logits), g.train.logits, {rtol: 1e-5, atol: 1e-5, what: "logits"});
        assertClose(loss, g.train.loss, {rtol: 1e-5, what: "loss"});
        for (const [theirs, expected] of Object.entries(g.train.gradients)) {
          const name = nameOf(theirs);
          assertClose(values(gradients[name]!), values(converted(name, expected, g, network)), {
            rtol: 1e-4,
            atol: 1e-7,
            scale: "max",
            what: `gradient ${name}`,
          });
        }
        const optimiser = sgd({momentum: 0.9, weightDecay: 5e-4});
        const after = updateParameters(
          optimiser,
          initOptimiser(optimiser, network.parameters),
          network.parameters,
          gradients,
          0.1,
        );
        for (const [theirs, expected] of Object.entries(g.afterStep.parameters)) {
          const name = nameOf(theirs);
          assertClose(
            values(after.parameters[name]!),
            values(converted(name, expected, g, {...network, parameters: after.parameters})),
            {rtol: 1e-4, atol: 1e-6, scale: "max", what: name},
          );
        }
        for (const [theirs, expected] of Object.entries(g.afterStep.runningStats))
          assertClose(values(statistics[nameOf(theirs)]!), expected, {rtol: 1e-4, atol: 1e-6, what: nameOf(theirs)});
        const evaluated = forward({...network, parameters: after.parameters, statistics}, x, {training: false});
        assertClose(values(evaluated.logits), g.evalLogits, {rtol: 1e-4, atol: 1e-5, what: "evaluation logits"});
      });

      it(`${g.name}: spikes of every layer, timestep and image`, () => {
        const {network, x} = setUp(g);
        const {observed} = forward(network, x, {training: true, observe: {spikes: true}});
        const check = (ours: string, theirs: string): void => {
          const s = observed.spikes[ours];
          assert.ok(s, `no spikes of ${ours}`);
          const counts = values(s.reshape([g.timesteps, g.batch, -1]).sum(2));
          assert.deepStrictEqual(
            [...Array.from(counts)],
            g.train.spikeCounts[theirs]!.flat(),
            `${ours} against ${theirs}`,
          );
        };
        const cell = network.architecture.cells[0]!;
        let compared = 0;
        const {forward: ahead, feedback} = edgesOf(cell);
        for (const i of [1, 2])
          for (const {from, to, op} of [...ahead, ...feedback]) {
            if (parseOp(op).kind !== "conv") continue;
            const back = from > to;
            const position = (back ? BACK_COLUMNS : COLUMNS).findIndex(([a, b]) => a === from && b === to);
            check(`cell${i}.n${from}`, `cell${i}.cell_architecture${back ? "_back" : ""}.${position}.0`);
            ++compared;
          }
        check("reduction1", "downconv1.1");
        check("last", "last_act.1");
        check("head", "classifier.2");
        assert.strictEqual(compared + 3, Object.keys(g.train.spikeCounts).length);
      });
    }
  });
