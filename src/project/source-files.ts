import { existsSync, readdirSync } from "node:fs"
import { join, resolve } from "node:path"
import type { Source } from "../catalog/project.js"

const ELSEWHERE = /^[a-z][a-z0-9+.-]+:\/\//i
const GLOB = /[*?[]/

/** Whether a source has a file; undefined where only an engine can tell: a path of another machine, a table. */
export function hasFile(
  { files }: { readonly files?: Source["files"] | undefined },
  directory: string,
): boolean | undefined {
  if (!files || files.paths.some((path) => ELSEWHERE.test(path))) return undefined
  return files.paths.some((path) => matchesFile(resolve(directory, path)))
}

function matchesFile(path: string): boolean {
  if (!GLOB.test(path)) return existsSync(path)
  const parts = path.split(/[\\/]/)
  const first = parts.findIndex((part) => GLOB.test(part))
  return isBelow(parts.slice(0, first).join("/") || "/", parts.slice(first))
}

/** `**` stands for any number of folders. */
function isBelow(folder: string, [part, ...rest]: readonly string[]): boolean {
  if (part === undefined) return existsSync(folder)
  if (part === "**" && isBelow(folder, rest)) return true
  if (!GLOB.test(part)) return isBelow(join(folder, part), rest)
  const pattern = part === "**" ? /^/ : patternOf(part)
  return entriesOf(folder).some((entry) => {
    if (!pattern.test(entry.name)) return false
    if (part === "**")
      return entry.isDirectory() && isBelow(join(folder, entry.name), [part, ...rest])
    return isBelow(join(folder, entry.name), rest)
  })
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

/** `*`, `?`, `[a-z]` and `[!a-z]` within one part of a path. */
function patternOf(part: string): RegExp {
  const source = part.replace(/\[!?[^\]]+\]|[*?]|[^\w]/g, (found) => {
    if (found === "*") return ".*"
    if (found === "?") return "."
    return found.length > 1 ? found.replace(/^\[!/, "[^") : `\\${found}`
  })
  return new RegExp(`^${source}$`)
}
