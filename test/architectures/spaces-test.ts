import assert from "node:assert";
import {formatCell} from "../../src/architectures/cell.js";
import {SNASNET_OPS} from "../../src/architectures/ops.js";
import {
  cellOfGenes,
  cellsOf,
  genesIn,
  sampleCell,
  type Space,
  SNASNET_FEEDBACK,
  SNASNET_FORWARD,
} from "../../src/architectures/spaces.js";
import {pathologies} from "../../src/architectures/wiring.js";
import {random, randomKey} from "../../src/random.js";

function count<T>(all: Iterable<T>, test: (item: T) => boolean = () => true): number {
  let n = 0;
  for (const item of all) if (test(item)) ++n;
  return n;
}

/** Wirings as drawn, before the space's rule refuses or repairs them, that have an edge from input to output. */
const withDirectEdge = (space: Space): number =>
  count(genesIn(space), (genes) => cellOfGenes(space, genes)[0]![3] !== "zeroize");

describe("SNASNet's spaces", () => {
  it("have 15,625 forward wirings, 12,500 with a direct edge, 7,556 after repair", () => {
    assert.strictEqual(count(genesIn(SNASNET_FORWARD)), 15_625);
    assert.strictEqual(withDirectEdge(SNASNET_FORWARD), 12_500);
    assert.strictEqual(count(cellsOf(SNASNET_FORWARD)), 7_556);
  });

  it("have 236,196 wirings with feedback and a direct edge, 104,708 after repair", function () {
    this.timeout(30_000);
    assert.strictEqual(withDirectEdge(SNASNET_FEEDBACK), 236_196);
    assert.strictEqual(count(cellsOf(SNASNET_FEEDBACK)), 104_708);
  });

  it("hold only cells that are alive and repaired", () =>
    assert.strictEqual(
      count(cellsOf(SNASNET_FORWARD), (cell) => pathologies(cell).some(({kind}) => kind !== "island")),
      0,
    ));

  it("are sampled with the odds of the reference: direct edge always, each op alike", () => {
    const stream = random(randomKey(1, "cells"));
    const seen = new Map<string, number>();
    for (let i = 0; i < 4000; ++i) {
      const op = sampleCell(SNASNET_FORWARD, stream)[0]![3]!;
      seen.set(op, (seen.get(op) ?? 0) + 1);
    }
    assert.deepStrictEqual([...seen.keys()].sort(), SNASNET_OPS.slice(1).toSorted());
    for (const [op, n] of seen) assert.ok(Math.abs(n - 1000) < 110, `${op}: ${n} of 4000`); // 4 standard deviations
  });

  it("draw feedback edges, never both ways between two nodes", () => {
    const stream = random(randomKey(2, "cells"));
    let feedback = 0;
    for (let i = 0; i < 500; ++i) {
      const cell = sampleCell(SNASNET_FEEDBACK, stream);
      assert.notStrictEqual(cell[0]![3], "zeroize");
      for (let a = 0; a < 4; ++a)
        for (let b = 0; b < a; ++b) {
          assert.ok(cell[a]![b] === "zeroize" || cell[b]![a] === "zeroize", formatCell(cell));
          if (cell[a]![b] !== "zeroize") ++feedback;
        }
    }
    assert.ok(feedback > 100, `${feedback} feedback edges in 500 cells`);
  });

  it("give the same cells for the same seed", () => {
    const draw = (seed: number): string => {
      const stream = random(randomKey(seed));
      return Array.from({length: 5}, () => formatCell(sampleCell(SNASNET_FEEDBACK, stream))).join();
    };
    assert.strictEqual(draw(7), draw(7));
    assert.notStrictEqual(draw(7), draw(8));
  });
});
