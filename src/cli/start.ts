// spikebook start: from nothing to a report. All notebooks run in the quick profile, on the data set that is built in.

import {existsSync} from "node:fs";
import {join, relative} from "node:path";
import type {Command} from "commander";
import {stepAside} from "../giveWay.js";
import {clock} from "../notebook/progress.js";
import {writeReport} from "../notebook/report.js";
import {packageRoot} from "../root.js";
import {interruptSignal} from "./interrupt.js";
import {findNotebooks, runNotebooks} from "./run.js";

export function startCommand(program: Command): void {
  program
    .command("start")
    .summary("run the notebooks and write a report (minutes)")
    .description("Runs the notebooks in the quick profile, in order, and gathers them in results/report.html.")
    .action(start);
}

async function start(): Promise<void> {
  const began = performance.now();
  const files = findNotebooks([]);
  console.log(`running ${files.length} notebooks in the quick profile; this takes about ten minutes on two cores\n`);
  const results = join(packageRoot, "results");
  const {ok, written} = await runNotebooks(files, {profile: "quick", out: join(results, "notebooks")});
  const report = join(results, "report.html");
  const executed = written.filter((file) => existsSync(file));
  stepAside(); // a second Ctrl-C need not wait for the report
  if (executed.length > 0) writeReport(executed, report);
  console.log(summary({ok, report, seconds: (performance.now() - began) / 1000}));
  interruptSignal().throwIfAborted();
  if (!ok) process.exitCode = 1;
}

/** Where things are, and what to try next. */
function summary({ok, report, seconds}: {ok: boolean; report: string; seconds: number}): string {
  const here = (path: string): string => relative(process.cwd(), path) || ".";
  const verdict = ok ? `done in ${clock(1000 * seconds)}` : `not everything ran (${clock(1000 * seconds)}); see above`;
  return `
${verdict}

  report               ${here(report)}   open it in a browser; it needs no network
  executed notebooks   ${here(join(packageRoot, "results", "notebooks"))}
  records and figures  ${here(join(packageRoot, "results"))}

Next:
  npx spikebook lab                       the notebooks, in your Jupyter
  npx spikebook data cifar10              real images
  npx spikebook study kernel-impact --help   the same study at your size
  npx spikebook doctor                    what else this machine could do`;
}
