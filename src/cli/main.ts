#!/usr/bin/env node
import { readFileSync } from "node:fs"
import { packageFile } from "../base/package-files.js"

// Engines run queries on the thread pool of libuv, one thread a query in flight; its size is read
// once, at first use.
process.env.UV_THREADPOOL_SIZE ??= "16"

// The version is asked for by scripts and editors at every start: it loads nothing else.
const [first] = process.argv.slice(2)
if (first === "--version" || first === "-V") process.stdout.write(`${version()}\n`)
else {
  const { main } = await import("./program.js")
  process.exitCode = await main(process.argv.slice(2), version())
}

function version(): string {
  const { version } = JSON.parse(readFileSync(packageFile("package.json"), "utf8")) as {
    version: string
  }
  return version
}
