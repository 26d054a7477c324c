// The other end of the wire: starts a kernel as a child process and runs code in it.

import {type ChildProcess, spawn} from "node:child_process";
import {once} from "node:events";
import {randomBytes, randomUUID} from "node:crypto";
import {createServer} from "node:net";
import {setTimeout as wait} from "node:timers/promises";
import {fileURLToPath} from "node:url";
import {Dealer, Subscriber} from "zeromq";
import {type Connection, type Json, type Message, addressOf, createSender, newHeader, pack, unpack} from "./wire.js";

/** How the kernel is started: by Node, without its warning that `require` of an ES module is new. */
export const kernelCommand: readonly string[] = [
  "--disable-warning=ExperimentalWarning",
  fileURLToPath(new URL("kernel.js", import.meta.url)),
  "--config-path",
];

/** What the kernel sends while code runs: ("stream", {name, text}). */
export type OnMessage = (type: string, content: Json) => void;

export type KernelClient = {
  readonly pid: number;
  /** Reply to kernel_info_request. */
  readonly info: Json;
  /** Runs code and returns the content of the reply. Rejects when the kernel dies. */
  readonly execute: (code: string, onMessage: OnMessage, options?: {stopOnError?: boolean}) => Promise<Json>;
  /** Any other question on the shell channel. */
  readonly ask: (type: string, content: Json) => Promise<Json>;
  readonly interrupt: () => void;
  readonly kill: () => void;
  /** Ends the kernel, by force after two seconds. */
  readonly stop: () => Promise<void>;
};

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({length: count}, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as {port: number}).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}

/** Where a kernel that is about to be started shall listen. */
export async function newConnection(): Promise<Connection> {
  const [shell, iopub, stdin, control, hb] = (await freePorts(5)) as [number, number, number, number, number];
  return {
    ...{transport: "tcp", ip: "127.0.0.1", key: randomBytes(16).toString("hex"), signature_scheme: "hmac-sha256"},
    ...{shell_port: shell, iopub_port: iopub, stdin_port: stdin, control_port: control, hb_port: hb},
  };
}

/** Rejects when the process ends, with its last words. */
async function death(child: ChildProcess): Promise<never> {
  let words = "";
  child.stderr!.on("data", (data: Buffer) => (words = (words + String(data)).slice(-2000)));
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  await Promise.race([once(child.stderr!, "close"), wait(200)]);
  const last = words.trim().split("\n").slice(-3).join(" | ");
  const how = signal ? `killed by ${signal}` : `exit code ${code}`;
  throw Object.assign(new Error(`the kernel died (${how})${last && `: ${last}`}`), {name: "KernelDied"});
}

type Waiter = {onMessage: OnMessage; onReply: (content: Json) => void; onIdle: () => void};

export type KernelOptions = {
  /** Added to the kernel's environment. */
  readonly env?: NodeJS.ProcessEnv;
  /** Gives the start up. */
  readonly signal?: AbortSignal | undefined;
};

/** Starts a kernel and waits until it answers, for two minutes at most. */
export async function startKernel({env = {}, signal}: KernelOptions = {}): Promise<KernelClient> {
  signal?.throwIfAborted();
  const connection = await newConnection();
  const child = spawn(process.execPath, [...kernelCommand, "-"], {
    env: {...process.env, ...env},
    stdio: ["pipe", "ignore", "pipe"],
    detached: true, // Ctrl-C in a terminal reaches the runner alone, which decides
  });
  child.stdin.on("error", () => {}); // it died before it could read: `dead` says how
  child.stdin.end(JSON.stringify(connection));
  const dead = death(child);
  dead.catch(() => {});

  const shell = new Dealer({linger: 0});
  const iopub = new Subscriber({linger: 0, receiveHighWaterMark: 0}); // drop nothing
  iopub.subscribe();
  shell.connect(addressOf(connection, "shell"));
  iopub.connect(addressOf(connection, "iopub"));
  const sender = createSender(shell);
  const session = randomUUID();
  const waiters = new Map<string, Waiter>();

  const receive = async (
    socket: Dealer | Subscriber,
    take: (waiter: Waiter, message: Message) => void,
  ): Promise<void> => {
    for await (const frames of socket) {
      const message = unpack(connection.key, frames);
      const waiter = waiters.get(message?.parent.msg_id ?? "");
      if (message && waiter) take(waiter, message);
    }
  };
  void receive(shell, (waiter, {content}) => waiter.onReply(content));
  void receive(iopub, (waiter, {header, content}) => {
    if (header.msg_type !== "status") waiter.onMessage(header.msg_type, content);
    else if (content.execution_state === "idle") waiter.onIdle();
  });

  async function request(type: string, content: Json, onMessage: OnMessage = () => {}): Promise<Json> {
    const header = newHeader(type, session);
    const replied = new Promise<[Json, void]>((resolve) => {
      const waiter = {onMessage} as Waiter;
      waiters.set(header.msg_id, waiter);
      const reply = new Promise<Json>((done) => (waiter.onReply = done));
      const idle = new Promise<void>((done) => (waiter.onIdle = done)); // all output is here when the kernel is idle
      resolve(Promise.all([reply, idle]));
    });
    sender.send(pack(connection.key, {identities: [], header, parent: {}, metadata: {}, content}));
    try {
      return (await Promise.race([replied, dead]))[0];
    } finally {
      waiters.delete(header.msg_id);
    }
  }

  const kill = (): void => void child.kill("SIGKILL");
  async function stop(): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) {
      void request("shutdown_request", {restart: false}).catch(() => {});
      const timer = setTimeout(kill, 2000);
      await dead.catch(() => {});
      clearTimeout(timer);
    }
    shell.close();
    iopub.close();
  }

  /** Asks until the answer is seen on iopub too: a subscriber misses what is sent while it connects. */
  async function greet(): Promise<Json> {
    for (let patience = 0; patience < 300; ++patience) {
      const info = await Promise.race([request("kernel_info_request", {}), wait(400)]);
      if (info) return info;
    }
    throw new Error("the kernel did not answer within two minutes");
  }

  signal?.addEventListener("abort", kill);
  try {
    const info = await greet();
    return {
      ...{pid: child.pid!, info, kill, stop, ask: request},
      interrupt: () => void child.kill("SIGINT"),
      execute: (code, onMessage, {stopOnError = true} = {}) =>
        request(
          "execute_request",
          {
            ...{code, silent: false, store_history: true, user_expressions: {}},
            allow_stdin: false,
            stop_on_error: stopOnError,
          },
          onMessage,
        ),
    };
  } catch (error) {
    kill();
    await stop();
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", kill);
  }
}
