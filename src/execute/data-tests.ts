import type { Connection } from "../engine/driver.js"
import type { NodeResult, TestNode } from "../engine/run-plan.js"

const SHOWN = 5

/** Runs a test: its rows are failures, counted, five of them shown. */
export async function runTest(
  connection: Connection,
  test: TestNode,
): Promise<Pick<NodeResult, "status" | "failures">> {
  const counted = await connection.query(`SELECT count(*) FROM (\n${test.sql}\n) AS smelt__test`)
  const count = Number(counted.rows[0]?.[0] ?? 0)
  if (count === 0) return { status: "success" }
  const { columns, rows } = await connection.query(
    `SELECT * FROM (\n${test.sql}\n) AS smelt__test LIMIT ${SHOWN}`,
  )
  const failures = { count, columns: columns.map(({ name }) => name), rows, file: test.file }
  return { status: test.severity === "warn" ? "warn" : "fail", failures }
}
