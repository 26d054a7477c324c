// One way to damage a file's bytes, drawn.

import type {Random} from "../../src/random.js";

const NUMBERS = [0, 1, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xf0000000, 0xffffffff];

/** A copy with flipped bits, other lengths and numbers in it, a part away, doubled or zero, or cut. */
export function mutated(bytes: Uint8Array, random: Random): Buffer {
  let copy = Buffer.from(bytes);
  for (let times = 1 + random.integer(3); times > 0 && copy.length > 4; --times) {
    const at = random.integer(copy.length - 4);
    const length = 1 + random.integer(Math.min(64, copy.length - at));
    switch (random.integer(8)) {
      case 0:
        return copy.subarray(0, random.integer(copy.length));
      case 1:
        copy.writeUInt32LE(random.choice(NUMBERS), at);
        break;
      case 2:
        copy.writeUInt32BE(random.choice(NUMBERS), at);
        break;
      case 3:
        copy.fill(0, at, at + length);
        break;
      case 4:
        copy = Buffer.concat([copy.subarray(0, at), copy.subarray(at + length)]);
        break;
      case 5:
        copy = Buffer.concat([copy.subarray(0, at + length), copy.subarray(at)]);
        break;
      default:
        copy[at]! ^= 1 << random.integer(8);
    }
  }
  return copy;
}
