// A kernel whose key the attacker has: frames go to its shell as they are, and what it answers is heard.

import {type ChildProcess, spawn} from "node:child_process";
import {setTimeout as wait} from "node:timers/promises";
import {Dealer} from "zeromq";
import {kernelCommand, newConnection} from "../../src/notebook/client.js";
import {addressOf, type Json, newHeader, pack, unpack} from "../../src/notebook/wire.js";

export type KernelUnderAttack = {
  readonly key: string;
  readonly child: ChildProcess;
  /** Sends frames, whatever they are. */
  readonly send: (frames: readonly Buffer[]) => Promise<void>;
  /** The frames of a good message. */
  readonly message: (type: string, content: Json) => Buffer[];
  /** Sends a good message; the content of its reply, or undefined where none came in time. */
  readonly ask: (type: string, content: Json, seconds?: number) => Promise<Json | undefined>;
  readonly stop: () => void;
};

export async function startKernelUnderAttack(): Promise<KernelUnderAttack> {
  const connection = await newConnection();
  const {key} = connection;
  const child = spawn(process.execPath, [...kernelCommand, "-"], {stdio: ["pipe", "ignore", "ignore"]});
  child.stdin.end(JSON.stringify(connection));
  const shell = new Dealer({linger: 0});
  shell.connect(addressOf(connection, "shell"));
  const replies = new Map<string, (content: Json) => void>();
  void (async () => {
    for await (const frames of shell) {
      const reply = unpack(key, frames);
      if (reply) replies.get(reply.parent.msg_id ?? "")?.(reply.content);
    }
  })();
  const packed = (type: string, content: Json): {id: string; frames: Buffer[]} => {
    const header = newHeader(type, "attack");
    return {id: header.msg_id, frames: pack(key, {identities: [], header, parent: {}, metadata: {}, content})};
  };
  const ask: KernelUnderAttack["ask"] = async (type, content, seconds = 20) => {
    const {id, frames} = packed(type, content);
    const replied = new Promise<Json>((resolve) => replies.set(id, resolve));
    await shell.send(frames);
    return Promise.race([replied, wait(1000 * seconds, undefined, {ref: false})]);
  };
  if (!(await ask("kernel_info_request", {}, 60))) throw new Error("the kernel did not start");
  return {
    ...{key, child, ask},
    send: (frames) => shell.send([...frames]),
    message: (type, content) => packed(type, content).frames,
    stop() {
      shell.close();
      child.kill("SIGKILL");
    },
  };
}
