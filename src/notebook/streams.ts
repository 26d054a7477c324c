// What a cell prints, gathered: one message for every 50 ms instead of one for every line. Frontends drop messages that come
// by the thousand, and a notebook should hold one output for one stream.

import {StringDecoder} from "node:string_decoder";

export type StreamName = "stdout" | "stderr";

const GATHER_MS = 50;
const LARGE = 65536; // characters

/** Advertisements that libraries print when they are loaded. */
const BANNERS = /^\n?=+\nHi, looks like you are running TensorFlow\.js in Node\.js[^]*?\n=+\n?/;

export type Gatherer = {
  readonly write: (name: StreamName, text: string) => void;
  /** Sends what was gathered. To be called before anything that must come after it. */
  readonly flush: () => void;
};

/** Gathers text and gives it on in order; a change of stream gives on what the other one gathered. */
export function createGatherer(give: (name: StreamName, text: string) => void): Gatherer {
  let gathered = "";
  let from: StreamName = "stdout";
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const text = gathered;
    gathered = "";
    if (text !== "") give(from, text);
  };
  const write = (name: StreamName, text: string): void => {
    if (name !== from) flush();
    from = name;
    gathered += text;
    if (gathered.length > LARGE) flush();
    else timer ??= setTimeout(flush, GATHER_MS);
  };
  return {write, flush};
}

/** Sends everything that this process prints to `write`. */
export function capture(write: (name: StreamName, text: string) => void): void {
  for (const name of ["stdout", "stderr"] as const) {
    const decoder = new StringDecoder("utf8");
    process[name].write = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
      const text = typeof chunk === "string" ? chunk : decoder.write(Buffer.from(chunk));
      const wanted = text.replace(BANNERS, "");
      if (wanted !== "") write(name, wanted);
      const callback = typeof encoding === "function" ? encoding : done;
      if (typeof callback === "function") (callback as () => void)();
      return true;
    };
  }
}
