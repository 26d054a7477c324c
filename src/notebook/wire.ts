// Jupyter's messages over ZeroMQ (messaging protocol 5.3): the identities of the receivers, a delimiter, the HMAC-SHA256 of
// what follows, then header, parent header, metadata and content as JSON.

import {createHmac, randomUUID, timingSafeEqual} from "node:crypto";

export type Json = Record<string, unknown>;
export type Header = {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly version: string;
};
export type Message = {
  readonly identities: readonly Buffer[];
  readonly header: Header;
  readonly parent: Partial<Header>;
  readonly metadata: Json;
  readonly content: Json;
};

/** The file by which a client tells a kernel where to listen. */
export type Connection = {
  readonly transport: string;
  readonly ip: string;
  readonly key: string;
  readonly signature_scheme: string;
  readonly shell_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly control_port: number;
  readonly hb_port: number;
};
export type Channel = "shell" | "iopub" | "stdin" | "control" | "hb";

export const addressOf = (connection: Connection, channel: Channel): string =>
  `${connection.transport}://${connection.ip}:${connection[`${channel}_port`]}`;

const DELIMITER = Buffer.from("<IDS|MSG>");

const sign = (key: string, parts: readonly Buffer[]): string =>
  key === "" ? "" : createHmac("sha256", key).update(Buffer.concat(parts)).digest("hex");

export function newHeader(type: string, session: string): Header {
  const date = new Date().toISOString();
  return {msg_id: randomUUID(), msg_type: type, session, username: "spikebook", date, version: "5.3"};
}

/** The frames of a message. */
export function pack(key: string, {identities, header, parent, metadata, content}: Message): Buffer[] {
  const parts = [header, parent, metadata, content].map((part) => Buffer.from(JSON.stringify(part)));
  return [...identities, DELIMITER, Buffer.from(sign(key, parts)), ...parts];
}

const isRecord = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A part of a message as JSON; undefined where it is no object. */
function parsed(part: Buffer): Json | undefined {
  try {
    const value: unknown = JSON.parse(String(part));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isSigned = (key: string, signature: Buffer, parts: readonly Buffer[]): boolean => {
  const expected = Buffer.from(sign(key, parts));
  return expected.length === signature.length && timingSafeEqual(expected, signature);
};

/** The message in frames; undefined where they are none, the signature is wrong, or what was signed is no message. */
export function unpack(key: string, frames: readonly Buffer[]): Message | undefined {
  const at = frames.findIndex((frame) => frame.equals(DELIMITER));
  const signed = frames.slice(at + 2);
  if (at < 0 || signed.length < 4 || !isSigned(key, frames[at + 1]!, signed)) return undefined;
  const [header, parent, metadata, content] = signed.slice(0, 4).map(parsed);
  if (!header || !parent || !metadata || !content) return undefined;
  if (typeof header.msg_id !== "string" || typeof header.msg_type !== "string") return undefined;
  return {identities: frames.slice(0, at), header: header as Header, parent, metadata, content};
}

/** Signatures that a receiver remembers. */
const REMEMBERED = 65536;

/** Unpacks messages, each once: what was recorded and is sent again has a signature that was seen. */
export function createReceiver(key: string): (frames: readonly Buffer[]) => Message | undefined {
  const seen = new Set<string>();
  return (frames) => {
    const message = unpack(key, frames);
    if (!message || key === "") return message;
    const signature = String(frames[message.identities.length + 1]);
    if (seen.has(signature)) return undefined;
    seen.add(signature);
    if (seen.size > REMEMBERED) seen.delete(seen.values().next().value!); // the oldest
    return message;
  };
}

/** A socket that takes one message at a time, as ZeroMQ's do. */
type Socket = {send(frames: Buffer[]): Promise<void>};
export type Sender = {
  readonly send: (frames: Buffer[]) => void;
  /** Settled when everything given so far was handed to ZeroMQ. */
  readonly drained: () => Promise<void>;
};

/** Sends in order. ZeroMQ refuses a second message while the first is under way, and what it refuses is lost. */
export function createSender(socket: Socket): Sender {
  let tail: Promise<void> = Promise.resolve();
  return {
    send: (frames) => {
      tail = tail.then(() => socket.send(frames)).catch(() => {}); // the receiver is gone
    },
    drained: () => tail,
  };
}
