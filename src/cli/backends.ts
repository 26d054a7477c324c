// Compares the backends that are here and remembers the fastest, in a process of its own: it must not choose this one's.

import {execFileSync} from "node:child_process";
import {fileURLToPath} from "node:url";

/** Measures, remembers, and says what was found; a failure is told and no more. */
export function compareBackends(): void {
  try {
    const script = fileURLToPath(new URL("./compareBackends.js", import.meta.url));
    process.stderr.write(
      execFileSync(process.execPath, [script], {encoding: "utf8", stdio: ["ignore", "pipe", "pipe"]}),
    );
  } catch (error) {
    const text = (error as {stderr?: string}).stderr?.trim().split("\n").at(-1) ?? String(error);
    process.stderr.write(`the backends could not be compared: ${text}\n`);
  }
}
