/**
 * How many distinct users a tenant had lately, from series whose labels name one, where nobody
 * reports it. Samples pay nothing: a series notes at registration whom it names, and once a tick
 * those that do are looked through. A user is active when a series of him reported; a counter must
 * have changed, because a process goes on exporting what it once counted.
 *
 * Nothing is kept of a user but a keyed hash, cut to 32 bits; the key is made at an installation's
 * first start and lies in its data directory only.
 *
 * Looked through at ticks and not at samples, so after a crash the activity between the last
 * checkpoint and the crash is seen at one moment: counts may differ by what such users did before.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { MINUTE_MS } from '../../core/time.ts'
import { intColumn, takenChunk, type TakenChunk } from './columns.ts'
import type { LabelReader } from './status-class.ts'
import {
  KIND,
  LAST_MS,
  LAST_VALUE,
  POINT_STRIDE,
  ROLE_STRIDE,
  SERIES_KINDS,
  TENANT,
  type SeriesTable,
} from './series-table.ts'
import { FIRST_TENANT } from './tenant-table.ts'
import { LONGEST_MINUTES, STANDARD_ERROR_RATIO, UserSketch } from './user-sketch.ts'

/** Labels and attributes that name a user, in the order in which they are tried. */
const DEFAULT_USER_LABELS = ['enduser.id', 'enduser_id', 'user.id', 'user_id']

/** Estimates, of the time up to now. */
export interface DistinctUsers {
  readonly fiveMinutes: number
  readonly hour: number
  readonly day: number
  /** Of each, where it is more than two thousand; fewer are counted exactly. */
  readonly standardErrorRatio: number
}

export interface ActiveUsers {
  /** As reported; else the estimate of the last five minutes. Null where there is neither. */
  readonly count: number | null
  readonly isReported: boolean
  /** Null where no series of the tenant names a user. */
  readonly distinct: DistinctUsers | null
}

/** Prefers what is reported: the sender knows its sessions. */
export function activeUsersOf(
  reported: number | null,
  distinct: DistinctUsers | null,
): ActiveUsers {
  return {
    count: reported ?? distinct?.fiveMinutes ?? null,
    isReported: reported !== null,
    distinct,
  }
}

const FIVE_MINUTES = 5
const HOUR_MINUTES = 60
const SEED_CHUNK = 0
const SEED_BYTES = 16

export class Users {
  /**
   * By slot: the hash of the user that a series names, 0 for none. Ends with the last that does.
   */
  readonly hashes = intColumn(1)
  #labels: readonly string[] = DEFAULT_USER_LABELS
  #seed: Uint8Array
  /** By tenant. */
  readonly #sketches = new Map<number, UserSketch>()
  /** Chunks: the seed, then a sketch a tenant. */
  readonly #changed = new Set<number>([SEED_CHUNK])
  /** What was seen of each slot last. */
  #timesMs = new Float64Array(0)
  #values = new Float64Array(0)

  constructor(seed: Uint8Array = randomBytes(SEED_BYTES)) {
    this.#seed = seed
  }

  /** Says which labels and attributes name a user, in the order in which they are tried. */
  nameBy(labels: readonly string[]): void {
    this.#labels = labels
  }

  /** Notes whom a new series names. */
  register(slot: number, label: LabelReader): void {
    const hash = this.#hashOf(label)
    if (hash === 0 && slot >= this.hashes.rows) return
    if (slot >= this.hashes.rows) this.#reserve(slot + 1)
    this.hashes.data[slot] = hash
    this.hashes.mark(slot)
    this.#timesMs[slot] = 0
    this.#values[slot] = NaN
  }

  /** Looks which users were active since the last time. Cost: one look at each series. */
  sweep({ roles, points }: SeriesTable): void {
    const hashes = this.hashes.data
    for (let slot = 0; slot < this.hashes.rows; slot += 1) {
      if (hashes[slot] === 0) continue
      const at = slot * POINT_STRIDE
      const lastMs = points.data[at + LAST_MS]!
      if (!(lastMs > this.#timesMs[slot]!)) continue
      const value = points.data[at + LAST_VALUE]!
      const role = slot * ROLE_STRIDE
      const isCounter = roles.data[role + KIND] === SERIES_KINDS.counter
      const tenant = roles.data[role + TENANT]!
      if (tenant >= FIRST_TENANT && !(isCounter && value === this.#values[slot])) {
        this.#note(tenant, hashes[slot]!, Math.ceil(lastMs / MINUTE_MS))
      }
      this.#timesMs[slot] = lastMs
      this.#values[slot] = value
    }
  }

  /** Null where no series of the tenant names a user. */
  distinct(tenant: number, nowMs: number): DistinctUsers | null {
    const sketch = this.#sketches.get(tenant)
    if (sketch === undefined) return null
    const nowMinute = Math.ceil(nowMs / MINUTE_MS)
    return {
      fiveMinutes: sketch.count(FIVE_MINUTES, nowMinute),
      hour: sketch.count(HOUR_MINUTES, nowMinute),
      day: sketch.count(LONGEST_MINUTES, nowMinute),
      standardErrorRatio: STANDARD_ERROR_RATIO,
    }
  }

  takeChanged(): TakenChunk[] {
    const taken = [...this.#changed].map((index) =>
      takenChunk(index, index === SEED_CHUNK ? this.#seed : this.#sketches.get(index - 1)!.pack()),
    )
    this.#changed.clear()
    return taken
  }

  markChunk(index: number): void {
    this.#changed.add(index)
  }

  restoreChunk(index: number, bytes: Uint8Array): void {
    if (index === SEED_CHUNK) this.#seed = new Uint8Array(bytes)
    else this.#sketches.set(index - 1, UserSketch.unpack(bytes))
    this.#changed.delete(SEED_CHUNK)
  }

  /** Goes on from series that were read back: what they reported so far is in the sketches. */
  resume({ points }: SeriesTable): void {
    this.#reserve(this.hashes.rows)
    for (let slot = 0; slot < this.hashes.rows; slot += 1) {
      this.#timesMs[slot] = points.data[slot * POINT_STRIDE + LAST_MS]!
      this.#values[slot] = points.data[slot * POINT_STRIDE + LAST_VALUE]!
    }
  }

  #note(tenant: number, hash: number, minute: number): void {
    let sketch = this.#sketches.get(tenant)
    if (sketch === undefined) this.#sketches.set(tenant, (sketch = new UserSketch()))
    sketch.note(hash, minute)
    this.#changed.add(tenant + 1)
  }

  #hashOf(label: LabelReader): number {
    for (const name of this.#labels) {
      const user = label(name)
      if (user === undefined || user === '') continue
      // None is told by zero
      return createHmac('sha256', this.#seed).update(user).digest().readInt32LE(0) || 1
    }
    return 0
  }

  #reserve(slots: number): void {
    if (slots > this.hashes.rows) this.hashes.reserve(slots - this.hashes.rows)
    if (this.#timesMs.length >= slots) return
    const timesMs = new Float64Array(this.hashes.data.length)
    const values = new Float64Array(this.hashes.data.length)
    timesMs.set(this.#timesMs)
    values.set(this.#values)
    this.#timesMs = timesMs
    this.#values = values
  }
}
