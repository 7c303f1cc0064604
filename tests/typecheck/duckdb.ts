import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api"

/** DuckDB as the judge: what it says of a query, in the words of smelt. */
export interface Judge {
  /** Name and type of every column; the text of the error where DuckDB refuses. */
  describe(sql: string): Promise<readonly (readonly [name: string, type: string])[] | string>
  run(sql: string): Promise<void>
  rows(sql: string): Promise<readonly (readonly unknown[])[]>
}

export async function judge(): Promise<Judge> {
  const instance = await DuckDBInstance.create(":memory:", {
    autoinstall_known_extensions: "false",
  })
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'")
  return {
    describe: (sql) => describeQuery(connection, sql),
    run: async (sql) => void (await connection.run(sql)),
    rows: async (sql) => (await connection.runAndReadAll(sql)).getRows(),
  }
}

async function describeQuery(connection: DuckDBConnection, sql: string) {
  try {
    const result = await connection.runAndReadAll(`DESCRIBE ${sql}`)
    return result.getRows().map((row) => [String(row[0]), inOurWords(String(row[1]))] as const)
  } catch (error) {
    return String(error)
  }
}

function inOurWords(type: string): string {
  return type
    .replaceAll(/(TIMESTAMP|TIME) WITH TIME ZONE/g, (_, name) => `${name}TZ`)
    .replace(/"(\w+)" /g, "$1 ")
}
