// A process that takes a lock when it is told to, at a moment that several are told: the contenders of lock-test.ts.

import {type Lock, takeLock} from "../../src/disk/lock.js";

export type Order = {readonly take: string; readonly at: number} | "release";
export type Answer = {readonly held: boolean; readonly message: string};

let lock: Lock | undefined;

function take(path: string, at: number): Answer {
  while (Date.now() < at); // all at once, as nearly as can be
  try {
    lock = takeLock(path, "the study");
    return {held: true, message: ""};
  } catch (error) {
    return {held: false, message: (error as Error).message};
  }
}

process.on("message", (order: Order) => {
  if (order === "release") {
    lock?.release();
    lock = undefined;
    process.send!({held: false, message: "released"} satisfies Answer);
  } else process.send!(take(order.take, order.at));
});
process.on("disconnect", () => process.exit());
