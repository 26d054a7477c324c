// Lanes: processes that measure side by side, ours in Node and the peer's in Python, by one protocol of JSON lines.
//
//   → settings     ← {"ready": true, …}     → "go"     ← the result
//
// Lanes of one measurement are told to go together: what two cores give is what two processes give at the same time.

import {type ChildProcessWithoutNullStreams, spawn, spawnSync} from "node:child_process";
import {createInterface} from "node:readline";
import {join} from "node:path";
import {fileURLToPath} from "node:url";
import {packageRoot} from "../src/root.js";

export type Settings = {readonly work: string} & Readonly<Record<string, unknown>>;
export type Answer = Readonly<Record<string, unknown>>;

/** How a lane's process is started. */
export type Side = {readonly name: string; readonly command: readonly string[]; readonly about: string};

export const OURS: Side = {
  name: "spikebook",
  command: [process.execPath, fileURLToPath(new URL("./lane.js", import.meta.url))],
  about: "",
};

/** The Python that runs the peer: SPIKEBOOK_PYTHON, or the first python3; why not, where torch is absent. */
export function findPeer(): Side | string {
  const python = process.env.SPIKEBOOK_PYTHON ?? "python3";
  const found = spawnSync(python, ["-c", "import torch, sys; print(torch.__version__, sys.version.split()[0])"], {
    encoding: "utf8",
  });
  if (found.error) return `PyTorch is absent: ${python} does not run; SPIKEBOOK_PYTHON names another`;
  if (found.status !== 0)
    return `PyTorch is absent: ${python} has no torch; pip install torch, or SPIKEBOOK_PYTHON names another Python`;
  const [torch, version] = found.stdout.trim().split(" ");
  const script = join(packageRoot, "bench", "peers", "peer.py");
  return {name: "PyTorch", command: [python, script], about: `PyTorch ${torch}, Python ${version}`};
}

type Lane = {readonly child: ChildProcessWithoutNullStreams; readonly lines: AsyncIterator<string>};

async function next({child, lines}: Lane, side: Side): Promise<Answer> {
  const {value, done} = await lines.next();
  if (done) throw new Error(`a lane of ${side.name} ended (${child.exitCode ?? child.signalCode})`);
  return JSON.parse(value) as Answer;
}

export type Measured = {readonly ready: Answer; readonly result: Answer};

/**
 * Runs one lane for each of `settings` at the same time; their results and what they said of themselves. None where `worthIt`
 * says so of what the lanes said when they were ready.
 */
export async function runLanes(
  side: Side,
  settings: readonly Settings[],
  worthIt: (ready: readonly Answer[]) => boolean = () => true,
): Promise<Measured[]> {
  const [command, ...args] = side.command as [string, ...string[]];
  const lanes = settings.map((setting): Lane => {
    const child = spawn(command, args, {stdio: ["pipe", "pipe", "pipe"]});
    child.stderr.pipe(process.stderr);
    child.stdin.write(`${JSON.stringify(setting)}\n`);
    return {child, lines: createInterface({input: child.stdout})[Symbol.asyncIterator]()};
  });
  try {
    const ready = await Promise.all(lanes.map((lane) => next(lane, side)));
    if (!worthIt(ready)) return [];
    for (const {child} of lanes) child.stdin.write("go\n");
    const results = await Promise.all(lanes.map((lane) => next(lane, side)));
    return results.map((result, i) => ({ready: ready[i]!, result}));
  } finally {
    for (const {child} of lanes) {
      child.stdin.end();
      child.kill();
    }
  }
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
};
