import type { Join } from "./ast.js"

/** What a join keeps, an ASOF join by what stands behind the word; a plain one is inner. */
export function kindOf({ type, side }: Join): Exclude<Join["type"], "asof"> {
  return type === "asof" ? (side ?? "inner") : type
}

/** Whether the right side is looked at only: its columns are not seen above. */
export function hidesRight(join: Join): boolean {
  const kind = kindOf(join)
  return kind === "semi" || kind === "anti"
}

/** The sides that show NULL where no row of theirs matches. */
export function paddedSides(join: Join): { readonly left: boolean; readonly right: boolean } {
  const kind = kindOf(join)
  const both = kind === "full" || kind === "positional"
  return { left: both || kind === "right", right: both || kind === "left" }
}
