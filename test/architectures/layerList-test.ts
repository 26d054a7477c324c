import assert from "node:assert";
import {convNet} from "../../src/architectures/convNet.js";
import {formatLayers, parseLayers} from "../../src/architectures/layerList.js";

describe("a list of layers as text", () => {
  it("says every layer and number", () => {
    assert.deepStrictEqual(parseLayers("conv16, conv32k5s2,pool,pool4,maxpool3,fc64,fc10d0.2"), [
      {kind: "conv", channels: 16},
      {kind: "conv", channels: 32, kernelSize: 5, stride: 2},
      {kind: "avgPool"},
      {kind: "avgPool", window: 4},
      {kind: "maxPool", window: 3},
      {kind: "linear", units: 64},
      {kind: "linear", units: 10, dropout: 0.2},
    ]);
  });

  it("is written as it is read", () => {
    for (const text of ["conv16,pool,conv32,pool,fc64", "conv8k1s2,maxpool4,fc3d0.5"])
      assert.strictEqual(formatLayers(parseLayers(text)), text);
    assert.strictEqual(formatLayers(convNet().layers), "conv16,pool,conv32,pool,fc64");
    assert.strictEqual(formatLayers(parseLayers("conv4k3s1,pool2")), "conv4,pool");
  });

  it("names the layer that it does not know", () => {
    for (const wrong of ["", "dense3", "conv", "conv3x", "fc2d2"])
      assert.throws(
        () => parseLayers(`conv4,${wrong}`),
        new RegExp(`invalid layers: ${wrong || '""'}; expected layers such as conv16`),
      );
  });
});
