// The Jupyter kernel: TypeScript cells, run by tslab's compiler, over ZeroMQ.
//
//   node build/src/notebook/kernel.js --config-path connection.json
//   node build/src/notebook/kernel.js --config-path -               reads the same from its input, so that no file holds the key
//
// It works in the project's folder, so that a relative path in a cell means what it means on the command line.

import {readFileSync} from "node:fs";
import {text} from "node:stream/consumers";
import {Worker} from "node:worker_threads";
import {Publisher, Reply, Router} from "zeromq";
import {packageRoot} from "../root.js";
import {answer} from "./requests.js";
import {createSession} from "./session.js";
import {
  type Channel,
  type Connection,
  type Message,
  addressOf,
  createReceiver,
  createSender,
  newHeader,
  pack,
} from "./wire.js";

/** Ends this process when its parent is gone, even while a loop keeps it busy: a kernel without a client serves nobody. */
function followParent(): void {
  const watch = `
    const {workerData} = require("node:worker_threads");
    setInterval(() => { if (process.ppid !== workerData) process.kill(process.pid, "SIGKILL"); }, 1000);`;
  new Worker(watch, {eval: true, workerData: process.ppid}).unref();
}

async function serve(connection: Connection): Promise<void> {
  const options = {linger: 2000, sendHighWaterMark: 0};
  const sockets = {
    iopub: new Publisher(options),
    shell: new Router(options),
    control: new Router(options),
    stdin: new Router(options),
    hb: new Reply({linger: 0}),
  };
  const {shell, control} = sockets;
  const senders = {iopub: createSender(sockets.iopub), shell: createSender(shell), control: createSender(control)};

  const publish = (type: string, content: Message["content"], parent: Message): void => {
    const header = newHeader(type, parent.header.session);
    const identities = [Buffer.from(type)]; // the topic
    senders.iopub.send(pack(connection.key, {identities, header, parent: parent.header, metadata: {}, content}));
  };
  const reply = (channel: "shell" | "control", content: Message["content"], parent: Message): void => {
    const header = newHeader(parent.header.msg_type.replace(/_request$/, "_reply"), parent.header.session);
    const {identities} = parent;
    senders[channel].send(pack(connection.key, {identities, header, parent: parent.header, metadata: {}, content}));
  };
  const session = createSession(process.cwd(), publish);

  let running: Message | undefined;
  async function execute(message: Message): Promise<void> {
    const content = await session.execute(message, () => {
      running = message;
      publish("status", {execution_state: "busy"}, message);
    });
    running = undefined;
    reply("shell", content, message);
    publish("status", {execution_state: "idle"}, message);
  }

  async function shutdown(channel: "shell" | "control", message: Message): Promise<never> {
    session.flush();
    reply(channel, {status: "ok", restart: message.content.restart === true}, message);
    publish("status", {execution_state: "idle"}, message);
    await Promise.all(Object.values(senders).map((sender) => sender.drained()));
    for (const socket of Object.values(sockets)) socket.close();
    process.exit(0);
  }

  function handle(channel: "shell" | "control", message: Message): void {
    const type = message.header.msg_type;
    if (type === "execute_request") return void execute(message);
    publish("status", {execution_state: "busy"}, message);
    if (type === "shutdown_request") return void shutdown(channel, message);
    const content = answer(session, type, message.content);
    if (content) reply(channel, content, message);
    publish("status", {execution_state: "idle"}, message);
    if (running) publish("status", {execution_state: "busy"}, running); // a cell goes on meanwhile
  }

  const receive = createReceiver(connection.key); // of both channels: a message is for one of them
  const listen = async (channel: "shell" | "control"): Promise<void> => {
    for await (const frames of sockets[channel]) {
      const message = receive(frames);
      try {
        if (message) handle(channel, message);
      } catch (error) {
        session.unhandled(error); // one message that cannot be answered; those after it can
      }
    }
  };
  const beat = async (): Promise<void> => {
    for await (const frames of sockets.hb) await sockets.hb.send(frames);
  };

  const channels = Object.keys(sockets) as Channel[];
  await Promise.all(channels.map((channel) => sockets[channel].bind(addressOf(connection, channel))));
  process.on("SIGINT", session.interrupt);
  process.on("uncaughtException", (error) => session.unhandled(error));
  process.on("unhandledRejection", (reason, promise) => session.unhandled(reason, promise));
  process.on("rejectionHandled", (promise) => session.handled(promise));
  await Promise.all([listen("shell"), listen("control"), beat()]);
}

const file = process.argv[process.argv.indexOf("--config-path") + 1]!;
const connection = JSON.parse(file === "-" ? await text(process.stdin) : readFileSync(file, "utf8")) as Connection;
followParent();
process.chdir(packageRoot);
await serve(connection);
