// Fetches the DuckDB extensions tpch and tpcds (data, query texts and answers derived from TPC-H and
// TPC-DS) as Python wheels into .cache/. Does nothing where they are already there.
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"

const folder = ".cache/duckdb-extensions"
const version = "1.5.5"
const wanted = ["tpch", "tpcds"]
const path = (name) =>
  `${folder}/duckdb_extension_${name}/extensions/v${version}/${name}.duckdb_extension`

if (wanted.every((name) => existsSync(path(name)))) process.exit(0)
const packages = wanted.map((name) => `duckdb_extension_${name}==${version}`)
const { status } = spawnSync(
  "python3",
  [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--no-deps",
    "--upgrade",
    "--target",
    folder,
    ...packages,
  ],
  { stdio: ["ignore", "inherit", "inherit"] },
)
if (status !== 0) {
  console.error(
    "TPC data not fetched: python3 with pip is needed once; tests that need them say so.",
  )
  process.exit(1)
}
