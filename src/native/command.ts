// Runs another program to its end: its output is kept, and shown when it fails.

import {spawn} from "node:child_process";
import {delimiter, join} from "node:path";
import {accessSync, constants} from "node:fs";

export type CommandOptions = {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
};

/** A program that ended badly; `output` is all it said. */
export class CommandError extends Error {
  constructor(
    readonly command: string,
    readonly output: string,
    how: string,
  ) {
    const tail = output.trim().split("\n").slice(-12).join("\n");
    super(`${command} ${how}${tail && `:\n${tail}`}`);
  }
}

/** Returns what the program wrote to stdout. Rejects with CommandError, or with the signal's reason when it is aborted. */
export function runCommand(program: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const {cwd, env = process.env, signal} = options;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawn(program, args, {cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true});
    const stop = (): void => stopGroup(child.pid);
    signal?.addEventListener("abort", stop, {once: true});
    process.once("exit", stop);
    let out = "";
    let all = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => ((out += text), (all += text)));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (all += text));
    child.on("error", (error) => reject(new CommandError(program, all, `cannot start (${error.message})`)));
    child.on("close", (code, killed) => {
      signal?.removeEventListener("abort", stop);
      process.removeListener("exit", stop);
      if (signal?.aborted) reject(signal.reason as Error);
      else if (code === 0) resolve(out);
      else reject(new CommandError(program, all, `ended with ${killed ?? `status ${code}`}`));
    });
  });
}

/** Ends a program and all that it started: it leads a process group of its own. */
function stopGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGTERM");
  } catch {
    // it has ended by itself
  }
}

/** The path of a program in the folders of `path`, or undefined. */
export function findProgram(name: string, path: string = process.env.PATH ?? ""): string | undefined {
  if (name.includes("/")) return isExecutable(name) ? name : undefined;
  return path
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
