import assert from "node:assert";
import {coreSeconds, kernelsFigure, speedFigure} from "../../bench/figures.js";
import {CORES} from "../../bench/measure.js";
import {assertClose} from "../assert.js";
import {ROWS} from "./rows.js";

type Line = {readonly x: number[]; readonly y: number[]; readonly xaxis: string};
type Note = {readonly x: number; readonly y: number; readonly xref: string; readonly text: string};

describe("kernelsFigure", () => {
  const {data, layout, caption} = kernelsFigure(ROWS, "A machine.");
  const lines = data as unknown as Line[];
  const notes = layout.annotations as Note[];

  it("shows core-seconds of a step of 32 images: at 320 images/s a tenth of a second on each core", () => {
    assertClose(coreSeconds(320), 0.1 * CORES);
    assert.deepStrictEqual(lines.map(({xaxis}) => xaxis), ["x", "x", "x2", "x2"]); // prettier-ignore
    assert.deepStrictEqual(lines[1]!.x, [1, 3, 5, 7, 9]);
    assertClose(lines[1]!.y[1]!, 0.1 * CORES);
    assertClose(lines[2]!.y[4]!, (32 * CORES) / 5.1);
  });

  it("names each line at its end and says at ours how many times as fast it is, above where it is slower", () => {
    const ends = notes.filter(({text}) => !text.endsWith("×"));
    assert.deepStrictEqual(ends.map(({text, x}) => `${text} ${x}`), ["PyTorch 9", "spikebook 9", "PyTorch 9", "spikebook 9"]); // prettier-ignore
    const slow = notes.find(({text, xref}) => text === "0.6×" && xref === "x2") as Note & {yshift: number};
    assert.strictEqual(slow.x, 7);
    assert.ok(slow.yshift > 0);
    assert.match(caption!, /A machine\.$/);
  });

  it("is of ours alone where the peer is absent", () => {
    const alone = kernelsFigure(ROWS.map((row) => ({...row, peer: null, ratio: null})), ""); // prettier-ignore
    assert.deepStrictEqual((alone.data as unknown as Line[]).map(({x}) => x.length), [0, 5, 0, 5]); // prettier-ignore
    assert.deepStrictEqual((alone.layout.annotations as Note[]).map(({text}) => text), ["spikebook", "spikebook"]); // prettier-ignore
  });
});

describe("speedFigure", () => {
  it("has training first, the top bar, and no text over the peer's line", () => {
    const [bars, words] = speedFigure(ROWS, "").data as unknown as {x: number[]; y: string[]}[];
    assert.strictEqual(bars!.y.at(-1), "training step, C=16, batch 32, atan, k=1"); // Plotly counts from below
    assert.ok(words!.x.every((x, i) => x > 1 && x > bars!.x[i]!));
  });
});
