import { join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import { expect, test } from "vitest"
import { smelt } from "../cli/smelt.js"
import { projectFolder } from "../project.js"

// Columns of a built table are as wide as their values: nothing is rounded to the type of an operand.

const FILES = {
  "models/a.sql": `SELECT 3 AS qty, CAST(1.25 AS DECIMAL(12,2)) AS price, CAST(0.05 AS DECIMAL(4,2)) AS disc,
  CAST(9999999999.99 AS DECIMAL(12,2)) AS big
UNION ALL
SELECT 0, CAST(1.25 AS DECIMAL(12,2)), CAST(0.05 AS DECIMAL(4,2)), CAST(9999999999.99 AS DECIMAL(12,2))`,
  "models/b.sql": `---
materialization: table
---
SELECT sum(a.qty * a.price * (1 - a.disc)) AS net, a.price * a.disc AS pd, sum(a.big) AS big, sum(a.qty) AS qty,
  avg(a.price) AS mean, a.price / a.disc AS ratio, approx_quantile(a.price, 0.5) AS middle
FROM smelt.ref('a') AS a
GROUP BY a.price, a.disc`,
}

test.each([[], ["--no-optimize"]])(
  "sums, products and quotients of DECIMAL %j",
  async (...flags) => {
    const folder = projectFolder(FILES)
    const built = smelt(folder, "build", ...flags)
    expect(built.exit, built.stderr).toBe(0)
    const instance = await DuckDBInstance.create(join(folder, "target", "dev.duckdb"))
    const connection = await instance.connect()
    const columns = await connection.runAndReadAll("DESCRIBE b")
    expect(columns.getRows().map(([name, type]) => `${String(name)} ${String(type)}`)).toEqual([
      "net DECIMAL(38,4)",
      "pd DECIMAL(16,4)",
      "big DECIMAL(38,2)",
      "qty HUGEINT",
      "mean DOUBLE",
      "ratio DOUBLE",
      "middle DOUBLE",
    ])
    const rows = await connection.runAndReadAll("SELECT COLUMNS(*)::VARCHAR FROM b")
    expect(rows.getRows()).toEqual([
      ["3.5625", "0.0625", "19999999999.98", "3", "1.25", "25.0", "1.25"],
    ])
    instance.closeSync()
  },
)
