// What building native TensorFlow needs from the machine, and the command that supplies each piece that is missing.

import {existsSync, readFileSync, statfsSync} from "node:fs";
import {dirname, join} from "node:path";
import {findProgram, runCommand} from "./command.js";

/** Families of systems, by how they install a program. */
export type System = "debian" | "fedora" | "macos" | "other";

/** The machine lacks something that its owner can supply; the message says how. */
export class MissingError extends Error {
  override name = "MissingError";
}

export type Missing = {readonly what: string; readonly supply: string};

type Piece = Readonly<Record<Exclude<System, "other">, string>>;

const PIECES = {
  python: {debian: "apt-get install python3 python3-venv", fedora: "dnf install python3", macos: "brew install python"},
  venv: {debian: "apt-get install python3-venv", fedora: "dnf install python3", macos: "brew install python"},
  compiler: {debian: "apt-get install g++", fedora: "dnf install gcc-c++", macos: "xcode-select --install"},
  make: {debian: "apt-get install make", fedora: "dnf install make", macos: "xcode-select --install"},
  headers: {debian: "apt-get install libnode-dev", fedora: "dnf install nodejs-devel", macos: "brew install node"},
} as const satisfies Record<string, Piece>;

/** The family of this machine, from the text of /etc/os-release. */
export function systemOf(platform: string, release: string): System {
  if (platform === "darwin") return "macos";
  const ids = [...release.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)"?$/gm)].map(([, ids]) => ids).join(" ");
  if (/\b(debian|ubuntu)\b/.test(ids)) return "debian";
  return /\b(fedora|rhel|centos)\b/.test(ids) ? "fedora" : "other";
}

const osRelease = "/etc/os-release";

/** The family of the machine that this runs on. */
export const thisSystem = (): System =>
  systemOf(process.platform, existsSync(osRelease) ? readFileSync(osRelease, "utf8") : "");

/** The command that supplies a piece; on an unknown system, one for each known family. */
export function supplyOf(piece: keyof typeof PIECES, system: System = thisSystem()): string {
  const {debian, fedora, macos} = PIECES[piece];
  return system === "other" ? `Debian, Ubuntu: ${debian}; Fedora: ${fedora}; macOS: ${macos}` : PIECES[piece][system];
}

/** The folder whose include/node holds the headers of this very Node; undefined where node-gyp has to download them. */
export function headersFolder(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const [major, minor, patch] = process.versions.node.split(".");
  const wanted = {MAJOR: major, MINOR: minor, PATCH: patch};
  return [env.npm_config_nodedir, dirname(dirname(process.execPath)), "/usr/local", "/usr"].find((folder) => {
    const file = folder && join(folder, "include", "node", "node_version.h");
    if (!file || !existsSync(file)) return false;
    const text = readFileSync(file, "utf8");
    return Object.entries(wanted).every(([part, n]) => new RegExp(`NODE_${part}_VERSION ${n}\\b`).test(text));
  });
}

/** Bytes free for this user on the disk that holds `folder`. */
export function freeBytes(folder: string): number {
  const {bavail, bsize} = statfsSync(folder);
  return bavail * bsize;
}

export type NeedsOptions = {
  readonly root: string;
  /** The Python that the caller named, or undefined to look for python3. */
  readonly python: string | undefined;
  /** A virtual environment will be made. */
  readonly venv: boolean;
  /** Bytes that the installation takes. */
  readonly bytes: number;
  readonly path?: string;
  readonly system?: System;
};

/** Throws MissingError unless everything is there. */
export async function checkNeeds(options: NeedsOptions): Promise<void> {
  const missing = await missingPieces(options);
  if (missing.length === 0) return;
  const lines = missing.map(({what, supply}) => `  ${what}; supply it with: ${supply}`);
  throw new MissingError(["native TensorFlow cannot be built here; missing:", ...lines].join("\n"));
}

/** Everything that is missing, all at once, so that one command line can supply it. */
export async function missingPieces(options: NeedsOptions): Promise<Missing[]> {
  const {root, venv, bytes, path = process.env.PATH ?? "", system = thisSystem()} = options;
  const missing: Missing[] = [];
  const lack = (what: string, piece: keyof typeof PIECES): void =>
    void missing.push({what, supply: supplyOf(piece, system)});
  const python = findProgram(options.python ?? "python3", path);
  if (!python) lack("Python 3 (python3)", "python");
  else if (venv)
    await runCommand(python, ["-c", "import ensurepip, venv"]).catch(() => lack("Python's venv module", "venv"));
  if (!["c++", "g++", "clang++", process.env.CXX].some((name) => name && findProgram(name, path)))
    lack("a C++ compiler (g++)", "compiler");
  if (!findProgram("make", path)) lack("make", "make");
  if (!findProgram("npm", path)) missing.push({what: "npm", supply: "install Node with npm"});
  const free = freeBytes(root);
  if (free < bytes)
    missing.push({
      what: `disk space: ${gigabytes(free)} free in ${root}, ${gigabytes(bytes)} needed`,
      supply: "free some, or move the project to a larger disk",
    });
  return missing;
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
