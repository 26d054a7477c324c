// spikebook run [NOTEBOOK...]: executes notebooks with visible progress and leaves the executed copies in a folder.

import {existsSync, readdirSync, statSync} from "node:fs";
import {basename, join, relative, resolve} from "node:path";
import type {Command} from "commander";
import {check, checkName, invalid} from "../check.js";
import {clock} from "../notebook/progress.js";
import {type RunResult, runNotebook} from "../notebook/runner.js";
import {packageRoot} from "../root.js";
import {numberIn} from "../ranges.js";
import {interruptSignal} from "./interrupt.js";
import {folderPath} from "./paths.js";

const PROFILES = {quick: "minutes on two cores", full: "the papers' settings"};
export type Profile = keyof typeof PROFILES;

/** Notebooks in a folder, in order. */
function notebooksIn(folder: string): string[] {
  if (!existsSync(folder)) throw invalid("folder of notebooks", folder, "an existing folder");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".ipynb"))
    .sort()
    .map((name) => join(folder, name));
}

/** The notebooks that are meant: files, folders, or all of the project's. */
export function findNotebooks(named: readonly string[]): string[] {
  if (named.length === 0) return notebooksIn(join(packageRoot, "notebooks"));
  return named.flatMap((name) => {
    if (!existsSync(name)) throw invalid("notebook", name, "an existing .ipynb file or a folder of them");
    return statSync(name).isDirectory() ? notebooksIn(name) : [name];
  });
}

/** Shows where a run is: one rewritten line on a terminal, else a line for each cell. */
function createReporter(name: string) {
  const start = performance.now();
  const terminal = process.stdout.isTTY;
  let place = "starting";
  let said = "";
  const line = (): string => `${name}  ${place}  ${clock(performance.now() - start)}${said && `  ${said}`}`;
  const draw = (): void => {
    if (terminal) process.stdout.write(`\r\x1b[K${line().slice(0, (process.stdout.columns || 80) - 1)}`);
  };
  const timer = setInterval(draw, 500);
  timer.unref();
  draw();
  return {
    onCell(cell: number, of: number): void {
      place = `cell ${cell} of ${of}`;
      said = "";
      if (terminal) draw();
      else console.log(line());
    },
    onStream(text: string): void {
      said = text.split(/[\r\n]/).map((part) => part.trim()).filter(Boolean).at(-1) ?? said; // prettier-ignore
    },
    end({ok, seconds, failed}: RunResult): void {
      clearInterval(timer);
      if (terminal) process.stdout.write("\r\x1b[K");
      console.log(`${name}  ${ok ? "done" : "FAILED"} in ${clock(1000 * seconds)}`);
      if (failed) console.error(`\ncell ${failed.cell} of ${name} failed:\n\n${failed.trace}\n`);
    },
  };
}

/** Executes notebooks one after another; all run, also after one that failed. Returns the executed files and whether all went well. */
export async function runNotebooks(
  files: readonly string[],
  {profile, out, timeoutSeconds}: {profile: Profile; out: string; timeoutSeconds?: number | undefined},
): Promise<{ok: boolean; written: string[]}> {
  const signal = interruptSignal();
  const written: string[] = [];
  let ok = true;
  for (const file of files) {
    if (signal.aborted) break;
    const target = join(out, basename(file));
    const reporter = createReporter(relative(process.cwd(), resolve(file)));
    const result = await runNotebook(file, {
      ...{out: target, env: {SPIKEBOOK_PROFILE: profile}, signal},
      ...{onCell: reporter.onCell, onStream: reporter.onStream},
      ...(timeoutSeconds !== undefined && {timeoutSeconds}),
    });
    reporter.end(result);
    written.push(target);
    ok &&= result.ok;
  }
  return {ok: ok && !signal.aborted, written};
}

/** Adds `run` to the program. */
export function runCommand(program: Command): void {
  program
    .command("run")
    .description("execute notebooks and keep the executed copies")
    .argument("[NOTEBOOK...]", "notebooks, or folders of them; all of notebooks/ unless given")
    .option("--profile <name>", "quick or full", "quick")
    .option("--out <folder>", "where the executed notebooks go", folderPath("out"), join("results", "notebooks"))
    .option("--timeout <seconds>", "limit for each cell; none unless given", numberIn("timeout"))
    .action(async (named: string[], {profile, out, timeout}: {profile: string; out: string; timeout?: number}) => {
      const files = findNotebooks(named);
      check("notebooks", files.length, files.length > 0, "at least one .ipynb file");
      const {ok, written} = await runNotebooks(files, {
        profile: checkName("profile", profile, PROFILES),
        out,
        timeoutSeconds: timeout,
      });
      if (written.length > 0) console.log(`executed notebooks: ${out}`);
      interruptSignal().throwIfAborted();
      if (!ok) process.exitCode = 1;
    });
}
