/**
 * What was received of each tenant's signals on the day that goes on: samples, and their share of
 * the bytes of the requests that brought them. What is a duplicate or refused is not in it; what a
 * better source shadows is, since it was sent and taken in. A day is one of UTC, by the time of
 * receipt: a replay counts the same.
 */
import type { TenantId } from '../../core/ids.ts'
import { bucketEndMs, DAY_MS } from '../../core/time.ts'
import type { SignalName } from './cell.ts'
import { floatColumn } from './columns.ts'
import type { Sources } from './sources.ts'
import { PART, type Entries } from './entries.ts'
import { FIRST_TENANT, type TenantTable } from './tenant-table.ts'

/** Samples of a tenant that no signal takes. */
export const UNMAPPED = 'unmapped'
export type ReceivedSignal = SignalName | typeof UNMAPPED

export interface Received {
  readonly samples: number
  /** Of the uncompressed messages, shared out by samples. */
  readonly bytes: number
}

/** Shape: sorted by signal; only what came. */
export type ReceivedBySignal = readonly (Received & { readonly signal: ReceivedSignal })[]

export interface ReceivedDay {
  readonly tenantId: TenantId
  readonly dayEndMs: number
  readonly signals: ReceivedBySignal
}

interface Tables {
  readonly sources: Sources
  readonly tenants: TenantTable
}

export class ReceivedToday {
  /** One row: the end of the day that goes on. */
  readonly day = floatColumn(1)
  readonly #tables: Tables
  readonly #keep: (day: ReceivedDay) => void

  /** `keep` is given what a tenant's day came to, once it is over. */
  constructor(tables: Tables, keep: (day: ReceivedDay) => void) {
    this.#tables = tables
    this.#keep = keep
    this.day.reserve(1)
  }

  /** Begins a request: its samples are counted one by one, where they are judged. */
  begin(staged: Entries, messageBytes: number, receivedAtMs: number): void {
    this.#advance(receivedAtMs)
    const samples = samplesOf(staged)
    const share = samples === 0 ? 0 : messageBytes / samples
    this.#tables.sources.bytesPerSample = share
  }

  /** Tells what a tenant's day came to so far. */
  today(tenantId: TenantId): ReceivedDay | null {
    const index = this.#tables.tenants.find(tenantId)
    const signals = index === undefined ? [] : this.#signalsOf(index)
    const dayEndMs = this.day.data[0]!
    return signals.length === 0 ? null : { tenantId, dayEndMs, signals }
  }

  #advance(receivedAtMs: number): void {
    const dayEndMs = this.day.data[0]!
    if (receivedAtMs <= dayEndMs) return
    const { sources, tenants } = this.#tables
    for (let index = FIRST_TENANT; dayEndMs > 0 && index < tenants.words.size; index += 1) {
      const signals = this.#signalsOf(index)
      if (signals.length > 0) this.#keep({ tenantId: tenants.id(index), dayEndMs, signals })
    }
    sources.clearCounts()
    this.day.data[0] = bucketEndMs(receivedAtMs, DAY_MS)
    this.day.mark(0)
  }

  #signalsOf(tenantIndex: number): ReceivedBySignal {
    const { sources } = this.#tables
    const sums = new Map<ReceivedSignal, Received>()
    const note = (signal: ReceivedSignal, { samples, bytes }: Received): void => {
      if (samples === 0) return
      const before = sums.get(signal) ?? { samples: 0, bytes: 0 }
      sums.set(signal, { samples: before.samples + samples, bytes: before.bytes + bytes })
    }
    for (const feed of sources.ofTenant(tenantIndex)) {
      note(sources.feed(feed).signal, sources.countOf(feed))
    }
    note(UNMAPPED, sources.unmappedOf(tenantIndex))
    return [...sums]
      .map(([signal, received]) => ({ signal, ...received }))
      .toSorted((a, b) => (a.signal < b.signal ? -1 : 1))
  }
}

function samplesOf({ count, flags }: Entries): number {
  let samples = 0
  for (let entry = 0; entry < count; entry += 1) if (flags[entry] !== PART) samples += 1
  return samples
}
