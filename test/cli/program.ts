// Runs the terminal program as a user does: in a process of its own, seeing its output and its exit status.

import {spawnSync} from "node:child_process";
import {fileURLToPath} from "node:url";
import {packageRoot} from "../../src/root.js";

const CLI = fileURLToPath(new URL("../../src/cli.js", import.meta.url));
const SCRIPT = "const {main} = await import(process.argv[1]); await main(process.argv.slice(2));";

export type Outcome = {readonly status: number | null; readonly stdout: string; readonly stderr: string};

/** `env` is added to the environment; a variable that is undefined is taken out. */
export function spikebook(args: readonly string[], env: NodeJS.ProcessEnv = {}): Outcome {
  return spawnSync(process.execPath, ["--input-type=module", "-e", SCRIPT, CLI, ...args], {
    encoding: "utf8",
    env: {...process.env, SPIKEBOOK_DEBUG: "", SPIKEBOOK_ROOT: packageRoot, ...env},
  });
}
