// npm run bench: speed and memory side by side with PyTorch on the same machine, as a table, CSV files and figures.

import {cpus, loadavg, totalmem} from "node:os";
import {join, resolve} from "node:path";
import {Command} from "commander";
import {writeWhole} from "../src/atomic.js";
import {InputError} from "../src/check.js";
import {saveFigures} from "../src/plots/save.js";
import {packageRoot, packageVersion} from "../src/root.js";
import {writeCsv} from "../src/tables/csv.js";
import {formatTable} from "../src/tables/formatTable.js";
import {digits, kernelsFigure, rateFigure, speedFigure} from "./figures.js";
import {findPeer} from "./lanes.js";
import {speedTable} from "./speedTable.js";
import {
  checkPeer,
  type Context,
  measureConvolution,
  measureMemory,
  measureRow,
  measureScoring,
  measureTraining,
  type Row,
  trainingWorks,
} from "./measure.js";

const PARTS = ["train", "kernels", "score", "conv", "row"] as const;
type Part = (typeof PARTS)[number];
type Options = {
  readonly json?: string;
  readonly only?: readonly string[];
  readonly quick?: boolean;
  readonly check?: boolean;
  readonly out: string;
};

const machineOf = (peer: string): string =>
  `${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.versions.node}, ` +
  `spikebook ${packageVersion}, ${peer}; load ${loadavg()[0]!.toFixed(1)} at the start, ${new Date().toISOString().slice(0, 10)}.`;

async function run(o: Options): Promise<void> {
  const unknown = o.only?.find((part) => !PARTS.includes(part as Part));
  if (unknown !== undefined) throw new InputError(`unknown part: ${unknown}; expected some of ${PARTS.join(", ")}`);
  const wanted = (part: Part): boolean => o.only?.includes(part) ?? true;
  const found = findPeer();
  const peer = typeof found === "string" ? undefined : found;
  const machine = machineOf(peer?.about ?? "no PyTorch");
  const tell = (line: string): void => console.error(`· ${line}`);
  console.log(machine);
  if (typeof found === "string") console.log(`${found}. Ours alone is measured.`);
  if (o.check) {
    if (!peer) throw new InputError("invalid option: --check; expected PyTorch to be there");
    console.log(formatTable(await checkPeer(peer), {digits: {logits: 8, gradients: 8, score: 8}}));
    console.log(
      "Largest differences, relative to the largest value. A potential within a rounding error of the threshold may fire on one side alone, and move a seed by more; in all seeds that is no explanation.",
    );
    return;
  }
  const out = resolve(o.out);
  const table = speedTable(join(out, "speed.csv"), machine);
  const context: Context = {peer, quick: o.quick === true, tell, add: table.add};
  const rows: Row[] = [
    ...(await measureTraining(
      context,
      trainingWorks({train: wanted("train"), kernels: wanted("kernels")}, context.quick),
    )),
    ...(wanted("train") ? await measureMemory(context) : []),
    ...(wanted("score") ? await measureScoring(context) : []),
  ];
  const points = wanted("conv") ? await measureConvolution(context) : [];
  const kept = wanted("row") ? await measureRow(context) : [];
  if (rows.length) {
    const shown = rows.map((row) => ({
      ...row,
      ours: digits(row.ours),
      peer: row.peer === null ? "" : digits(row.peer),
      ratio: row.ratio === null ? "" : row.ratio.toFixed(2),
    }));
    console.log(`\n${formatTable(shown, {columns: ["work", "ours", "peer", "unit", "ratio", "oursAt", "peerAt"]})}`);
  }
  if (points.length) {
    const slower = points.filter(({ours, tfjs}) => ours > 1.1 * tfjs).length;
    console.log(`\n${formatTable(points.map((p) => ({...p, "tfjs/ours": p.tfjs / p.ours, ...(p.peer !== null && {"oneDNN/ours": p.peer / p.ours})})), {digits: {ours: 2, tfjs: 2, peer: 2, "tfjs/ours": 1, "oneDNN/ours": 1}})}`); // prettier-ignore
    console.log(
      `ours is more than a tenth slower than tfjs's dense convolution in ${slower} of ${points.length} cases`,
    );
    writeCsv(join(out, "convolution.csv"), points.map((point) => ({...point, machine}))); // prettier-ignore
  }
  if (kept.length) {
    const [first, last] = [kept[0]!, kept.at(-1)!];
    const growth = 100 * (last.bytes / first.bytes - 1);
    console.log(
      `\n${last.candidates} candidates in a row: ${last.tensors - first.tensors} tensors more and ${growth.toFixed(1)} % more resident memory than after ${first.candidates}`,
    );
    writeCsv(join(out, "row.csv"), kept.map((point) => ({...point, machine}))); // prettier-ignore
  }
  const figures = {
    ...(rows.some(({ratio}) => ratio !== null) && {speed: speedFigure(table.all(), machine)}),
    ...(wanted("kernels") && rows.length && {kernels: kernelsFigure(table.all(), machine)}),
    ...(points.length && {convolution: rateFigure(points, machine)}),
  };
  await saveFigures(figures, join(out, "figures"));
  console.log(`\ntables and figures in ${out}`);
  if (o.json !== undefined)
    writeWhole(resolve(o.json), `${JSON.stringify(rows.map(({work, ours, peer: theirs, unit, ratio}) => ({work, ours, peer: theirs, unit, ratio})), null, 2)}\n`); // prettier-ignore
}

const program = new Command()
  .name("npm run bench --")
  .description(
    "Measures spikebook side by side with PyTorch on this machine; half an hour or an hour, --quick two minutes; what is measured is kept.",
  )
  .option("--json <file>", "also an array of {work, ours, peer, unit, ratio}")
  .option("--only <list>", `parts to measure, among ${PARTS.join(", ")}`, (text) => text.split(","))
  .option("--quick", "fewer works, fewer repeats")
  .option("--check", "whether the peer computes the same network, and nothing else")
  .option("--out <dir>", "folder for tables and figures", join(packageRoot, "results", "bench"))
  .action(run);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
