// SIGINT, SIGTERM and a reader that goes away, at any moment of any command that takes time: it ends within a second or two, says so
// by its status, leaves no process behind, and what it leaves on disk can be read and goes on.

import type {ChildProcess} from "node:child_process";
import {once} from "node:events";
import {existsSync, readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {setTimeout as wait} from "node:timers/promises";
import type {Random} from "../../../src/random.js";
import {readJournal, TRIALS} from "../../../src/studies/journal.js";
import {SCORED} from "../../../src/studies/scoreTask.js";
import {SMALL_OPTIONS} from "../../studies/small.js";
import type {Kind} from "../kind.js";
import {childrenOf, isRaw, type Ran, runProgram, waitedFor} from "../program.js";

/** Seconds from the interruption to the end, without those in which a loaded machine gave them no processor. */
const PATIENCE = 3;

const search = (...more: string[]): string[] => ["study", "search", "--score", "params", ...more];
/** Three networks: after them a search meets what it knows, and asks for nothing. */
const TINY = ["--ops", "skip", "--wiring", "shared"];

const COMMANDS: readonly (readonly string[])[] = [
  ["study", "kernel-impact", ...SMALL_OPTIONS, "--workers", "1"],
  ["study", "kernel-impact", ...SMALL_OPTIONS, "--workers", "0"],
  search("--algorithm", "exhaustive", "--workers", "0"),
  search("--algorithm", "random", "--candidates", "1000000", "--workers", "0", ...TINY),
  search("--algorithm", "evolution", "--candidates", "100000", "--workers", "2"),
  ["study", "search", "--algorithm", "random", "--candidates", "500", "--workers", "0", "--channels", "8"],
];

type Interruption = "SIGINT" | "SIGTERM" | "closed pipe";
const INTERRUPTIONS: readonly Interruption[] = ["SIGINT", "SIGTERM", "closed pipe"];
const STATUS: Readonly<Record<Interruption, number>> = {SIGINT: 130, SIGTERM: 143, "closed pipe": 1};

/** Of processes: the seconds for which they had to wait for a processor, as last seen of each. */
function waiting(pids: readonly number[]): {readonly look: () => void; readonly seconds: () => number} {
  const first = pids.map(waitedFor);
  const last = [...first];
  return {
    look: () => pids.forEach((pid, i) => (last[i] = Math.max(last[i]!, waitedFor(pid)))),
    seconds: () => last.reduce((sum, seconds, i) => sum + seconds - first[i]!, 0),
  };
}

type Interrupted = {readonly ran: Ran; readonly seconds: number | undefined; readonly children: readonly number[]};

/** Runs a command and interrupts it `delay` milliseconds after its output matches; no seconds where it had ended before. */
async function interrupted(
  args: readonly string[],
  how: Interruption,
  {delay, when}: {readonly delay: number; readonly when: RegExp},
): Promise<Interrupted> {
  let [at, end, said] = [0, 0, ""];
  let children: number[] = [];
  let waited = waiting([]);
  let watch: NodeJS.Timeout | undefined;
  const interrupt = (child: ChildProcess): void => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    children = childrenOf(child.pid!);
    waited = waiting([process.pid, child.pid!, ...children]);
    watch = setInterval(waited.look, 10);
    at = performance.now();
    if (how === "closed pipe") child.stdout!.destroy();
    else child.kill(how);
  };
  const ran = await runProgram(args, {
    limitSeconds: 120,
    meanwhile(child) {
      const see = (data: Buffer): void => {
        const before = when.test(said);
        said += String(data);
        if (!before && when.test(said)) setTimeout(interrupt, delay, child);
      };
      child.stdout!.on("data", see);
      child.stderr!.on("data", see);
      void once(child, "exit").then(() => {
        end = performance.now();
        waited.look();
      });
    },
  });
  clearInterval(watch);
  return {ran, seconds: at > 0 ? (end - at) / 1000 - waited.seconds() : undefined, children};
}

const lives = (pid: number): boolean => existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(stateOf(pid));
const stateOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return "State: Z";
  }
};

/** What is wrong with how a command ended that was interrupted. */
async function wrongWith({ran, seconds, children}: Interrupted, how: Interruption): Promise<string | undefined> {
  const {status, signal, stderr} = ran;
  const ending = `${status ?? signal}: ${stderr.trim().slice(-300)}`;
  if (ran.hung) return `${how} was ignored`;
  if (seconds === undefined || status === 0) return status === 0 ? undefined : `ended before ${how} with ${ending}`;
  if (seconds > PATIENCE) return `${how} took ${seconds.toFixed(1)} s`;
  if (status !== STATUS[how] && signal !== how) return `${how} gave ${ending}`;
  if (isRaw(stderr)) return `${how}: a raw error: ${stderr.slice(-600)}`;
  for (let i = 0; i < 30 && children.some(lives); ++i) await wait(100);
  return children.some(lives) ? `${how} left processes behind` : undefined;
}

async function interruptStudy(random: Random, index: number, folder: string): Promise<string | undefined> {
  const how = INTERRUPTIONS[index % 3]!;
  const command = COMMANDS[Math.floor(index / 3) % COMMANDS.length]!;
  const out = join(folder, "out");
  const found = await interrupted([...command, "--out", out], how, {delay: random.integer(2500), when: /\d/});
  const what = await wrongWith(found, how);
  if (what) return `${command.slice(0, 6).join(" ")}: ${what}`;
  if (existsSync(join(out, TRIALS.file))) readJournal(out, TRIALS); // throws where it is damaged
  if (existsSync(join(out, SCORED.file))) readJournal(out, SCORED);
  return undefined;
}

type Outputs = {readonly cells: readonly {readonly outputs: readonly {readonly text?: readonly string[]}[]}[]};

/** Interrupts a notebook in its second cell: the first one's output is kept, and the kernel is gone. */
async function interruptNotebook(random: Random, index: number, folder: string): Promise<string | undefined> {
  const how = INTERRUPTIONS[index % 2]!;
  const loop = random.integer(2) ? "while (true) {}" : "await new Promise((done) => setTimeout(done, 60000))";
  const cells = ["console.log('kept')", loop].map((source) => ({
    ...{cell_type: "code", metadata: {}, source, outputs: [], execution_count: null},
  }));
  const [file, out] = [join(folder, "in.ipynb"), join(folder, "out")];
  writeFileSync(file, JSON.stringify({cells, metadata: {}, nbformat: 4, nbformat_minor: 5}));
  const found = await interrupted(["run", file, "--out", out], how, {delay: random.integer(1500), when: /cell 2 of 2/});
  const {seconds = 0, ...rest} = found;
  const what = await wrongWith({...rest, seconds: Math.max(0, seconds - 5)}, how); // a cell has three seconds to obey, its kernel two
  if (what) return what;
  const written = JSON.parse(readFileSync(join(out, "in.ipynb"), "utf8")) as Outputs;
  return written.cells[0]!.outputs[0]?.text?.[0] === "kept\n" ? undefined : "the first cell's output is lost";
}

export const kinds: readonly Kind[] = [
  {
    name: "signals",
    held: "SIGINT, SIGTERM and a closed pipe end a study or a search at once, with a status, and it can go on",
    ...{count: 54, small: 3, seconds: 3600},
    attempt: ({random, index, folder}) => interruptStudy(random, index, folder),
  },
  {
    name: "signals-notebook",
    held: "SIGINT and SIGTERM end a notebook's run, which keeps what it has and leaves no kernel",
    ...{count: 10, small: 1, seconds: 1200},
    attempt: ({random, index, folder}) => interruptNotebook(random, index, folder),
  },
];
