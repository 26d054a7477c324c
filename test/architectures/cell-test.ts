import assert from "node:assert";
import {edgesOf, formatCell, hasFeedback, parseCell, withKernelSize} from "../../src/architectures/cell.js";
import {parseOp} from "../../src/architectures/ops.js";

describe("cell", () => {
  it("reads SNASNet's notation row by row", () => {
    const cell = parseCell("0303 0030 2002 0200");
    assert.deepStrictEqual(edgesOf(cell).forward, [
      {from: 0, to: 1, op: "conv3"},
      {from: 1, to: 2, op: "conv3"},
      {from: 0, to: 3, op: "conv3"},
      {from: 2, to: 3, op: "conv1"},
    ]);
    assert.deepStrictEqual(edgesOf(cell).feedback, [
      {from: 2, to: 0, op: "conv1"},
      {from: 3, to: 1, op: "conv1"},
    ]);
    assert.ok(hasFeedback(cell));
    assert.ok(!hasFeedback(parseCell("0333 0012 0003 0000")));
  });

  it("writes the notation that it reads, larger kernels by their size", () => {
    for (const text of ["0303 0030 2002 0200", "0579 0014 0003 0000", "03 00"])
      assert.strictEqual(formatCell(parseCell(text)), text);
  });

  it("lists the edges of a cell whose thresholds have no digit", () =>
    assert.strictEqual(
      formatCell([
        ["zeroize", "conv3@0.5"],
        ["zeroize", "zeroize"],
      ]),
      "01:conv3@0.5",
    ));

  it("names the op codes when a cell is not a square matrix of them", () => {
    for (const text of ["", "0", "033 001", "0333 0012 0003", "0633 0012 0003 0000", "0a33 0012 0003 0000"])
      assert.throws(
        () => parseCell(text),
        /invalid cell: .*; expected a square matrix of op codes \(0 zeroize, 1 skip/,
      );
  });

  it("reads and writes cells whose ops have no code by their edges", () => {
    const cell = parseCell("01:conv11 02:skip 12:conv3@0.5 20:conv1");
    assert.strictEqual(cell[0]![1], "conv11");
    assert.strictEqual(formatCell(cell), "01:conv11 02:skip 12:conv3@0.5 20:conv1");
    for (const text of ["01:conv4", "01:conv11 0:skip", "01:"])
      assert.throws(() => parseCell(text), {name: "InputError"});
  });

  it("refuses even and unknown kernel sizes and thresholds that are not positive", () => {
    for (const op of ["conv0", "conv2", "conv4", "conv1.5", "conv", "conv3@0", "conv3@-1", "pool"])
      assert.throws(() => parseOp(op), {name: "InputError"});
    assert.deepStrictEqual(parseOp("conv7@0.5"), {kind: "conv", kernelSize: 7, threshold: 0.5});
  });

  it("replaces every kernel and leaves thresholds and other ops alone", () => {
    assert.strictEqual(formatCell(withKernelSize(parseCell("0123 0045 0001 0000"), 7)), "0177 0047 0001 0000");
    const cell = [
      ["zeroize", "conv3@0.5"],
      ["zeroize", "zeroize"],
    ] as const;
    assert.strictEqual(withKernelSize(cell, 5)[0]![1], "conv5@0.5");
  });
});
