// How many statements of TPC-DS are parsed in a second, against PostgreSQL's own parser in
// WebAssembly and against the parser that most projects in this language take?
import { createRequire } from "node:module"
import { join } from "node:path"
import { DuckDBInstance } from "@duckdb/node-api"
import sqlParser from "node-sql-parser"
import * as pg from "libpg-query"
import { parse, print } from "../dist/src/index.js"
import { claim, inTurns, median, ratio, ROOT, timed, times } from "./measure.mjs"

const FLOOR = 3 // times libpg-query
const TURNS = 15
const PARSES = 1000 // about so many a turn

const EXTENSION =
  ".cache/duckdb-extensions/duckdb_extension_tpcds/extensions/v1.5.5/tpcds.duckdb_extension"
const connection = await (await DuckDBInstance.create(":memory:")).connect()
await connection.run(`LOAD '${join(ROOT, EXTENSION)}'`)
const queries = await rows("SELECT query FROM tpcds_queries() ORDER BY query_nr")
const statements = queries.map(([query]) => query.trim())

await pg.loadModule()
const peerParser = new sqlParser.Parser()
const versionOf = (name) =>
  createRequire(import.meta.url)(`./node_modules/${name}/package.json`).version

/** Each gives a tree or throws. */
const smelt = (text) => {
  const { statements: trees, diagnostics } = parse(text)
  if (trees.length !== 1 || diagnostics.length > 0) throw new Error(diagnostics[0]?.message)
  return trees[0]
}
const libpgQuery = (text) => pg.parseSync(text)
const nodeSqlParser = (text) => peerParser.astify(text, { database: "postgresql" })

const ours = statements.filter((text) => accepts(smelt, text))
claim(`smelt parses ${ours.length} of the ${statements.length} statements`, ours.length === 99)
let same = 0
for (const text of ours) if ((await tree(print(smelt(text)))) === (await tree(text))) same++
claim(`${same} have, printed, the same tree in DuckDB's eyes`, same === ours.length)

race("libpg-query", libpgQuery, FLOOR)
race("node-sql-parser", nodeSqlParser, 0)

function race(name, peer, floor) {
  const both = ours.filter((text) => accepts(peer, text))
  const perSecond = (parser, repeats) => () => {
    const ms = timed(() => {
      for (let i = 0; i < repeats; i++) for (const text of both) parser(text)
    })
    return (repeats * both.length * 1000) / ms
  }
  const warm = { smelt: perSecond(smelt, 1), peer: perSecond(peer, 1) }
  inTurns(warm, 5)
  const repeats = (speed) => Math.max(1, Math.round((PARSES * speed) / warm.smelt() / both.length))
  const found = inTurns(
    {
      smelt: perSecond(smelt, repeats(warm.smelt())),
      peer: perSecond(peer, repeats(warm.peer())),
    },
    TURNS,
  )
  const faster = ratio(found.smelt, found.peer)
  const speeds = `${Math.round(median(found.smelt))} and ${Math.round(median(found.peer))} statements a second`
  const wanted = floor > 0 ? `, floor ${floor}x` : ""
  claim(
    `${times(faster)} ${name} ${versionOf(name)} on the ${both.length} statements that both accept (${speeds}${wanted})`,
    faster >= floor,
  )
}

function accepts(parser, text) {
  try {
    parser(text)
    return true
  } catch {
    return false
  }
}

async function tree(sql) {
  const [[json]] = await rows("SELECT json_serialize_sql($1::VARCHAR)", [sql])
  return json.replace(/"query_location":\d+,?/g, "")
}

async function rows(sql, values) {
  return (await connection.runAndReadAll(sql, values)).getRows()
}
