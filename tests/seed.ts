/**
 * Where random draws begin: `SMELT_SEED`, a number, or `random` for one that is new each time. Without it
 * always the same, so that a change is judged by what it does and not by what it happened to draw.
 */
export const SEED = seedOf(process.env["SMELT_SEED"] ?? "1")

function seedOf(text: string): number {
  const seed = text === "random" ? Math.floor(Math.random() * 2 ** 31) : Number(text)
  if (!Number.isSafeInteger(seed))
    throw new Error(`SMELT_SEED=${text} is neither a number nor random`)
  return seed
}
