import { EngineError } from "../../engine/driver.js"

/** What DuckDB said, as a fault that others can act on. */
export function engineError(error: unknown): EngineError {
  if (error instanceof EngineError) return error
  const message = (error instanceof Error ? error.message : String(error)).trim()
  if (/Could not set lock on file/i.test(message)) {
    const holder = /\(PID (\d+)\)/.exec(message)?.[1]
    return new EngineError(
      message,
      "locked",
      undefined,
      holder === undefined ? "unknown" : `PID ${holder}`,
    )
  }
  if (/INTERRUPT Error/i.test(message)) return new EngineError(message, "interrupted")
  if (
    /No space left|File too large|Could not write|disk full|failed to write|out of (disk )?space/i.test(
      message,
    )
  )
    return new EngineError(message, "disk-full")
  if (
    /Cannot open|Could not (open|create)|Permission denied|EACCES|ENOENT|EROFS|ENOTDIR|EPERM|not a valid DuckDB database|read-only/i.test(
      message,
    )
  )
    return new EngineError(message, "connection")
  return new EngineError(message, "query")
}
