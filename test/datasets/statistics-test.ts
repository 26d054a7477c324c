import assert from "node:assert";
import {channelStatistics} from "../../src/datasets/statistics.js";
import {assertClose} from "../assert.js";

describe("channelStatistics", () => {
  it("are the mean and standard deviation of each channel, bytes on the scale 0 to 1", () => {
    const {mean, sd} = channelStatistics(Uint8Array.from([0, 255, 255, 0]), 2);
    assert.deepStrictEqual({mean, sd}, {mean: [0.5, 0.5], sd: [0.5, 0.5]});
  });

  it("are those of the values where samples are floats", () => {
    const {mean, sd} = channelStatistics(Float32Array.from([-1, 3, 3, 7]), 1);
    assertClose(mean[0]!, 3);
    assertClose(sd[0]!, Math.sqrt(8));
  });

  it("scale a constant channel by 1, since it has no spread to be divided by", () => {
    assert.deepStrictEqual(channelStatistics(Uint8Array.from([255, 0, 255, 255]), 2), {mean: [1, 0.5], sd: [1, 0.5]});
    assert.deepStrictEqual(channelStatistics(new Float32Array(9).fill(0.1), 1).sd, [1]);
  });
});
