/**
 * Looks on while a stage goes through a tree, and keeps what is in sight of the innermost of some nodes that the
 * stage comes to.
 */
export class Lookout<T> {
  private readonly depths: ReadonlyMap<number, number>
  private depth = -1
  private found: T | undefined

  /** Ids of nodes, from the outside in. */
  constructor(ids: readonly number[]) {
    this.depths = new Map(ids.map((id, depth) => [id, depth]))
  }

  /** What was in sight of it last. */
  get seen(): T | undefined {
    return this.found
  }

  /** The stage has come to a node; `look` says what is in sight there. */
  at(id: number, look: () => T): void {
    const depth = this.depths.get(id)
    if (depth === undefined || depth < this.depth) return
    this.depth = depth
    this.found = look()
  }
}
