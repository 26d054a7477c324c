// Forged messages, signed and unsigned: the wire gives on what is a message and nothing else, and a kernel that gets them by the
// dozen runs nothing twice and goes on answering.

import {createHmac} from "node:crypto";
import type {Random} from "../../../src/random.js";
import {type KernelUnderAttack, startKernelUnderAttack} from "../kernelUnderAttack.js";
import {newHeader, pack, unpack} from "../../../src/notebook/wire.js";
import type {Kind} from "../kind.js";

const KEY = "the key";

const good = (): Buffer[] =>
  pack(KEY, {
    identities: [Buffer.from("router")],
    header: newHeader("execute_request", "session"),
    parent: {},
    metadata: {},
    content: {code: "1 + 1"},
  });

const NO_MESSAGE = ["", "{", "null", "7", "[]", '"text"', "{}", '{"msg_id":7,"msg_type":"execute_request"}', "\u0000"];

/** The parts after the signature, signed as a client would that has the key. */
const signed = (parts: readonly Buffer[], key: string): Buffer[] => [
  Buffer.from("<IDS|MSG>"),
  Buffer.from(createHmac("sha256", key).update(Buffer.concat(parts)).digest("hex")),
  ...parts,
];

/** One way to spoil a message, drawn. */
function spoilt(random: Random, whole: readonly Buffer[] = good(), key = KEY): Buffer[] {
  const frames = [...whole];
  const at = frames.findIndex((frame) => String(frame) === "<IDS|MSG>");
  const [header, ...rest] = frames.slice(at + 2) as [Buffer, ...Buffer[]];
  switch (random.integer(5)) {
    case 0: // a byte of what is signed or of the signature itself
      frames[at + 1 + random.integer(frames.length - at - 1)] = Buffer.from("{} ");
      return frames;
    case 1:
      return frames.slice(0, random.integer(frames.length));
    case 2:
      return Array.from({length: random.integer(8)}, () =>
        Buffer.from(Array.from({length: random.integer(40)}, () => random.integer(256))),
      );
    case 3:
      return signed([Buffer.from(random.choice(NO_MESSAGE)), ...rest], key);
    default: {
      const place = 1 + random.integer(3);
      const parts = [header, ...rest].map((part, i) =>
        i === place ? Buffer.from(random.choice(NO_MESSAGE.slice(0, 6))) : part,
      );
      return signed(parts, key);
    }
  }
}

/** Types and contents that are signed and mean nothing. */
const TYPES = ["", "_request", "constructor_request", "__proto___request", "toString_request", "execute_reply", "complete_request", "inspect_request", "history_request", "is_complete_request", "interrupt_request"]; // prettier-ignore
const CONTENTS = [{}, {code: 7}, {code: null, cursor_pos: -1}, {code: "a".repeat(9), cursor_pos: 1e9}, {hist_access_type: "search", pattern: 7}, {n: "x"}]; // prettier-ignore

let kernel: KernelUnderAttack;

/** Counts how often a cell ran that is sent once and recorded, among other forged messages. */
async function replayed(random: Random, index: number): Promise<string | undefined> {
  const name = `count${index}`;
  const cell = kernel.message("execute_request", {code: `globalThis.${name} = (globalThis.${name} ?? 0) + 1`});
  await kernel.send(cell);
  for (let i = 0; i < 8; ++i)
    await kernel.send(
      random.integer(2)
        ? cell
        : random.integer(2)
          ? spoilt(random, kernel.message("execute_request", {code: `globalThis.${name} = 99`}), kernel.key)
          : kernel.message(random.choice(TYPES), random.choice(CONTENTS)),
    );
  await kernel.send(cell);
  const code = `if (globalThis.${name} !== 1) throw new Error("ran " + globalThis.${name} + " times")`;
  const reply = await kernel.ask("execute_request", {code});
  if (!reply) return `no answer any more; the kernel ${kernel.child.exitCode === null ? "lives" : "died"}`;
  return reply.status === "ok" ? undefined : `the recorded cell ${String(reply.evalue)}`;
}

export const kinds: readonly Kind[] = [
  {
    name: "kernel-frames",
    held: "frames that are no signed message are dropped",
    ...{count: 5000, small: 500, seconds: 300},
    attempt: ({random}) => {
      if (!unpack(KEY, good())) return "a good message was refused";
      const frames = spoilt(random);
      const found = unpack(KEY, frames);
      return found && `taken for a message: ${JSON.stringify(frames.map(String))}`;
    },
  },
  {
    name: "kernel-messages",
    held: "a kernel that gets forged and replayed messages runs none twice and answers",
    ...{count: 300, small: 5, seconds: 900},
    prepare: async () => {
      kernel = await startKernelUnderAttack();
      return kernel.stop;
    },
    attempt: ({random, index}) => replayed(random, index),
  },
];
