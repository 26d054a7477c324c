import assert from "node:assert";
import {type Cell, parseCell} from "../../src/architectures/cell.js";
import {SNASNET_OPS} from "../../src/architectures/ops.js";
import {longestConvPath} from "../../src/architectures/convPath.js";
import {
  architectureOf,
  candidatesOf,
  cellsOfGenes,
  crossover,
  genesOfCells,
  mutateEach,
  mutateOne,
  networkSpace,
  sampleCells,
} from "../../src/architectures/networkSpace.js";
import {SPIKENAS_BENCH_SPACE, spikenasBenchIdOf} from "../../src/architectures/spikenasBench.js";
import {cellOfGenes, cellsOf, genesIn, SNASNET_FEEDBACK, SNASNET_FORWARD, type Space} from "../../src/architectures/spaces.js"; // prettier-ignore
import {KERNEL_SETS, withKernels, withoutOp, withOps} from "../../src/architectures/subspaces.js";
import {validateArchitecture} from "../../src/architectures/validate.js";
import {random, randomKey} from "../../src/random.js";

/** SNASNet's own repair and rejection: powers of the matrix of op codes, as the paper's reference computes them. */
function repairedByPowers(m: readonly (readonly number[])[]): number[][] | undefined {
  const n = m.length;
  const times = (a: readonly (readonly number[])[]): number[][] =>
    a.map((row) => m.map((_, j) => row.reduce((sum, x, k) => sum + x * m[k]![j]!, 0)));
  const powers = [m.map((row) => [...row])];
  while (powers.length < n) powers.push(times(powers.at(-1)!));
  const g = m.map((row, i) => row.map((_, j) => powers.reduce((sum, p) => sum + p[i]![j]!, 0)));
  const out = m.map((row) => [...row]);
  const cut = (node: number): void =>
    out.forEach((row, i) => row.forEach((_, j) => (i === node || j === node) && (row[j] = 0)));
  for (let node = 0; node < n - 1; ++node) if (g[node]![n - 1] === 0) cut(node);
  for (let node = 1; node < n; ++node) if (g[0]![node] === 0) cut(node);
  return out[0]![n - 1] === 0 ? undefined : out;
}

function countByPowers(space: Space): number {
  const seen = new Set<string>();
  for (const genes of genesIn(space)) {
    const codes = cellOfGenes(space, genes).map((row) => row.map((op) => space.ops.indexOf(op)));
    const repaired = repairedByPowers(codes);
    if (repaired) seen.add(repaired.join(";"));
  }
  return seen.size;
}

const size = (space: Space): number => [...cellsOf(space)].length;

describe("spaces of chosen ops and kernels", () => {
  it("have as many cells as SNASNet's repair by matrix powers leaves", () => {
    for (const ops of [["skip", "conv3"], ["conv3"], ["skip", "conv1", "conv3"]] as const) {
      const space = withOps(SNASNET_FORWARD, ops);
      assert.strictEqual(size(space), countByPowers(space), space.name);
    }
    const feedback = withOps(SNASNET_FEEDBACK, ["skip", "conv3"]); // LightSNN's ops: none, skip, 3×3
    assert.strictEqual(size(feedback), countByPowers(feedback));
  });

  it("have 486 forward wirings of two ops with a direct edge, 194 after repair", () => {
    const space = withOps(SNASNET_FORWARD, ["skip", "conv3"]);
    assert.strictEqual(3 ** 5 * 2, 486);
    // By hand, with z ops besides none: 1 cell shape without inner nodes, 2·z² with one, and both nodes joined or not.
    // z·(1 + 2z² + z⁴ [no edge 1→2] + [edge 1→2, z ways] z·(z² [0→1→2→3] + 2z³ + z⁴)) with z = 2
    const z = 2;
    const withEdge = z * (z ** 2 + 2 * z ** 3 + z ** 4);
    assert.strictEqual(z * (1 + 2 * z ** 2 + z ** 4 + withEdge), 194);
    assert.strictEqual(size(space), 194);
    const four = 4;
    const all = four * (1 + 2 * four ** 2 + four ** 4 + four * (four ** 2 + 2 * four ** 3 + four ** 4));
    assert.strictEqual(size(SNASNET_FORWARD), all); // the same formula gives the published 7,556
  });

  it("hold kernel sets: ops without weights stay, convolutions are those of the set", () => {
    assert.deepStrictEqual(withKernels(SNASNET_FORWARD, [5, 3]).ops, ["zeroize", "skip", "avgPool", "conv3", "conv5"]);
    assert.deepStrictEqual(new Set(withKernels(SNASNET_FORWARD, [1, 3]).ops), new Set(SNASNET_OPS));
    assert.strictEqual(size(withKernels(SNASNET_FORWARD, [1, 3])), 7_556);
    assert.strictEqual(KERNEL_SETS.filter((set) => set.length === 2).length, 6);
    assert.throws(
      () => withKernels(SNASNET_FORWARD, [4 as 3]),
      /invalid kernel set: \[4\]; expected different sizes, each an odd number/,
    );
    assert.throws(() => withKernels(SNASNET_FORWARD, []), /invalid kernel set/);
  });

  it("remove one op at a time", () => {
    const without = withoutOp(SNASNET_FORWARD, "avgPool");
    assert.deepStrictEqual(without.ops, ["zeroize", "skip", "conv1", "conv3"]);
    assert.throws(() => withoutOp(SNASNET_FORWARD, "zeroize"), /expected one of skip, conv1/);
    assert.throws(() => withOps(SNASNET_FORWARD, ["zeroize"]), /at least one op besides zeroize/);
    assert.throws(() => withOps(SNASNET_FORWARD, ["conv4" as "conv3"]), /invalid op: conv4/);
  });

  it("count SpikeNAS-Bench's 15,284 networks that are alive, each with an id of its own", () => {
    const ids = new Set([...cellsOf(SPIKENAS_BENCH_SPACE)].map(spikenasBenchIdOf));
    assert.strictEqual(ids.size, 15_625 - 341);
  });
});

describe("spaces of networks", () => {
  const small = withOps({...SNASNET_FORWARD, nodes: 3}, ["skip", "conv3"]);

  it("share one wiring or have one for each cell", () => {
    const cells = size(small);
    const shared = [...candidatesOf(networkSpace(small))];
    const perCell = [...candidatesOf(networkSpace(small, {wiring: "perCell"}))];
    assert.strictEqual(shared.length, cells);
    assert.strictEqual(perCell.length, cells ** 2);
    assert.strictEqual(new Set(perCell.map((pair) => JSON.stringify(pair))).size, cells ** 2);
    assert.ok(shared.every(([a, b]) => a === b));
    for (const cellCount of [1, 2, 3]) {
      const networks = networkSpace(SNASNET_FEEDBACK, {cellCount, wiring: "perCell"});
      const cells = sampleCells(networks, random(randomKey(cellCount)));
      assert.strictEqual(validateArchitecture(architectureOf(networks, cells)).cells.length, cellCount);
    }
  });

  it("read genes back", () => {
    const stream = random(randomKey(3));
    for (const space of [SNASNET_FORWARD, SNASNET_FEEDBACK, SPIKENAS_BENCH_SPACE])
      for (const wiring of ["shared", "perCell"] as const) {
        const networks = networkSpace(space, {wiring});
        const cells = sampleCells(networks, stream);
        assert.deepStrictEqual(cellsOfGenes(networks, genesOfCells(networks, cells)), cells);
      }
  });

  it("vary candidates without leaving the space", () => {
    const stream = random(randomKey(4));
    const networks = networkSpace(SNASNET_FEEDBACK, {wiring: "perCell"});
    const inside = (cells: readonly Cell[]): void => {
      for (const cell of cells) {
        assert.notStrictEqual(cell[0]![3], "zeroize");
        for (let i = 0; i < 4; ++i)
          for (let j = 0; j < i; ++j) assert.ok(cell[i]![j] === "zeroize" || cell[j]![i] === "zeroize");
      }
    };
    let [a, b] = [sampleCells(networks, stream), sampleCells(networks, stream)];
    for (let i = 0; i < 200; ++i) {
      const child = crossover(networks, a, b, stream);
      if (child) inside(child);
      [a, b] = [mutateOne(networks, a, stream), mutateEach(networks, b, 0.2, stream)];
      inside(a);
      inside(b);
    }
  });

  it("change exactly one gene in a space that repairs nothing", () => {
    const stream = random(randomKey(5));
    const networks = networkSpace(SPIKENAS_BENCH_SPACE);
    for (let i = 0; i < 100; ++i) {
      const parent = sampleCells(networks, stream);
      const [before, after] = [genesOfCells(networks, parent), genesOfCells(networks, mutateOne(networks, parent, stream))]; // prettier-ignore
      assert.strictEqual(before.filter((gene, k) => gene !== after[k]).length, 1);
    }
  });
});

describe("longestConvPath", () => {
  it("counts convolutions on the path that has most of them", () => {
    assert.strictEqual(longestConvPath(parseCell("0333 0012 0003 0000")), 2); // 0 →(3) 1 →(skip) 2 →(3) 3
    assert.strictEqual(longestConvPath(parseCell("0303 0030 0003 0000")), 3);
    assert.strictEqual(longestConvPath(parseCell("0001 0000 0000 0000")), 0);
    assert.strictEqual(longestConvPath(parseCell("0300 0000 0000 0000")), -Infinity);
  });
});
