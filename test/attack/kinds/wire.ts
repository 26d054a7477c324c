// Frames that are no message of Jupyter's, signed and unsigned: the wire gives none of them on, and throws at none.

import {createHmac} from "node:crypto";
import type {Random} from "../../../src/random.js";
import {newHeader, pack, unpack} from "../../../src/notebook/wire.js";
import type {Kind} from "../kind.js";

const KEY = "the key";

const message = (): Buffer[] =>
  pack(KEY, {
    identities: [Buffer.from("router")],
    header: newHeader("execute_request", "session"),
    parent: {},
    metadata: {},
    content: {code: "1 + 1"},
  });

const NO_MESSAGE = ["", "{", "null", "7", "[]", '"text"', "{}", '{"msg_id":7,"msg_type":"execute_request"}', "\u0000"];

/** The parts after the signature, signed as a client would that has the key. */
const signed = (parts: readonly Buffer[]): Buffer[] => [
  Buffer.from("<IDS|MSG>"),
  Buffer.from(createHmac("sha256", KEY).update(Buffer.concat(parts)).digest("hex")),
  ...parts,
];

/** One way to spoil a message, drawn. */
function spoilt(random: Random): Buffer[] {
  const frames = message();
  const [, , , header, ...rest] = frames as [Buffer, Buffer, Buffer, Buffer, ...Buffer[]];
  switch (random.integer(5)) {
    case 0: // a byte of what is signed or of the signature itself
      frames[2 + random.integer(frames.length - 2)] = Buffer.from("{} ");
      return frames;
    case 1:
      return frames.slice(0, random.integer(frames.length));
    case 2:
      return Array.from({length: random.integer(8)}, () =>
        Buffer.from(Array.from({length: random.integer(40)}, () => random.integer(256))),
      );
    case 3:
      return signed([Buffer.from(random.choice(NO_MESSAGE)), ...rest]);
    default: {
      const at = random.integer(3);
      const parts = [header, ...rest].map((part, i) =>
        i === at + 1 ? Buffer.from(random.choice(NO_MESSAGE.slice(0, 6))) : part,
      );
      return signed(parts);
    }
  }
}

export const kinds: readonly Kind[] = [
  {
    name: "kernel-frames",
    held: "frames that are no signed message are dropped",
    ...{count: 5000, small: 500, seconds: 30},
    attempt: ({random}) => {
      if (!unpack(KEY, message())) return "a good message was refused";
      const frames = spoilt(random);
      const found = unpack(KEY, frames);
      return found && `taken for a message: ${JSON.stringify(frames.map(String))}`;
    },
  },
];
