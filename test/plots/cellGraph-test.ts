import assert from "node:assert";
import {parseCell} from "../../src/architectures/cell.js";
import {spikenasBenchCell} from "../../src/architectures/spikenasBench.js";
import {cellFigure} from "../../src/plots/cellGraph.js";

type Note = {readonly text: string; readonly y: number; readonly showarrow: boolean};
const notes = (figure: ReturnType<typeof cellFigure>): Note[] => figure.layout.annotations as Note[];
const labels = (figure: ReturnType<typeof cellFigure>): string[] => notes(figure).map(({text}) => text).filter(Boolean); // prettier-ignore

describe("cellFigure", () => {
  it("draws an arrow and a label for each edge, feedback below the line", () => {
    const figure = cellFigure([parseCell("0303 0030 2002 0200")]);
    assert.deepStrictEqual(labels(figure).sort(), ["", "1×1", "1×1", "1×1", "3×3", "3×3", "3×3"].filter(Boolean));
    assert.strictEqual(notes(figure).filter(({showarrow}) => showarrow).length, 6);
    assert.strictEqual(notes(figure).filter(({showarrow, text, y}) => !showarrow && text === "1×1" && y < 0).length, 2);
    assert.strictEqual(figure.data.length, 6 + 1); // edges, and the nodes of one cell
  });

  it("draws shared wiring once and different cells side by side", () => {
    const [a, b] = [parseCell("0333 0012 0003 0000"), parseCell("0001 0000 0000 0000")];
    assert.ok(labels(cellFigure([a, a])).includes("all 2 cells"));
    const both = cellFigure([a, b]);
    assert.ok(labels(both).includes("cell 1") && labels(both).includes("cell 2"));
    assert.match(both.caption!, /^0333 0012 0003 0000 \| 0001 0000 0000 0000\. Arcs above/);
  });

  it("writes thresholds, and dots what leads nowhere", () => {
    assert.ok(labels(cellFigure([spikenasBenchCell(12617)])).includes("3×3 θ 0.5"));
    const dead = cellFigure([parseCell("0301 0000 0000 0000")]); // 0 → 1 ends there
    assert.deepStrictEqual(dead.data.map(({line}) => (line as {dash?: string} | undefined)?.dash), ["dot", undefined, undefined]); // prettier-ignore
  });
});
