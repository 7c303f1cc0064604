import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { Bug } from "./check.js"

let root: string | undefined

/** The path of a file that is shipped inside the package, e.g. `rules` or `dist/smelt.wasm`. */
export function packageFile(path: string): string {
  return join((root ??= packageRoot()), path)
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
