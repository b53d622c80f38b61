/**
 * What is known of each series, a slot each, in two columns so that one sample touches few cache
 * lines: `roles` (whole numbers, fixed at registration but for cell and tenant) and `points` (what
 * the last sample was). A classic OTLP histogram owns consecutive slots: the count first, which
 * decides for all, then sum and buckets as parts.
 */
import { floatColumn, intColumn, type FloatColumn, type IntColumn } from './columns.ts'

/** Fields of a row of `roles`. */
export const ROLE_STRIDE = 8
export const KIND = 0
/**
 * The cell that the series feeds, `NO_CELL`, `UNRESOLVED` for a bucket whose family has no layout
 * yet, or, at or below `FIRST_FACET`, the facet through which it feeds its cell; see facets.ts.
 */
export const CELL = 1
/** The (tenant, signal, source) that the series belongs to, or -1. */
export const FEED = 2
/** Index of the tenant; below `FIRST_TENANT` of tenants.ts it is none. */
export const TENANT = 3
/** Number of the reporting instance, or -1. */
export const INSTANCE = 4
/**
 * For deltas the row of remembered intervals; for remote-write buckets the family;
 * `NATIVE_HISTOGRAM` for one; for probes and ratios the cell of what failed; for a bucket of an
 * exponential histogram its cell among the powers of two once it has one, `NO_POWER` where it is
 * none; else -1.
 */
export const EXTRA = 5
export const NATIVE_HISTOGRAM = -2
export const NO_POWER = -3
/** Address of the series' first key in the byte table of its wire. */
export const KEY = 6
/**
 * How many part slots follow; `REMOTE_WRITE` for a series that came over remote write. Of a part
 * itself 0, or how many slots begin here that are nobody's.
 */
export const PARTS = 7
export const REMOTE_WRITE = -1

/** Fields of a row of `points`. */
export const POINT_STRIDE = 4
/** Time of the last sample, 0 before the first. */
export const LAST_MS = 0
export const LAST_VALUE = 1
/** The start time that the sender gave, 0 for none. */
export const START_MS = 2
/** Time between the last two samples, 0 after the first, `ENDED` after a stale marker. */
export const SPAN_MS = 3
/** Only of the sum of an exponential histogram: 1 where the last sample had no more than powers. */
export const WAS_COARSE = 3
export const ENDED = -1

/**
 * An accumulated series is a present value of which only the changes come. What is subtracted is
 * kept with its sign turned, so that present values only ever add up.
 */
export const SERIES_KINDS = {
  counter: 1,
  gauge: 2,
  delta: 3,
  untyped: 4,
  part: 5,
  refused: 6,
  accumulated: 7,
  probe: 8,
  subtracted: 9,
  subtractedChanges: 10,
  ratio: 11,
}

/** Tells whether the series of a kind send changes, whose intervals are remembered. */
export function isDeltaKind(kind: number): boolean {
  return kind === SERIES_KINDS.delta || isAccumulatedKind(kind)
}

/** Tells whether the series of a kind are present values of which only the changes come. */
export function isAccumulatedKind(kind: number): boolean {
  return kind === SERIES_KINDS.accumulated || kind === SERIES_KINDS.subtractedChanges
}

/** Tells whether the last value of a series of a kind is kept with its sign turned. */
export function isSubtractedKind(kind: number): boolean {
  return kind === SERIES_KINDS.subtracted || kind === SERIES_KINDS.subtractedChanges
}

/** Tells whether the series of a kind have present values, which leave the sum when they end. */
export function isPresentKind(kind: number): boolean {
  return kind === SERIES_KINDS.gauge || isAccumulatedKind(kind) || isSubtractedKind(kind)
}

export const NO_CELL = -1
export const UNRESOLVED = -2
export const FIRST_FACET = -3

export interface SeriesTable {
  readonly roles: IntColumn
  readonly points: FloatColumn
  /** Takes empty slots that follow one another and returns the first one's number. */
  add(slots: number): number
  /**
   * Gives back the slots that `add` gave. Until they are taken again they look like parts of a
   * series, which everybody passes over.
   */
  remove(first: number, slots: number): void
  /** Finds the slots that were given back, after a restart. */
  restoreFree(): void
  /** How many slots there are, in use or not: their numbers are below it. */
  size(): number
  /** How many of them are in use. */
  used(): number
}

export function openSeriesTable(): SeriesTable {
  const roles = intColumn(ROLE_STRIDE)
  const points = floatColumn(POINT_STRIDE)
  /** By how many they are: first slots of what was given back. */
  const free = new Map<number, number[]>()
  let freeSlots = 0

  const keepFree = (first: number, slots: number): void => {
    const known = free.get(slots)
    if (known === undefined) free.set(slots, [first])
    else known.push(first)
    freeSlots += slots
  }

  return {
    roles,
    points,
    add(slots) {
      const first = free.get(slots)?.pop()
      if (first === undefined) {
        points.reserve(slots)
        return roles.reserve(slots)
      }
      freeSlots -= slots
      roles.data[first * ROLE_STRIDE + PARTS] = 0
      return first
    },
    remove(first, slots) {
      points.data.fill(0, first * POINT_STRIDE, (first + slots) * POINT_STRIDE)
      for (let slot = first; slot < first + slots; slot += 1) {
        roles.data.set(NOTHING, slot * ROLE_STRIDE)
        roles.mark(slot)
        points.mark(slot)
      }
      roles.data[first * ROLE_STRIDE + PARTS] = slots
      keepFree(first, slots)
    },
    restoreFree() {
      for (let slot = 0; slot < roles.rows; slot += 1) {
        const at = slot * ROLE_STRIDE
        const isFree = roles.data[at + KIND] === SERIES_KINDS.part && roles.data[at + PARTS]! > 0
        if (isFree) keepFree(slot, roles.data[at + PARTS]!)
      }
    },
    size: () => roles.rows,
    used: () => roles.rows - freeSlots,
  }
}

/** A row of `roles` that is nobody's: a part without a series. Its first one has PARTS. */
const NOTHING = Int32Array.from([SERIES_KINDS.part, NO_CELL, -1, 0, -1, -1, -1, 0])

/**
 * Tells whether a series had a sample lately: within the stale span or three of its own intervals.
 */
export function isLive(
  points: Float64Array,
  slot: number,
  nowMs: number,
  staleMs: number,
): boolean {
  const at = slot * POINT_STRIDE
  const spanMs = points[at + SPAN_MS]!
  const lastMs = points[at + LAST_MS]!
  return spanMs !== ENDED && lastMs > 0 && nowMs - lastMs <= Math.max(staleMs, 3 * spanMs)
}
