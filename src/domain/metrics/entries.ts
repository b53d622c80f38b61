/**
 * What the walk of one request has come to: samples as columns, who sent them, what was refused of
 * them before they had a series, and what to tell the sender. Reused by the next request.
 */
import type { HaSenders } from './ha-senders.ts'
import { NativeTally } from './native-tally.ts'

/**
 * What an entry is: a sample, the end of its series, a component that goes with the sample before
 * it, or a histogram of which only the components at powers of two follow.
 */
export const SAMPLE = 0
export const STALE = 1
export const PART = 2
export const COARSE = 3
/** Goes with a sample: its sender says that counting began anew. */
export const RESET = 8

/** Capacity that is kept from one request to the next. */
const KEPT_ENTRIES = 2 ** 18

/** How many a sender is told. */
export const MAX_MESSAGES = 5

export class Entries {
  count = 0
  slots = new Int32Array(4_096)
  timesMs = new Float64Array(4_096)
  values = new Float64Array(4_096)
  startsMs = new Float64Array(4_096)
  flags = new Uint8Array(4_096)
  /** Which replica sent what, and what of it found no series. */
  readonly senders: HaSenders
  readonly messages: string[] = []
  /** What remote write 2.0 brought beside samples. */
  readonly native = new NativeTally()

  constructor(senders: HaSenders) {
    this.senders = senders
  }

  /** Starts a request. */
  clear(): void {
    if (this.slots.length > KEPT_ENTRIES) this.#resize(KEPT_ENTRIES)
    this.count = 0
    this.messages.length = 0
    this.native.clear()
  }

  push(slot: number, timeMs: number, value: number, startMs: number, flag: number): void {
    const at = this.count
    if (at === this.slots.length) this.reserve(1)
    this.slots[at] = slot
    this.timesMs[at] = timeMs
    this.values[at] = value
    this.startsMs[at] = startMs
    this.flags[at] = flag
    this.count = at + 1
  }

  /** Puts an entry into another's place. */
  move(entry: number, place: number): void {
    this.slots[place] = this.slots[entry]!
    this.timesMs[place] = this.timesMs[entry]!
    this.values[place] = this.values[entry]!
    this.startsMs[place] = this.startsMs[entry]!
    this.flags[place] = this.flags[entry]!
  }

  /** Makes room. */
  reserve(entries: number): void {
    const needed = this.count + entries
    if (needed > this.slots.length) this.#resize(Math.max(needed, 2 * this.slots.length))
  }

  /** Says that samples of the present sender found no series. The code tells reason and tenant. */
  refuse(code: number, samples = 1): void {
    const { refused } = this.senders.sender
    refused.set(code, (refused.get(code) ?? 0) + samples)
  }

  tell(message: string): void {
    if (this.messages.length < MAX_MESSAGES) this.messages.push(message)
  }

  /** Tells how many samples came, of which so many have a series. */
  countReceived(withSeries: number): number {
    let samples = withSeries
    for (const { refused } of this.senders.list) {
      for (const count of refused.values()) samples += count
    }
    return samples
  }

  #resize(entries: number): void {
    const kept = Math.min(entries, this.count)
    this.slots = resized(this.slots, new Int32Array(entries), kept)
    this.timesMs = resized(this.timesMs, new Float64Array(entries), kept)
    this.values = resized(this.values, new Float64Array(entries), kept)
    this.startsMs = resized(this.startsMs, new Float64Array(entries), kept)
    this.flags = resized(this.flags, new Uint8Array(entries), kept)
  }
}

function resized<A extends Int32Array | Float64Array | Uint8Array>(
  from: A,
  to: A,
  kept: number,
): A {
  to.set(from.subarray(0, kept))
  return to
}
