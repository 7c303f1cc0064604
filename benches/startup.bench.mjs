// How long does `smelt --version` take, against a Node that does nothing?
import { claim, inTurns, median, ratio, runProgram, SMELT, times } from "./measure.mjs"

const CEILING = 1.5 // times `node -e 0`
const TURNS = 31

const contenders = {
  smelt: () => runProgram("node", [SMELT, "--version"]).wall,
  node: () => runProgram("node", ["-e", "0"]).wall,
}
const { stdout } = runProgram("node", [SMELT, "--version"])
claim(`prints a version (${stdout.trim()})`, /^\d+\.\d+\.\d+\n$/.test(stdout))
inTurns(contenders, 3)
const { smelt, node } = inTurns(contenders, TURNS)
const slower = ratio(smelt, node)
claim(
  `${times(slower)} of \`node -e 0\` (${ms(smelt)} and ${ms(node)} ms, ceiling ${CEILING}x)`,
  slower <= CEILING,
)

function ms(seconds) {
  return Math.round(median(seconds) * 1000)
}
