// Writers, studies and searches that are killed: what was said to be kept is kept, nothing is half written, and the work goes on to the
// result of never having been killed.

import {spawn} from "node:child_process";
import {once} from "node:events";
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {setTimeout as wait} from "node:timers/promises";
import {fileURLToPath} from "node:url";
import {writeWhole} from "../../../src/atomic.js";
import {openJournal, TRIALS} from "../../../src/studies/journal.js";
import {recordOf} from "../../records/record.js";
import {SMALL_OPTIONS} from "../../studies/small.js";
import type {Attempt, Kind} from "../kind.js";
import {runProgram} from "../program.js";
import {isWhole} from "../writer.js";

const WRITER = fileURLToPath(new URL("../writer.js", import.meta.url));

/** The writer is killed at a moment drawn; what it said to be kept is there, and what it wrote is whole. */
async function kill({random, folder}: Attempt): Promise<string | undefined> {
  let said: string[] = [];
  for (let life = 0; life < 2; ++life) {
    const child = spawn(process.execPath, [WRITER, folder], {stdio: ["ignore", "pipe", "inherit"]});
    let text = "";
    child.stdout.on("data", (data: Buffer) => (text += String(data)));
    await once(child.stdout, "data");
    await wait(random.integer(60));
    child.kill("SIGKILL");
    await once(child, "close");
    said = [...said, ...text.split("\n").slice(1, -1)];
  }
  if (existsSync(join(folder, "whole.bin")) && !isWhole(readFileSync(join(folder, "whole.bin")))) return "half a file";
  const journal = openJournal(folder, TRIALS);
  const lost = said.filter((id) => !journal.finished.has(id));
  journal.append(recordOf({id: "after"}));
  journal.close();
  if (lost.length > 0) return `lost: ${lost.join(", ")}`;
  writeWhole(join(folder, "after"), "");
  const names = readdirSync(folder).filter((name) => !["whole.bin", "after", TRIALS.file].includes(name));
  return names.length > 0 ? `left behind: ${names.join(", ")}` : undefined;
}

const SEARCH = "study search --algorithm evolution --score params --candidates 300 --max-params 30000".split(" ");
const COMMANDS: readonly (readonly string[])[] = [
  ["study", "kernel-impact", ...SMALL_OPTIONS, "--seeds", "1", "--workers", "0"],
  ["study", "kernel-impact", ...SMALL_OPTIONS, "--seeds", "1", "--workers", "2"],
  [...SEARCH, "--workers", "0"],
  [...SEARCH, "--workers", "2"],
];
/** What each command gives undisturbed, and how long it takes on the machine as it is. */
type Reference = {readonly records: string; readonly seconds: number};
let references: readonly Reference[] = [];

const recordsOf = async (out: string): Promise<string> =>
  (await runProgram(["records", out, "--json", "--stable"], {limitSeconds: 300})).stdout;

async function prepareReferences(): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), "undisturbed-"));
  const found: Reference[] = [];
  for (const [i, command] of COMMANDS.entries()) {
    const out = join(folder, String(i));
    const {status, stderr, seconds} = await runProgram([...command, "--out", out], {limitSeconds: 300});
    if (status !== 0) throw new Error(stderr);
    found.push({records: await recordsOf(out), seconds});
  }
  references = found;
  return () => rmSync(folder, {recursive: true, force: true});
}

/** Kills a study or a search twice at moments drawn, and lets it end. */
async function killStudy({index, random, folder}: Attempt): Promise<string | undefined> {
  const [command, reference] = [COMMANDS[index % COMMANDS.length]!, references[index % COMMANDS.length]!];
  const out = join(folder, "out");
  for (let kill = 0; kill < 2; ++kill) {
    const delay = 1000 * reference.seconds * (0.1 + 0.9 * random.uniform());
    await runProgram([...command, "--out", out], {
      limitSeconds: 300,
      meanwhile: (child) => void setTimeout(() => child.kill("SIGKILL"), delay),
    });
  }
  const last = await runProgram([...command, "--out", out], {limitSeconds: 300});
  if (last.status !== 0) return `it does not go on: status ${last.status}: ${last.stderr.slice(-400)}`;
  const left = readdirSync(out, {recursive: true, encoding: "utf8"}).filter((name) =>
    /\.(tmp|lock|new|over)$/.test(name),
  );
  if (left.length > 0) return `left behind: ${left.join(", ")}`;
  return (await recordsOf(out)) === reference.records ? undefined : "other records than undisturbed";
}

export const kinds: readonly Kind[] = [
  {
    name: "killed-writers",
    held: "nothing that was kept is lost, nothing is half written, no leftover stays",
    ...{count: 120, small: 3, seconds: 1200}, // two kills an attempt
    attempt: kill,
  },
  {
    name: "studies-killed",
    held: "a study or a search that is killed twice ends with the records of one that was not",
    ...{count: 24, small: 0, seconds: 3600, prepare: prepareReferences}, // two kills an attempt
    attempt: killStudy,
  },
];
