// spikebook lab: the notebooks in the user's own Jupyter. Everything that Jupyter writes goes below the project.

import {spawn} from "node:child_process";
import {mkdirSync} from "node:fs";
import {delimiter, join} from "node:path";
import type {Command} from "commander";
import {MissingError} from "../native/needs.js";
import {homeIn, makeHome} from "../native/ownFolder.js";
import {KERNEL_TITLE} from "../notebook/file.js";
import {findJupyter, writeKernelSpec} from "../notebook/jupyter.js";
import {packageRoot} from "../root.js";
import {numberIn} from "../ranges.js";

type LabOptions = {port?: number; browser: boolean};

export function labCommand(program: Command): void {
  program
    .command("lab")
    .summary("open the notebooks in JupyterLab")
    .description("Starts the JupyterLab (else Jupyter Notebook) that is installed, with the kernel of this project.")
    .argument("[options...]", "after --: handed to Jupyter as they are")
    .option("--port <n>", "the server's port", numberIn("port"))
    .option("--no-browser", "print the address instead of opening it")
    .addHelpText("after", `\n${elsewhere(join(packageRoot, "jupyter"))}`)
    .action(lab);
}

/** How to open the same notebooks without a Jupyter on PATH. */
const elsewhere = (kernels: string): string => `JupyterLab:  python3 -m venv .venv && .venv/bin/pip install jupyterlab
             (found in .venv, venv and on PATH; on Debian and Ubuntu venv comes with: apt-get install python3-venv)
VS Code:     install its Jupyter extension, start it with JUPYTER_PATH=${kernels} code .
             and choose Select Kernel > Jupyter Kernel > ${KERNEL_TITLE}
no Jupyter:  spikebook start, or spikebook run NOTEBOOK, executes them and leaves the results in results/`;

/** Environment variables that keep Jupyter's files inside the project. */
export function jupyterEnvironment(
  root: string,
  kernels: string,
  env: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const at = (name: string): string => join(homeIn(root), "jupyter", name);
  return {
    ...env,
    JUPYTER_PATH: [kernels, env.JUPYTER_PATH].filter(Boolean).join(delimiter),
    JUPYTER_CONFIG_DIR: at("config"),
    JUPYTER_DATA_DIR: at("data"),
    JUPYTER_RUNTIME_DIR: at("runtime"),
    JUPYTERLAB_SETTINGS_DIR: at("settings"),
    JUPYTERLAB_WORKSPACES_DIR: at("workspaces"),
    IPYTHONDIR: at("ipython"),
  };
}

async function lab(more: string[], {port, browser}: LabOptions): Promise<void> {
  const kernels = writeKernelSpec();
  const program = findJupyter();
  if (!program) throw new MissingError(`no Jupyter found; to get one:\n\n${elsewhere(kernels)}`);
  const env = jupyterEnvironment(packageRoot, kernels);
  makeHome(packageRoot);
  mkdirSync(env.JUPYTER_RUNTIME_DIR!, {recursive: true, mode: 0o700});
  const args = [...(port === undefined ? [] : [`--port=${port}`]), ...(browser ? [] : ["--no-browser"]), ...more];
  process.on("SIGINT", () => {}); // Jupyter asks its user itself, and ends when it is told to
  process.exitCode = await new Promise<number>((resolve, reject) => {
    const child = spawn(program, args, {cwd: join(packageRoot, "notebooks"), env, stdio: "inherit"});
    process.once("SIGTERM", () => child.kill("SIGTERM"));
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}
