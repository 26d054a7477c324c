// The one way of what this program prints: whatever a command writes, no text that came out of a file acts on the terminal.

import {printable} from "../printable.js";

/** What the program itself sends: back to the start of the line, which may be cleared; only where a piece of output begins. */
const REWRITES = /^\r(?:\u001b\[K)?/; // eslint-disable-line no-control-regex

/** A piece of output as it is sent: escape sequences in it are shown, and a line end may be \r\n. */
export function sent(text: string): string {
  const [own = ""] = REWRITES.exec(text) ?? [];
  return own + text.slice(own.length).split("\r\n").map(printable).join("\r\n");
}

/** From now on all that is written to a stream as text is sent in this way. */
export function guardTerminal(stream: NodeJS.WriteStream): void {
  const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
  stream.write = (chunk: unknown, ...rest: unknown[]): boolean =>
    write(typeof chunk === "string" ? sent(chunk) : chunk, ...rest);
}
