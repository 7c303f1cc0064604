import { spawnSync } from "node:child_process"
import { expect, test } from "vitest"
import { packageFile } from "../../src/base/package-files.js"
import { projectFolder } from "../project.js"

test("a reader that has gone away is no fault", () => {
  const folder = projectFolder({ "models/a.sql": "SELECT 1 AS one" })
  // `true` reads nothing and closes the pipe before smelt writes into it.
  const script = `"$@" 2>errors | true; echo "\${PIPESTATUS[0]}"; cat errors`
  const program = ["node", packageFile("dist/src/cli/main.js"), "check", "--json"]
  const { stdout } = spawnSync("bash", ["-c", script, "-", ...program], {
    cwd: folder,
    encoding: "utf8",
  })
  expect(stdout).toBe("0\n")
})
