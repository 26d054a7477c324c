import assert from "node:assert";
import {formatCell, parseCell} from "../../src/architectures/cell.js";
import {delayOf, pathologies, repairCell, usedNodes} from "../../src/architectures/wiring.js";

const kinds = (text: string): string[] => pathologies(parseCell(text)).map(({kind}) => kind);
const repaired = (text: string): string => formatCell(repairCell(parseCell(text)));

describe("graph", () => {
  it("finds nothing odd in a cell whose edges all lead somewhere", () =>
    assert.deepStrictEqual(kinds("0333 0012 0003 0000"), []));

  it("names a dead cell", () => {
    assert.deepStrictEqual(kinds("0000 0000 0000 0000"), ["dead", "indirect", "island", "island"]);
    assert.deepStrictEqual(kinds("0300 0030 0000 0000"), ["dead", "indirect", "dangling", "dangling"]);
  });

  it("names a node that the input does not reach", () =>
    assert.deepStrictEqual(kinds("0003 0003 0000 0000"), ["unreachable", "island"]));

  it("names a node that does not reach the output", () =>
    assert.deepStrictEqual(kinds("0303 0000 0000 0000"), ["dangling", "island"]));

  it("names two nodes that only feed each other", () =>
    assert.deepStrictEqual(kinds("0003 0030 0300 0000"), ["unreachable", "unreachable"]));

  it("counts feedback edges on the way: the first timestep at which an image reaches the output", () => {
    assert.strictEqual(delayOf(parseCell("0333 0012 0003 0000")), 0);
    assert.strictEqual(delayOf(parseCell("0030 0003 0300 0000")), 1); // 0 → 2 ⇠ 1 → 3
    assert.strictEqual(delayOf(parseCell("0000 0000 0000 0000")), Infinity);
    assert.deepStrictEqual(kinds("0030 0003 0300 0000"), ["feedbackOnly", "indirect"]);
  });

  it("removes edges that lead nowhere, as SNASNet's matrix powers do", () => {
    assert.strictEqual(repaired("0333 0002 0000 0000"), "0303 0002 0000 0000");
    assert.strictEqual(repaired("0003 0033 0003 0000"), "0003 0000 0000 0000");
    assert.strictEqual(repaired("0300 0030 0000 0000"), "0000 0000 0000 0000");
    assert.strictEqual(repaired("0303 0030 2002 0200"), "0303 0030 2002 0200");
  });

  it("agrees with the powers of the matrix on every choice of edges", () => {
    // G = M + M² + M³ + M⁴; a node stays when G[0][node] and G[node][3] are not 0.
    const pairs = Array.from(
      {length: 12},
      (_, k) => [Math.floor(k / 3), (Math.floor(k / 3) + 1 + (k % 3)) % 4] as const,
    );
    for (let edges = 0; edges < 4096; ++edges) {
      const m = Array.from({length: 4}, () => [0, 0, 0, 0]);
      pairs.forEach(([i, j], k) => (m[i]![j] = (edges >> k) & 1));
      const times = (a: number[][], b: number[][]): number[][] =>
        a.map((row) => row.map((_, j) => row.reduce((sum, x, k) => sum + x * b[k]![j]!, 0)));
      const [m2, m4] = [times(m, m), times(times(m, m), times(m, m))];
      const m3 = times(m2, m);
      const g = m.map((row, i) => row.map((x, j) => x + m2[i]![j]! + m3[i]![j]! + m4[i]![j]!));
      const cell = m.map((row) => row.map((x) => (x ? ("skip" as const) : ("zeroize" as const))));
      const alive = g[0]![3]! > 0;
      const expected = m.map((_, n) => alive && (n === 0 || g[0]![n]! > 0) && (n === 3 || g[n]![3]! > 0));
      assert.deepStrictEqual(usedNodes(cell), expected, JSON.stringify(m));
    }
  });
});
