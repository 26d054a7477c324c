// What a failed command prints, and the exit status it leaves.
//
//   0  done      1  failed      2  the user's input was wrong      130, 143  interrupted by SIGINT, SIGTERM

import {CommanderError} from "commander";
import {InputError} from "../check.js";
import {MissingError} from "../native/needs.js";
import {interruption} from "./interrupt.js";

export type Failure = {readonly status: number; readonly text: string};

/** The one place that turns an error into a message and a status. */
export function failureOf(error: unknown, debug = Boolean(process.env.SPIKEBOOK_DEBUG)): Failure {
  if (error instanceof CommanderError) return {status: error.exitCode === 0 ? 0 : 2, text: ""};
  if (!(error instanceof Error)) return {status: 1, text: String(error)};
  if (error.name === "AbortError") return interruption();
  if (error.message.startsWith("interrupted")) return {...interruption(), text: error.message};
  if (debug) return {status: error instanceof InputError ? 2 : 1, text: error.stack ?? error.message};
  if (error instanceof InputError) return {status: 2, text: error.message};
  if (error instanceof MissingError) return {status: 1, text: error.message};
  return {status: 1, text: `${error.message}\n(SPIKEBOOK_DEBUG=1 shows where this happened)`};
}
