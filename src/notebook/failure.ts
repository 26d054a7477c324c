// What went wrong in a cell, as a Jupyter error: a name, a message, and a trace without the frames of the machinery.

import {format, inspect} from "node:util";

export type Failure = {readonly ename: string; readonly evalue: string; readonly traceback: readonly string[]};

const MACHINERY =
  /node_modules[\\/]tslab[\\/]|[\\/]notebook[\\/](kernel|session)\.js|node:vm:|node:internal|\(<anonymous>\)$/;

/**
 * Frames of the reader's own code and of the library. The cell's line numbers are the compiled code's, so they are left out;
 * the line itself, which Node puts above the error's name, stays.
 */
function cleanStack(stack: string): string[] {
  const lines = stack.split("\n").filter((line) => !/^evalmachine\.<anonymous>:\d+$/.test(line));
  return lines
    .filter((line) => !(/^\s+at /.test(line) && MACHINERY.test(line)))
    .map((line) => line.replace(/\(?(evalmachine\.)?<anonymous>:\d+:\d+\)?/g, "<cell>"))
    .filter((line, i, all) => line !== "    at <cell>" || all[i - 1] !== line);
}

function ofError(error: Error): Failure {
  const head = `${error.name}: ${error.message}`;
  if (error.name === "InputError") return {ename: error.name, evalue: error.message, traceback: [head]}; // says it all
  const traceback = cleanStack(error.stack ?? head);
  if (error.cause !== undefined) {
    const cause =
      error.cause instanceof Error ? cleanStack(error.cause.stack ?? String(error.cause)) : [inspect(error.cause)];
    traceback.push(`caused by ${cause[0]}`, ...cause.slice(1));
  }
  return {ename: error.name, evalue: error.message, traceback};
}

/** tslab's diagnostic: "line:column - text", with the line of code and a mark under the column. */
function ofDiagnostics(texts: readonly string[], code: string): Failure {
  const lines = code.split("\n");
  const traceback = texts.flatMap((text) => {
    const [, line, column, message] = /^(\d+):(\d+) - ([^]*)$/.exec(text) ?? [];
    const source = lines[Number(line) - 1];
    if (message === undefined || source === undefined) return [text];
    return [`line ${line}: ${message}`, `    ${source}`, `    ${" ".repeat(Number(column) - 1)}^`];
  });
  return {ename: "TypeScriptError", evalue: traceback[0] ?? "", traceback};
}

const INTERRUPTED: Failure = {
  ename: "Interrupted",
  evalue: "the cell was interrupted",
  traceback: ["Interrupted: the cell was interrupted"],
};

/** The failure that the executor reported: `calls` holds the arguments of each of its calls to `error`. */
export function failureOf(calls: readonly (readonly unknown[])[], code: string, interrupted: boolean): Failure {
  const thrown = calls.find((args) => args.length === 1)?.[0];
  const stopped = (thrown as {code?: unknown} | undefined)?.code === "ERR_SCRIPT_EXECUTION_INTERRUPTED";
  if (interrupted || stopped) return INTERRUPTED;
  if (thrown instanceof Error || Object.prototype.toString.call(thrown) === "[object Error]")
    return ofError(thrown as Error);
  const texts = calls.filter((args) => args.length > 1).map((args) => format(...args));
  if (texts.length > 0) return ofDiagnostics(texts, code);
  return {ename: "Thrown", evalue: inspect(thrown), traceback: [`Thrown: ${inspect(thrown)}`]};
}
