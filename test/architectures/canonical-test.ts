import assert from "node:assert";
import {snasnet} from "../../src/architectures/architecture.js";
import {type Cell, formatCell, parseCell} from "../../src/architectures/cell.js";
import {canonicalArchitecture, canonicalCell, hashOf, stableJson} from "../../src/architectures/canonical.js";
import {SNASNET_NEURON} from "../../src/graphs/neuron.js";
import {cellsOf, sampleCell, SNASNET_FEEDBACK, SNASNET_FORWARD} from "../../src/architectures/spaces.js";
import {random, randomKey} from "../../src/random.js";

const canonical = (text: string): string => formatCell(canonicalCell(parseCell(text)));

describe("canonicalCell", () => {
  it("drops nodes and edges that carry nothing from input to output", () => {
    assert.strictEqual(canonical("0003 0000 0000 0000"), "03 00");
    assert.strictEqual(canonical("0333 0000 0000 0000"), "03 00");
    assert.strictEqual(canonical("0003 0030 0300 0000"), "03 00");
    assert.strictEqual(canonical("0303 0002 0000 0000"), canonical("0033 0000 0002 0000"));
  });

  it("gives every dead cell one form", () => {
    assert.strictEqual(canonical("0300 0030 0000 0000"), "00 00");
    assert.strictEqual(canonical("00 00"), "00 00");
  });

  it("gives isomorphic wirings one form", () =>
    // inner nodes exchanged: 0 → 1 (3x3) → 3 (1x1) and 0 → 2 (1x1) → 3 (3x3)
    assert.strictEqual(canonical("0320 0002 0003 0000"), canonical("0230 0003 0002 0000")));

  it("keeps wirings apart that compute different functions", () => {
    assert.notStrictEqual(canonical("0320 0002 0003 0000"), canonical("0320 0003 0002 0000"));
    assert.notStrictEqual(canonical("0330 0013 0003 0000"), canonical("0330 0003 0103 0000")); // forward or feedback
  });

  it("never turns a feedback edge forward", () => {
    // 0 → 1 → 3, 0 → 2 → 3 with 2 ⇢ 1: exchanging 1 and 2 would make the feedback edge a forward one.
    assert.strictEqual(canonical("0320 0002 0303 0000"), "0320 0002 0303 0000");
  });

  it("is its own canonical form", () => {
    for (const text of ["0333 0012 0003 0000", "0303 0030 2002 0200", "0320 0002 0003 0000"]) {
      const once = canonicalCell(parseCell(text));
      assert.deepStrictEqual(canonicalCell(once), once);
    }
  });

  it("agrees with exchanging the inner nodes by hand on the whole forward space", () => {
    // The only exchange possible in four nodes is that of nodes 1 and 2, when no edge joins them.
    for (const cell of cellsOf(SNASNET_FORWARD)) {
      if (cell[1]![2] !== "zeroize") continue;
      const order = [0, 2, 1, 3];
      const exchanged = order.map((i) => order.map((j) => cell[i]![j]!));
      assert.strictEqual(formatCell(canonicalCell(exchanged)), formatCell(canonicalCell(cell)));
    }
  });
});

describe("hashOf", () => {
  it("is SHA-256 of the JSON with sorted keys, 16 digits", () => {
    // printf '{"a":[1,null],"b":"x"}' | sha256sum
    assert.strictEqual(stableJson({b: "x", a: [1, null], c: undefined}), '{"a":[1,null],"b":"x"}');
    assert.strictEqual(hashOf({b: "x", a: [1, null]}), "3dece6dc8d22d616");
  });

  it("refuses numbers that JSON would turn into null", () =>
    assert.throws(() => hashOf({a: NaN}), /invalid value: NaN; expected a finite number/));

  it("is equal for one network in several spellings, and differs with any field that matters", () => {
    const hash = (a = snasnet()): string => hashOf(canonicalArchitecture(a));
    const cell = parseCell("0320 0002 0003 0000");
    assert.strictEqual(hash(snasnet({cell})), hash(snasnet({cell: parseCell("0230 0003 0002 0000")})));
    const own = cell.map((row) => row.map((op) => (op === "conv3" ? "conv3@1.0" : op)));
    assert.strictEqual(hash(snasnet({cell})), hash(snasnet({cell: own})));
    const other = cell.map((row) => row.map((op) => (op === "conv3" ? "conv3@1.5" : op)));
    const hashes = [
      snasnet({cell}),
      snasnet({cell: other}),
      snasnet({cell, T: 4}),
      snasnet({cell, pool: 2}),
      snasnet({cell, cellCount: 1}),
      snasnet({cell, neuron: {...SNASNET_NEURON, tau: 2}}),
    ].map(hash);
    assert.strictEqual(new Set(hashes).size, hashes.length);
  });

  it("does not depend on what a non-leaky neuron never reads", () => {
    const neuron = {...SNASNET_NEURON, model: "if" as const};
    const hash = (tau: number): string => hashOf(canonicalArchitecture(snasnet({neuron: {...neuron, tau}})));
    assert.strictEqual(hash(2), hash(3));
  });
});

describe("canonicalCell against brute force", () => {
  const permutations = (list: readonly number[]): number[][] =>
    list.length < 2
      ? [[...list]]
      : list.flatMap((head) => permutations(list.filter((other) => other !== head)).map((tail) => [head, ...tail]));

  /** Whether a renumbering of the inner nodes turns `a` into `b` with every edge as forward or backward as before. */
  function isomorphic(a: Cell, b: Cell): boolean {
    const output = a.length - 1;
    const inner = Array.from({length: output - 1}, (_, i) => i + 1);
    return permutations(inner).some((order) => {
      const place = [0, ...order, output]; // node i of `a` is node place[i] of `b`
      return a.every((row, i) =>
        row.every((op, j) => {
          const kept = op === "zeroize" || i < j === place[i]! < place[j]!;
          return kept && b[place[i]!]![place[j]!] === op;
        }),
      );
    });
  }

  for (const [title, space] of [
    ["five nodes forward", {...SNASNET_FORWARD, nodes: 5}],
    ["four nodes with feedback", SNASNET_FEEDBACK],
  ] as const)
    it(`tells isomorphic cells of ${title} from others`, () => {
      const stream = random(randomKey(1, title));
      const oneOp = {...space, ops: ["zeroize", "conv3"] as const}; // many isomorphic pairs
      const whole: Cell[] = [];
      while (whole.length < 90) {
        const cell = sampleCell(oneOp, stream);
        if (canonicalCell(cell).length === space.nodes) whole.push(cell); // no node that does nothing
      }
      let equal = 0;
      for (const [i, a] of whole.entries())
        for (const b of whole.slice(0, i)) {
          const same = formatCell(canonicalCell(a)) === formatCell(canonicalCell(b));
          assert.strictEqual(same, isomorphic(a, b), `${formatCell(a)} and ${formatCell(b)}`);
          equal += Number(same);
        }
      assert.ok(equal > 3, `${equal} isomorphic pairs`);
    });
});
