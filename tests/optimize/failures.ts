// A plan may fail where the text does not: then the text runs. On data of which one kind is no number.

export interface Failure {
  readonly models: Readonly<Record<string, string>>
  /** What must fail in the plan for the case to say anything: a part of the statement. */
  readonly fails: string
  /** What the plan of a model reads. */
  readonly reads: Readonly<Record<string, string>>
  /** Models that fail as they are written. */
  readonly errors?: readonly string[]
  /** What the others hold. */
  readonly rows: Readonly<Record<string, readonly string[]>>
}

export const SOURCES = `sources:
  raw.readings:
    path: data/readings.csv
    columns: { id: { type: INTEGER }, kind: { type: VARCHAR }, text: { type: VARCHAR } }
`
export const READINGS = "id,kind,text\n1,a,10\n2,a,20\n3,b,30\n4,b,30\n5,bad,x\n"

const READINGS_ = "smelt.source('raw.readings')"
const of = (name: string) => `smelt.ref('${name}')`

// prettier-ignore
export const FAILURES: Readonly<Record<string, Failure>> = {
  "a table fails that a model reads in its plan only": {
    models: {
      numbered: `view: SELECT r.id, r.kind, rank() OVER (PARTITION BY r.kind ORDER BY r.id) AS place, CAST(r.text AS INTEGER) AS number FROM ${READINGS_} AS r`,
      every: `table: SELECT n.id, n.kind, n.place, n.number FROM ${of("numbered")} AS n`,
      places: `table: SELECT n.kind, max(n.place) AS top FROM ${of("numbered")} AS n GROUP BY n.kind`,
    },
    fails: "TABLE main.every AS",
    errors: ["every"],
    reads: { places: "main.every" },
    rows: { places: ['["a","2"]', '["b","2"]', '["bad","1"]'] },
  },
  "an auto model fails as a table": {
    models: {
      numbered: `auto: SELECT r.kind, count(DISTINCT r.id) AS n, CAST(min(r.text) AS INTEGER) AS least FROM ${READINGS_} AS r GROUP BY r.kind`,
      a: `table: SELECT n.n FROM ${of("numbered")} AS n WHERE n.kind = 'a'`,
      b: `table: SELECT n.n, n.kind FROM ${of("numbered")} AS n WHERE n.kind = 'b'`,
      total: `table: SELECT sum(n.n) AS n, count(*) AS kinds FROM ${of("numbered")} AS n`,
      kinds: `table: SELECT n.kind, n.n FROM ${of("numbered")} AS n`,
    },
    fails: "TABLE main.numbered AS",
    reads: { a: "main.numbered", b: "main.numbered" },
    rows: { a: ['["2"]'], b: ['["2","b"]'], total: ['["5","3"]'], kinds: ['["a","2"]', '["b","2"]', '["bad","1"]'] },
  },
  "a hidden table fails": {
    models: {
      numbers: `view: SELECT r.kind, CAST(r.text AS INTEGER) AS number, count(DISTINCT r.id) AS n FROM ${READINGS_} AS r GROUP BY r.kind, CAST(r.text AS INTEGER)`,
      a: `table: SELECT n.number, n.n FROM ${of("numbers")} AS n WHERE n.kind = 'a'`,
      b: `table: SELECT n.number, n.n FROM ${of("numbers")} AS n WHERE n.kind = 'b'`,
    },
    fails: "TABLE smelt.smelt__numbers",
    reads: { a: "smelt.smelt__numbers", b: "smelt.smelt__numbers" },
    rows: { a: ['[10,"1"]', '[20,"1"]'], b: ['[30,"2"]'] },
  },
}
