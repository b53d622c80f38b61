/** The engine's answers worked out the plain way: a list of events, and every window recounted
 *  from scratch. */
import { windowBurn } from '../../../src/domain/slo/burn.ts'
import { SLICE_RECENT_MINUTES } from '../../../src/domain/slo/page-rings.ts'
import { LAG_TICKS, PERIOD_SECONDS, WINDOWS } from '../../../src/domain/slo/windows.ts'

export interface ReferenceEvent {
  readonly tick: number
  readonly total: number
  readonly bad: number
  /** Counts only in a minute without others. */
  readonly standsIn?: boolean
}

export interface WindowCount {
  readonly total: number
  readonly bad: number
}

/** Every window of WINDOWS, and what is shown for the period: its closed hours and the hour that
 *  runs, up to the last closed minute. */
export interface Recount {
  readonly windows: readonly WindowCount[]
  readonly shown: WindowCount
}

/** One tenant's requests. */
export class Reference {
  readonly #events: ReferenceEvent[] = []
  /** Events that came early enough to decide their minute. */
  readonly #deciding: ReferenceEvent[] = []
  #ahead: ReferenceEvent[] = []
  #headTick = -1
  #settledTick = 0

  add(event: ReferenceEvent): void {
    if (event.tick > this.#headTick) {
      this.#ahead.push(event)
      return
    }
    this.#events.push(event)
    const minute = Math.ceil(event.tick / 6)
    if (minute > Math.ceil(this.#headTick / 6) - SLICE_RECENT_MINUTES) this.#deciding.push(event)
  }

  evaluate(nowMs: number, settledToMs: number): void {
    this.#headTick = Math.max(this.#headTick, Math.ceil(nowMs / 10_000) + 1)
    const settled = Math.max(Math.floor(settledToMs / 10_000), this.#headTick - LAG_TICKS)
    this.#settledTick = Math.max(this.#settledTick, Math.min(settled, this.#headTick))
    const waiting = this.#ahead
    this.#ahead = []
    for (const event of waiting) this.add(event)
  }

  events(): Recount {
    const events = this.#events.filter(({ standsIn }) => standsIn !== true)
    return this.#recount(events, 10)
  }

  slices(isGood: (minute: WindowCount) => boolean): Recount {
    const minutes = Map.groupBy(this.#deciding, ({ tick }) => Math.ceil(tick / 6))
    const slices = [...minutes]
      .map(([minute, all]): [number, WindowCount] => {
        const events = all.filter(({ standsIn }) => standsIn !== true)
        const count = countIn(events, -Infinity, Infinity)
        return [minute, count.total > 0 ? count : countIn(all, -Infinity, Infinity)]
      })
      .filter(([, { total }]) => total > 0)
      .map(([minute, count]) => ({ tick: minute * 6, total: 1, bad: isGood(count) ? 0 : 1 }))
    return this.#recount(slices, 60)
  }

  #recount(events: readonly ReferenceEvent[], finestSeconds: number): Recount {
    const windows = WINDOWS.map(({ seconds, stepSeconds }) => {
      const end = this.#edge(Math.max(finestSeconds, stepSeconds))
      return countIn(events, end - seconds / 10, end)
    })
    const shown = countIn(events, this.#edge(3_600) - PERIOD_SECONDS / 10, this.#edge(60))
    return { windows, shown }
  }

  #edge(stepSeconds: number): number {
    const step = stepSeconds / 10
    return Math.floor(this.#settledTick / step) * step
  }
}

/** A minute in which so many of a million were good. */
export function isGoodShare(targetPpm: number) {
  return ({ total, bad }: WindowCount): boolean =>
    BigInt(total - bad) * 1_000_000n >= BigInt(total) * BigInt(targetPpm)
}

/** A minute in which 99.9 % of what was asked for, but of 60,000 at most, was served. */
export function isServed({ total, bad }: WindowCount): boolean {
  const promised = BigInt(Math.min(total, 60_000))
  return BigInt(total - bad) * 1_000n >= promised * 999n
}

function countIn(events: readonly ReferenceEvent[], after: number, to: number): WindowCount {
  const within = events.filter(({ tick }) => tick <= to && tick > after)
  return {
    total: within.reduce((sum, { total }) => sum + total, 0),
    bad: within.reduce((sum, { bad }) => sum + bad, 0),
  }
}

export function burnOf({ bad, total }: WindowCount, targetPpm: number): number | null {
  return windowBurn(bad, total, targetPpm)
}
