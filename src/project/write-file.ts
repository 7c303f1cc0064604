import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"

/**
 * Gives a file another text, whole or not at all: what is being written then takes its place, with its permissions;
 * a link stays one. `before` is the text that it is known to have. Gives what kept it from being written; the file is
 * then as it was.
 */
export function replaceText(path: string, before: string, after: string): string | undefined {
  try {
    const file = realpathSync(path)
    const bytes = readFileSync(file)
    if (!bytes.equals(Buffer.from(before, "utf8")))
      return bytes.toString("utf8") === before ? "it is no UTF-8" : "it was changed meanwhile"
    write(file, `${file}.${process.pid}.part`, after)
    return undefined
  } catch (error) {
    if (error instanceof Error && "code" in error) return error.message
    throw error
  }
}

function write(file: string, part: string, text: string): void {
  const to = openSync(part, "wx", statSync(file).mode)
  try {
    writeFileSync(to, text)
    fsyncSync(to)
    closeSync(to)
    renameSync(part, file)
  } catch (error) {
    rmSync(part, { force: true })
    throw error
  }
}
