// README.md's numbers of speed are those of the reference run. After a new one: UPDATE_SNAPSHOTS=1 npx mocha build/test/bench/readme-test.js

import assert from "node:assert";
import {readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import type {ConvPoint, Row} from "../../bench/measure.js";
import {speedText} from "../../bench/readme.js";
import {packageRoot} from "../../src/root.js";
import {readCsv} from "../../src/tables/csv.js";
import {ROWS} from "./rows.js";

const README = join(packageRoot, "README.md");
const [OPEN, CLOSE] = ["<!-- results/reference/bench -->", "<!-- end -->"];
const POINTS: readonly ConvPoint[] = [
  {channels: 64, side: 32, k: 1, rate: 0.3, by: "windows", ours: 3.1, tfjs: 7, peer: 1},
  {channels: 64, side: 32, k: 3, rate: 0.3, by: "windows", ours: 12, tfjs: 58, peer: 10},
  {channels: 128, side: 16, k: 7, rate: 0.2, by: "events", ours: 100, tfjs: 300, peer: 50},
  {channels: 16, side: 32, k: 3, rate: 0.1, by: "windows", ours: 0.7, tfjs: 7, peer: 0.9},
];

describe("README.md", () => {
  it("says of speed what the reference run measured", () => {
    const table = (name: string): string => join(packageRoot, "results/reference/bench", name);
    const rows = readCsv<Row & {machine: string}>(table("speed.csv"));
    const text = `${OPEN}\n\n${speedText(rows, readCsv<ConvPoint>(table("convolution.csv")))}\n\n${CLOSE}`;
    const readme = readFileSync(README, "utf8");
    const [start, end] = [readme.indexOf(OPEN), readme.indexOf(CLOSE)];
    assert.ok(start >= 0 && end > start, `README.md lacks ${OPEN} … ${CLOSE}`);
    const said = readme.slice(start, end + CLOSE.length);
    if (process.env.UPDATE_SNAPSHOTS === "1")
      writeFileSync(
        README,
        readme.replace(said, () => text),
      );
    else assert.strictEqual(said, text);
  });
});

describe("speedText", () => {
  const text = speedText(ROWS.map((row) => ({...row, machine: "a machine."})), POINTS); // prettier-ignore

  it("has a line for each number of channels and a column for each kernel size", () => {
    assert.match(text, /^\| training, images\/s \| 1×1 \| 3×3 \| 5×5 \| 7×7 \| 9×9 \|\n/);
    assert.match(text, /\| 16 channels \| 330 against 220 \(1\.5×\) \|/);
    assert.match(text, /\| 128 channels \| 0\.58 against 0\.11 \(5\.3×\) \| – \|/);
  });

  it("says where the peer is faster, and by how much", () => {
    assert.match(text, /Where we lose: training step, C=64, batch 32, atan, k=7: 0\.64×; a single convolution/);
    assert.match(text, /up to 3\.1× at 1×1, 64 channels, 30 % spikes and by 2\.0× at 7×7, 128 channels, 20 % spikes\./);
    const won = ROWS.filter(({ratio}) => ratio! >= 1).map((row) => ({...row, machine: "a machine."}));
    assert.doesNotMatch(speedText(won, POINTS.slice(3)), /lose/);
  });
});
