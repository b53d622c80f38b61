/**
 * Puts the buckets of a remote-write histogram together: they come as single series that differ in
 * `le`. The bounds of a family are its layout, and a bucket's cell is known only with the layout,
 * so it is looked up when the first increment is to be booked; a bound that comes later makes
 * another layout for the whole family.
 */
import type { DimensionValues } from './cell.ts'
import type { CellSpec, Cells } from './cells.ts'
import type { Facets } from './facets.ts'
import { CELL, EXTRA, FEED, ROLE_STRIDE, UNRESOLVED, type SeriesTable } from './series-table.ts'
import type { Sources } from './sources.ts'
import type { TenantTable } from './tenant-table.ts'

interface Member {
  readonly slot: number
  readonly leSeconds: number
}

export interface FamilyTables {
  readonly series: SeriesTable
  readonly cells: Cells
  readonly facets: Facets
  readonly sources: Sources
  readonly tenants: TenantTable
}

export class Families {
  readonly #tables: FamilyTables
  readonly #numbers = new Map<string, number>()
  readonly #members: Member[][] = []
  readonly #values: (DimensionValues | undefined)[] = []
  readonly #keys: string[] = []
  /** Numbers of families without members. */
  readonly #free: number[] = []

  constructor(tables: FamilyTables) {
    this.#tables = tables
  }

  /**
   * Adds a bucket to the family of this key, which has these values. The whole family is looked up
   * anew at its next increment.
   */
  join(key: string, slot: number, leSeconds: number, values: () => DimensionValues): void {
    const family = this.#number(key)
    this.#values[family] ??= values()
    const members = this.#members[family]!
    if (!members.some((member) => member.slot === slot)) members.push({ slot, leSeconds })
    const { roles } = this.#tables.series
    roles.data[slot * ROLE_STRIDE + EXTRA] = family
    for (const member of members) {
      this.#tables.facets.leave(roles.data[member.slot * ROLE_STRIDE + CELL]!)
      roles.data[member.slot * ROLE_STRIDE + CELL] = UNRESOLVED
      roles.mark(member.slot)
    }
  }

  /** Puts a bucket back after a restart, with the cell that it had. */
  rejoin(key: string, slot: number, leSeconds: number, values: () => DimensionValues): void {
    const family = this.#number(key)
    this.#values[family] ??= values()
    this.#members[family]!.push({ slot, leSeconds })
    this.#tables.series.roles.data[slot * ROLE_STRIDE + EXTRA] = family
  }

  slotsOf(family: number): readonly number[] {
    return this.#members[family]!.map(({ slot }) => slot)
  }

  /** Takes a bucket out that is no more. The others keep their cells. */
  leave(family: number, slot: number): void {
    const members = this.#members[family]!.filter((member) => member.slot !== slot)
    this.#members[family] = members
    if (members.length > 0) return
    this.#numbers.delete(this.#keys[family]!)
    this.#keys[family] = ''
    this.#free.push(family)
  }

  /** Gives every bucket of a family its cell. */
  resolve(family: number): void {
    const { series, cells, facets, sources, tenants } = this.#tables
    const members = this.#members[family]!
    const values = this.#values[family]!
    const layout = layoutText(members.map((member) => member.leSeconds))
    for (const { slot, leSeconds } of members) {
      const at = slot * ROLE_STRIDE
      const feedNumber = series.roles.data[at + FEED]!
      const feed = sources.feed(feedNumber)
      const tenantId = tenants.id(feed.tenantIndex)
      const spec: CellSpec = {
        tenantId,
        signal: feed.signal,
        source: feed.source,
        leSeconds,
        layout,
      }
      const cell = cells.number(spec, 1, feedNumber)
      series.roles.data[at + CELL] = facets.concerns(cell)
        ? facets.join(feed.tenantIndex, values, cell)
        : cell
      series.roles.mark(slot)
    }
  }

  #number(key: string): number {
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const family = this.#free.pop() ?? this.#members.length
    this.#numbers.set(key, family)
    this.#keys[family] = key
    this.#members[family] = []
    this.#values[family] = undefined
    return family
  }
}

/**
 * Writes a histogram's bounds, sorted and unique: two histograms are of one layout when the texts
 * are equal. Units: seconds.
 */
export function layoutText(boundsSeconds: readonly number[]): string {
  return [...new Set(boundsSeconds)].toSorted((a, b) => a - b).join(',')
}
