import assert from "node:assert";
import {join} from "node:path";
import {jupyterEnvironment} from "../../src/cli/lab.js";

describe("spikebook lab", () => {
  it("keeps every folder that Jupyter writes to inside the project", () => {
    const env = jupyterEnvironment("/project", "/project/jupyter", {HOME: "/home/ada"});
    const folders = Object.entries(env).filter(([name]) => name !== "HOME");
    assert.ok(folders.length >= 7);
    for (const [name, folder] of folders) assert.ok(folder?.startsWith("/project/"), `${name}=${folder}`);
  });

  it("keeps the kernels that the user has", () => {
    const env = jupyterEnvironment("/project", "/project/jupyter", {JUPYTER_PATH: "/home/ada/jupyter"});
    assert.strictEqual(env.JUPYTER_PATH, `${join("/project", "jupyter")}:/home/ada/jupyter`);
  });
});
