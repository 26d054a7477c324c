// A process that computes and is signalled meanwhile.

import {spawn} from "node:child_process";
import {once} from "node:events";

const GIVE_WAY = new URL("../src/giveWay.js", import.meta.url).href;

/** Ends it where it hears nothing, milliseconds after the signal. */
const PATIENCE = 20_000;

/**
 * Runs `code` in a process that answers SIGTERM by status 7, signals it when it prints, and gives how it ended and how many
 * milliseconds later. `code` has giveWay, onSignals, stepAside, writeSync, and compute(ms), which blocks; `imports` stand before it.
 */
export async function signalled(
  code: string,
  imports = "",
): Promise<{status: number | null; signal: string | null; took: number}> {
  const script = `import {giveWay, onSignals, stepAside} from ${JSON.stringify(GIVE_WAY)};
    import {writeSync} from "node:fs";
    ${imports}
    onSignals(["SIGTERM"], () => process.exit(7));
    const compute = (ms) => { for (const end = Date.now() + ms; Date.now() < end; ); };
    ${code}`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {stdio: ["ignore", "pipe", "inherit"]});
  await once(child.stdout, "data");
  const began = performance.now();
  child.kill("SIGTERM");
  const patience = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
  const [status, signal] = (await once(child, "exit")) as [number | null, string | null];
  clearTimeout(patience);
  return {status, signal, took: performance.now() - began};
}
