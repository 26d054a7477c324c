import assert from "node:assert";
import {giveWay} from "../src/giveWay.js";
import {signalled} from "./signalled.js";

describe("giving way", function () {
  this.timeout(60_000);

  it("lets a loop that never waits hear its signals", async () => {
    const {status} = await signalled('writeSync(1, "x"); for (;;) { compute(5); await giveWay(); }');
    assert.strictEqual(status, 7);
  });

  it("throws where the signal was aborted meanwhile", async () => {
    const over = new AbortController();
    setTimeout(() => over.abort(new Error("stopped")), 1);
    await assert.rejects(async () => {
      for (;;) await giveWay(over.signal);
    }, /stopped/);
  });

  it("leaves a long computation to the system: the process ends at once, not after it", async () => {
    const {signal, took} = await signalled('stepAside(); writeSync(1, "x"); compute(30000);');
    assert.strictEqual(signal, "SIGTERM");
    assert.ok(took < 5000, `${took} ms`);
  });

  it("and one whose turns turn out to be long", async () => {
    const {signal, took} = await signalled('compute(500); await giveWay(); writeSync(1, "x"); compute(30000);');
    assert.strictEqual(signal, "SIGTERM");
    assert.ok(took < 5000, `${took} ms`);
  });

  it("listens again when the loop has turned", async () => {
    const code =
      'stepAside(); await new Promise((r) => setTimeout(r, 20)); writeSync(1, "x"); setTimeout(() => {}, 30000);';
    assert.strictEqual((await signalled(code)).status, 7);
  });
});
