// Options of commands in a process of its own: numbers and paths that cannot be, one drawn at a time, and such as each may be alone but
// not together. Each is refused in a line, with status 2, in seconds, and nothing is written.

import {readdirSync} from "node:fs";
import type {Command, Option} from "commander";
import {program} from "../../../src/cli.js";
import {failureOf} from "../../../src/cli/exit.js";
import type {Range} from "../../../src/ranges.js";
import {outside} from "../../outside.js";
import type {Kind} from "../kind.js";
import {isRaw, notRefused, runProgram} from "../program.js";

const COMMANDS = ["cost", "study", "train", "evaluate", "predict", "pick", "run", "lab"];
type Numbered = {readonly where: string; readonly option: Option; readonly range: Range};

let numbered: Promise<Numbered[]> | undefined;

async function findNumbered(): Promise<Numbered[]> {
  const found: Numbered[] = [];
  const add = (command: Command, where: string): void => {
    for (const option of command.options) {
      const range = (option.parseArg as {range?: Range} | undefined)?.range;
      if (range) found.push({where, option, range});
    }
    for (const below of command.commands) add(below, `${where} ${below.name()}`);
  };
  for (const name of COMMANDS) add((await program([name])).commands.find((command) => command.name() === name)!, name);
  return found;
}

const TEXTS = ["", " ", "none", "1e999", "--", "0x", "1,5", "٣", "9".repeat(400), "null", "1e-400x"];

/** Lines whose numbers are each in range and together are not, or that name what is there twice. */
const LINES: readonly (readonly string[])[] = [
  "--timesteps 100000",
  "--hidden 1048576 --channels 4096",
  "--kernels 255 --channels 4096",
  "--kernels 3,3,3",
  "--kernels 1,257",
  "--train-count 2000000 --data procedural",
  "--train 2000000",
  "--test 2000000 --data procedural",
  "--crop 17",
  "--cutout 1000",
  "--cells 32",
  "--channels 65536",
  "--out=",
  "--out /proc/x",
  "--out /dev/null/x",
  "--workers 1e9",
  "--neuron-parameter tauSynapse=1e300 --neuron cubaLif",
].map((words) => ["study", "kernel-impact", ...words.split(" ")]);
const OTHERS: readonly (readonly string[])[] = [
  ["study", "search", "--repeats", "10000", "--batch", "60000"],
  ["study", "search", "--kernels", "3,3"],
  ["study", "search", "--channels", "65536"],
  ["study", "kernel-sets", "--kernel-sets", "1+3,3+1"],
  ["train", "--out", "/proc/x/y"],
  ["train", "--out=", "--epochs", "1"],
  ["train", "--out", "a.safetensors", "--layers", "conv99999999"],
  ["train", "--out", "a.safetensors", "--layers", "fc1048576,fc1048576"],
  ["run", "--timeout", "3000000"],
  ["data", "cifar10", "--url", "notaurl", "--data-dir", "data"],
];
const TOGETHER = [...LINES, ...OTHERS];

export const kinds: readonly Kind[] = [
  {
    name: "options",
    held: "a value out of range is refused with the range, before anything is done",
    ...{count: 5000, small: 500, seconds: 300},
    attempt: async ({random}) => {
      numbered ??= findNumbered();
      const {where, option, range} = random.choice(await numbered);
      const text = random.integer(3) > 0 ? String(random.choice(outside(range))) : random.choice(TEXTS);
      try {
        const value = (option.parseArg as (text: string) => unknown)(text);
        return `${where} ${option.long} ${text}: taken as ${String(value)}`;
      } catch (error) {
        const {status, text: said} = failureOf(error, false);
        return status === 2 && !isRaw(said) && said.includes("; expected ") ? undefined : `${where} ${option.long} ${text}: ${said}`; // prettier-ignore
      }
    },
  },
  {
    name: "options-together",
    held: "refused in a line before anything runs or is written",
    ...{count: TOGETHER.length, small: 4, seconds: 900},
    attempt: async ({index, folder}) => {
      const line = TOGETHER[index % TOGETHER.length]!;
      const ran = await runProgram(line, {cwd: folder, limitSeconds: 30});
      const wrong = notRefused(ran) ?? (ran.status === 2 ? undefined : `status ${ran.status}; ${ran.stderr.trim()}`);
      const left = readdirSync(folder).filter((name) => name !== "data"); // where data are installed may be made
      if (wrong === undefined && left.length === 0) return undefined;
      return `${line.join(" ")}: ${wrong ?? `${left.join(", ")} was written`}`;
    },
  },
];
