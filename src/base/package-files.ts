import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { Bug } from "./check.js"

let root: string | undefined

/** The path of a file that is shipped inside the package, e.g. `rules` or `dist/smelt.wasm`. */
export function packageFile(path: string): string {
  return join((root ??= packageRoot()), path)
}

/** The texts of a shipped folder and those below it, by the order of their names. */
export function packageTexts(folder: string, extension: string): string[] {
  const path = packageFile(folder)
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(extension))
    .sort()
    .map((file) => readFileSync(join(path, file), "utf8"))
}

function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder)
    if (parent === folder) throw new Bug("the package has a package.json")
    folder = parent
  }
  return folder
}
