// The questions a notebook asks beside running code, each answered from the session: who are you, is this code complete, what
// could stand here, what is this, what ran before.

import {packageVersion} from "../root.js";
import type {Session} from "./session.js";
import {isCompleteCode, printQuickInfo, typescriptVersion} from "./tslab.js";
import type {Json} from "./wire.js";

/** Jupyter counts characters (code points), JavaScript UTF-16 units. */
const unitsOf = (code: string, characters: number): number => [...code].slice(0, characters).join("").length;
const charactersOf = (code: string, units: number): number => [...code.slice(0, units)].length;

type Ask = {code: string; cursor_pos: number};

export const LANGUAGE = {
  name: "typescript",
  version: typescriptVersion,
  mimetype: "text/typescript",
  file_extension: ".ts",
  pygments_lexer: "typescript",
  codemirror_mode: {name: "javascript", mode: "typescript", typescript: true},
};

function kernelInfo(): Json {
  return {
    status: "ok",
    protocol_version: "5.3",
    implementation: "spikebook",
    implementation_version: packageVersion,
    language_info: LANGUAGE,
    banner: `spikebook ${packageVersion}: TypeScript ${typescriptVersion} on Node ${process.versions.node}`,
  };
}

function isComplete(_: Session, {code}: Ask): Json {
  const {completed, indent = ""} = isCompleteCode(code);
  return completed ? {status: "complete"} : {status: "incomplete", indent};
}

function complete({executor}: Session, {code, cursor_pos: position}: Ask): Json {
  const {start, end, candidates} = executor.complete(code, unitsOf(code, position));
  return {
    status: "ok",
    matches: candidates,
    cursor_start: charactersOf(code, start),
    cursor_end: charactersOf(code, end),
    metadata: {},
  };
}

function inspect({executor}: Session, {code, cursor_pos: position}: Ask): Json {
  const info = executor.inspect(code, unitsOf(code, position));
  return {status: "ok", found: Boolean(info), data: info ? {"text/plain": printQuickInfo(info)} : {}, metadata: {}};
}

/** Lines that ran in this session; `tail`, `range` and `search` (with * and ?) as the protocol defines them. */
function history({history: codes}: Session, content: Json): Json {
  const {
    hist_access_type: access,
    n = codes.length,
    start = 1,
    stop = codes.length + 1,
    pattern = "*",
  } = content as {
    hist_access_type?: string;
    n?: number;
    start?: number;
    stop?: number;
    pattern?: string;
  };
  let lines: [session: number, line: number, code: string][] = codes.map((code, i) => [0, i + 1, code]);
  if (access === "range") lines = lines.filter(([, line]) => line >= start && line < stop);
  if (access === "search") {
    const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
    const glob = new RegExp(`^${escaped.replaceAll("*", "[^]*").replaceAll("?", "[^]")}$`);
    lines = lines.filter(([, , code]) => glob.test(code));
  }
  return {status: "ok", history: access === "range" ? lines : lines.slice(-Math.max(1, n))};
}

const ANSWERS: Readonly<Record<string, (session: Session, content: never) => Json>> = {
  kernel_info: kernelInfo,
  is_complete: isComplete,
  complete,
  inspect,
  history,
  comm_info: () => ({status: "ok", comms: {}}),
  interrupt: (session: Session) => {
    session.interrupt();
    return {status: "ok"};
  },
};

/** The content of the reply to `type` ("complete_request"), or undefined when it is no question known here. */
export function answer(session: Session, type: string, content: Json): Json | undefined {
  const name = type.replace(/_request$/, "");
  const ask = Object.hasOwn(ANSWERS, name) ? ANSWERS[name] : undefined;
  if (!ask || !type.endsWith("_request")) return undefined;
  try {
    return ask(session, content as never);
  } catch (error) {
    const {name, message} = error as Error; // half-written code can surprise the compiler
    return {status: "error", ename: name, evalue: message, traceback: [message]};
  }
}
