import assert from "node:assert";
import {type ChildProcess, fork} from "node:child_process";
import {once} from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import {tmpdir} from "node:os";
import {basename, join} from "node:path";
import {setTimeout as wait} from "node:timers/promises";
import {fileURLToPath} from "node:url";
import {takeLock} from "../../src/disk/lock.js";
import {type Owner, thisOwner, traceOf} from "../../src/disk/owner.js";
import type {Answer, Order} from "./opener.js";

const OPENER = fileURLToPath(new URL("./opener.js", import.meta.url));

/** A pid that no process has. */
async function deadPid(): Promise<number> {
  const child = fork("-e", [], {execPath: "/bin/true", stdio: "ignore"});
  await once(child, "exit");
  return child.pid!;
}

describe("a lock", function () {
  this.timeout(60000);
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lock-"));
    path = join(folder, "study.lock");
  });
  afterEach(() => rmSync(folder, {recursive: true, force: true}));

  const take = (timing?: {beat: number; silence: number}) => takeLock(path, "the study in here", timing);
  /** A lock as another owner left it, its last heartbeat `ago` milliseconds ago. */
  const leave = (changes: Partial<Owner>, ago = 0): void => {
    writeFileSync(path, `${JSON.stringify({...thisOwner(), ...changes})}\n`);
    const then = (Date.now() - ago) / 1000;
    utimesSync(path, then, then);
  };
  const refused = (message: RegExp): void => {
    const [before, files] = [readFileSync(path, "utf8"), readdirSync(folder)];
    assert.throws(() => take(), message);
    assert.strictEqual(readFileSync(path, "utf8"), before);
    assert.deepStrictEqual(readdirSync(folder), files);
  };
  const taken = (): void => {
    const lock = take();
    assert.ok(lock.held());
    lock.release();
    assert.deepStrictEqual(readdirSync(folder), []);
  };

  it("names its owner while it is held and leaves nothing behind", () => {
    const lock = take();
    const {host, pid, started} = JSON.parse(readFileSync(path, "utf8")) as Owner;
    assert.deepStrictEqual({host, pid, started}, (({host: h, pid: p, started: s}) => ({host: h, pid: p, started: s}))(thisOwner())); // prettier-ignore
    assert.deepStrictEqual(readdirSync(folder), ["study.lock"]);
    lock.release();
    assert.deepStrictEqual(readdirSync(folder), []);
    taken();
  });

  it("is refused to a second opener of the same process", () => {
    const lock = take();
    refused(/the study in here is being run by this process \(\d+\), since .*study\.lock\); wait for it, or choose/);
    assert.ok(lock.held());
    lock.release();
    taken();
  });

  it("is refused while its owner's process lives, however old its heartbeat, and says who that is", async () => {
    const child = fork(OPENER);
    child.send({take: path, at: 0} satisfies Order);
    await once(child, "message");
    utimesSync(path, 1, 1);
    refused(
      new RegExp(`is being run by process ${child.pid} on this machine, .*study\\.lock\\); wait for it, or choose`),
    );
    child.kill("SIGKILL");
    await once(child, "exit");
    taken();
  });

  it("is taken over from a process that is gone, and from one whose pid another process has now", async () => {
    leave({pid: await deadPid()});
    taken();
    leave({pid: process.ppid, started: "1"});
    taken();
  });

  it("of another machine is taken over after its heartbeat stopped for three minutes, not before", () => {
    for (const elsewhere of [{host: "node7"}, {machine: "another boot"}, {started: ""}]) {
      leave(elsewhere, 170_000);
      refused(/if it is gone, the folder is free 180 s after its last sign of life \(2.*Z\), or delete .*study\.lock/);
      leave(elsewhere, 190_000);
      taken();
    }
    leave({host: "node7", pid: 12345});
    refused(/is being run by process 12345 on node7, since/);
  });

  it("is judged alike when its text names no owner: what an earlier version or a half-copied disk left", () => {
    for (const text of [
      "",
      String(process.pid),
      "{}",
      '{"host": "a"',
      JSON.stringify({...thisOwner(), token: "../x"}),
    ]) {
      writeFileSync(path, text);
      refused(/has a lock that names no process: .*study\.lock; wait for it/);
      utimesSync(path, 1, 1);
      taken();
    }
  });

  it("has a heartbeat, by which it is seen to live", async () => {
    const lock = take({beat: 20, silence: 200});
    utimesSync(path, 1, 1);
    await wait(200);
    assert.ok(Date.now() - statSync(path).mtimeMs < 150);
    assert.strictEqual((JSON.parse(readFileSync(path, "utf8")) as Owner).pid, process.pid);
    lock.release();
  });

  it("is known to be lost by an owner that stood still while another took it over", () => {
    const lock = take();
    writeFileSync(path, readFileSync(path, "utf8").replace(/"token":"[^"]*"/, '"token":"another"'));
    assert.ok(!lock.held());
    lock.release();
    assert.ok(existsSync(path), "another's lock is not removed");
  });

  it("says what stands in its place", () => {
    mkdirSync(path);
    assert.throws(() => take(), /study\.lock is not a file; expected a lock: remove it/);
    rmSync(path, {recursive: true});
    symlinkSync(join(folder, "nowhere"), path);
    assert.throws(() => take(), /study\.lock is a link; expected a lock: remove it/);
    assert.throws(() => takeLock("/proc/none/x.lock", "it"), /cannot lock it by \/proc\/none\/x\.lock: ENOENT/);
    assert.deepStrictEqual(readdirSync(folder), ["study.lock"]);
  });

  it("removes what died while it was taken", async () => {
    const pid = await deadPid();
    for (const name of ["a.new", "b"]) writeFileSync(`${path}.${name}`, JSON.stringify({...thisOwner(), pid}));
    for (const end of ["new", "over"]) writeFileSync(`${path}.${traceOf({...thisOwner(), pid})}.token.${end}`, ""); // before it wrote anything
    taken();
    const living = `${path}.${traceOf(thisOwner())}.token.new`;
    writeFileSync(living, "");
    take().release();
    assert.deepStrictEqual(readdirSync(folder), [basename(living)]);
  });

  it("is taken over though the process that was taking it over died as well", async () => {
    const pid = await deadPid();
    leave({pid, token: "first"});
    writeFileSync(`${path}.first`, JSON.stringify({...thisOwner(), pid, token: "second"}));
    writeFileSync(`${path}.first.second`, JSON.stringify({...thisOwner(), pid, token: "third"}));
    taken();
  });

  describe("that several processes want at once", () => {
    const openers: ChildProcess[] = [];
    before(() => openers.push(...Array.from({length: 4}, () => fork(OPENER))));
    after(() => openers.forEach((child) => child.kill("SIGKILL")));
    const all = (order: Order): Promise<Answer[]> =>
      Promise.all(
        openers.map(async (child) => {
          const answer = once(child, "message") as Promise<[Answer]>;
          child.send(order);
          return (await answer)[0];
        }),
      );
    const contend = async (rounds: number, prepare: () => void): Promise<void> => {
      for (let round = 0; round < rounds; ++round) {
        prepare();
        const answers = await all({take: path, at: Date.now() + 8});
        const holders = answers.filter(({held}) => held).length;
        assert.strictEqual(
          holders,
          1,
          `round ${round}: ${holders} holders; ${answers.map((a) => a.message).join(" | ")}`,
        );
        for (const {held, message} of answers) if (!held) assert.match(message, /is being run by process \d+ on this/);
        assert.deepStrictEqual(readdirSync(folder), ["study.lock"]);
        await all("release");
        assert.deepStrictEqual(readdirSync(folder), []);
      }
    };

    it("has one holder, where there was none before", () => contend(60, () => {}));

    it("has one holder, where a dead process left it", async () => {
      const pid = await deadPid();
      await contend(100, () => leave({pid}));
    });

    it("has one holder, where another machine's heartbeat stopped", () =>
      contend(30, () => leave({host: "node7"}, 200_000)));

    it("has one holder, where a process died while it took the lock over", async () => {
      const pid = await deadPid();
      await contend(60, () => {
        leave({pid, token: "first"});
        writeFileSync(`${path}.first`, JSON.stringify({...thisOwner(), pid, token: "second"}));
      });
    });
  });
});
