#!/usr/bin/env node
import { readFileSync } from "node:fs"
import { packageFile } from "../base/package-files.js"

// Engines run queries on the thread pool of libuv, one thread a query in flight; its size is read
// once, at first use.
process.env.UV_THREADPOOL_SIZE ??= "16"

// A reader that has seen enough, such as `head`, closes its end: what goes on is not disturbed.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error
  })

// The version is asked for by scripts and editors at every start: it loads nothing else.
const [first] = process.argv.slice(2)
if (first === "--version" || first === "-V") process.stdout.write(`${version()}\n`)
else {
  const { loadBundle } = await import("./bundle.js")
  process.exitCode = await loadBundle().program.main(process.argv.slice(2), version())
}

function version(): string {
  const { version } = JSON.parse(readFileSync(packageFile("package.json"), "utf8")) as {
    version: string
  }
  return version
}
