// For those who have Jupyter: the file by which it finds our kernel, and where its programs are. Nothing outside the project
// is written; Jupyter reads the folder that JUPYTER_PATH names.

import {existsSync, mkdirSync, readFileSync} from "node:fs";
import {delimiter, join} from "node:path";
import {writeWhole} from "../atomic.js";
import {packageRoot} from "../root.js";
import {kernelCommand} from "./client.js";
import {KERNEL_NAME, KERNEL_TITLE} from "./file.js";

/** Writes jupyter/kernels/spikebook/kernel.json under `folder` and returns the folder for JUPYTER_PATH (`folder`/jupyter). */
export function writeKernelSpec(folder: string = packageRoot): string {
  const data = join(folder, "jupyter");
  const file = join(data, "kernels", KERNEL_NAME, "kernel.json");
  const spec = {
    argv: [process.execPath, ...kernelCommand, "{connection_file}"],
    display_name: KERNEL_TITLE,
    language: "typescript",
    interrupt_mode: "signal",
  };
  const text = `${JSON.stringify(spec, null, 2)}\n`;
  mkdirSync(join(data, "kernels", KERNEL_NAME), {recursive: true});
  if (!existsSync(file) || readFileSync(file, "utf8") !== text) writeWhole(file, text);
  return data;
}

/** The path of jupyter-lab, else jupyter-notebook: in the project's virtual environments, then on PATH; undefined when absent. */
export function findJupyter(root: string = packageRoot, path: string = process.env.PATH ?? ""): string | undefined {
  const windows = process.platform === "win32";
  const environments = [".venv", "venv"].map((name) => join(root, name, windows ? "Scripts" : "bin"));
  const folders = [...environments, ...path.split(delimiter).filter(Boolean)];
  for (const program of ["jupyter-lab", "jupyter-notebook"])
    for (const folder of folders) {
      const file = join(folder, windows ? `${program}.exe` : program);
      if (existsSync(file)) return file;
    }
  return undefined;
}
