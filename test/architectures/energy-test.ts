import assert from "node:assert";
import {energiesOf, energyOf, ESTIMATORS, HOROWITZ_45NM} from "../../src/architectures/energy.js";
import {assertClose} from "../assert.js";

describe("energy", () => {
  it("equals the table of syops-counter for ImageNet networks (G operations, mJ)", () => {
    // github.com/iCGY96/syops-counter, README: network, ACs, MACs, energy
    const rows: readonly (readonly [string, number, number, number])[] = [
      ["resnet18", 0, 1.82, 8.372],
      ["spiking_resnet18", 0.1, 0.14, 0.734],
      ["SEW-ResNet18", 0.5, 2.75, 13.1],
      ["DSNN18", 1.69, 0.2, 2.441],
    ];
    for (const [what, acs, macs, expected] of rows)
      assertClose(energyOf({acs: acs * 1e9, macs: macs * 1e9}).pJ * 1e-9, expected, {rtol: 0, atol: 1e-9, what});
  });

  it("is the sum of 3.7 + 0.9 pJ for each multiply-accumulate and 0.9 pJ for each accumulate", () => {
    assertClose(energyOf({macs: 1, acs: 0}).pJ, 3.7 + 0.9);
    assertClose(energyOf({macs: 0, acs: 1}).pJ, 0.9);
  });

  it("carries its estimator's name, whichever was used", () => {
    assert.strictEqual(energyOf({macs: 1, acs: 1}).estimator, HOROWITZ_45NM.name);
    const int8 = {name: "45 nm int8", macPJ: 0.23, acPJ: 0.03};
    assert.deepStrictEqual(energyOf({macs: 100, acs: 0}, int8), {pJ: 23, estimator: "45 nm int8"});
  });

  it("is estimated by published numbers, which each estimator's name states", () => {
    // Horowitz, ISSCC 2014, 45 nm: float multiplication 3.7 and addition 0.9 pJ, 8-bit integers 0.2 and 0.03; Loihi: 23.6 an operation
    const {fp32, int8, loihi} = energiesOf({macs: 1000, acs: 10});
    assertClose(
      [fp32.pJ, int8.pJ, loihi.pJ],
      [1000 * (3.7 + 0.9) + 10 * 0.9, 1000 * (0.2 + 0.03) + 10 * 0.03, 10 * 23.6],
    );
    for (const {name, macPJ, acPJ} of Object.values(ESTIMATORS))
      for (const value of [macPJ, acPJ].filter((pJ) => pJ > 0)) assert.ok(name.includes(` ${value} pJ`), `${name}: ${value}`); // prettier-ignore
  });

  it("refuses counts that are none", () => {
    assert.throws(() => energyOf({macs: -1, acs: 0}), {message: "invalid macs: -1; expected a number >= 0"});
    assert.throws(() => energyOf({macs: 0, acs: NaN}), {message: "invalid acs: NaN; expected a number >= 0"});
  });
});
