/** One page per tenant and cause over the whole life of a burn, whatever the burn does. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TenantId } from '../../../src/core/ids.ts'
import type { AlertTransition } from '../../../src/domain/incidents/incidents.ts'
import { openDatabase, type Database } from '../../../src/machinery/storage/database.ts'
import { Desk, START_MS } from './harness.ts'
import { incidentsOver } from '../incidents/open.ts'

const MINUTE = 60_000
const PER_MINUTE = 10_000
const CAUSES = ['requests-fail', 'requests-slow'] as const

/** What is counted for a cause, minute by minute, and recounted here the plain way. */
interface Counted {
  readonly cause: (typeof CAUSES)[number]
  /** Of a thousand events, what may be bad. */
  readonly allowed: number
  readonly least: number
  readonly bads: number[]
  readonly totals: number[]
}

interface Phase {
  readonly minutes: number
  /** Of 10,000 requests a minute. */
  readonly failed: number
  readonly slow: number
}

class Line {
  readonly #db: Database = openDatabase({ path: ':memory:', kind: 'control' })
  readonly #incidents = incidentsOver(this.#db)
  readonly #desk = new Desk()
  readonly #acme: TenantId = this.#desk.admit('acme')
  readonly #requests = this.#desk.requestCells(this.#acme)
  readonly #durations = this.#desk.durationCells(this.#acme, [0.2, Infinity])
  readonly #counted: Counted[] = [
    { cause: 'requests-fail', allowed: 1, least: 3, bads: [], totals: [] },
    { cause: 'requests-fail', allowed: 1, least: 2, bads: [], totals: [] },
    { cause: 'requests-slow', allowed: 10, least: 3, bads: [], totals: [] },
  ]
  readonly pages: AlertTransition[] = []
  /** What was not as it should be. */
  readonly problems: string[] = []

  serve({ minutes, failed, slow }: Phase): void {
    for (let i = 0; i < minutes; i += 1) this.#minute(failed, slow)
  }

  async restart(): Promise<void> {
    await this.#desk.checkpoint()
    this.#desk.restart()
  }

  firing(): string[] {
    return this.#incidents.firing().map(({ key }) => key)
  }

  close(): void {
    this.#db.close()
  }

  #minute(failed: number, slow: number): void {
    const [errors, minutes, latency] = this.#counted as [Counted, Counted, Counted]
    count(errors, failed, PER_MINUTE)
    count(minutes, Number(failed * 20 > PER_MINUTE), 1)
    count(latency, slow, PER_MINUTE)
    const atMs = START_MS + errors.bads.length * MINUTE
    const [within, all] = this.#durations
    this.#desk.book([
      { cell: this.#requests.ok, atMs, amount: PER_MINUTE - failed },
      { cell: this.#requests.failed, atMs, amount: failed },
      { cell: within!, atMs, amount: PER_MINUTE - slow },
      { cell: all!, atMs, amount: PER_MINUTE },
    ])
    const turned = this.#incidents.observe(this.#desk.evaluate(atMs), atMs)
    this.pages.push(...turned.filter(({ alert }) => alert.action === 'page'))
    this.#check(turned)
  }

  #check(turned: readonly AlertTransition[]): void {
    const firing = this.#incidents.firing().filter(({ action }) => action === 'page')
    for (const cause of CAUSES) {
      const own = this.#counted.filter((counted) => counted.cause === cause)
      const pages = firing.filter(({ labels }) => causeOf(labels.slo!) === cause).length
      const became = (state: string): boolean =>
        turned.some(({ kind, alert }) => kind === state && alert.key === `${cause}/page`)
      this.#demand(pages <= 1, `${cause}: one page`)
      this.#demand(pages === 1 || !own.some(shouldPage), `${cause}: a page while a pair holds`)
      this.#demand(!became('firing') || own.some(shouldPage), `${cause}: none without one`)
      const isOver = !own.some(hasNotRecovered)
      this.#demand(!became('resolved') || isOver, `${cause}: an end only when all recovered`)
    }
  }

  #demand(holds: boolean, what: string): void {
    if (!holds) this.problems.push(`minute ${String(this.#counted[0]!.bads.length)}, ${what}`)
  }
}

function count({ bads, totals }: Counted, bad: number, total: number): void {
  bads.push(bad)
  totals.push(total)
}

function causeOf(slo: string): string {
  return slo === 'response-time' ? 'requests-slow' : 'requests-fail'
}

/** Tells whether a window ends with more bad events than so many times what is allowed. */
function burns(
  { allowed, bads, totals }: Counted,
  { minutes, step = 1, times, least = 0 }: Window,
): boolean {
  const end = Math.floor(bads.length / step) * step
  const sum = (values: readonly number[]): number =>
    values.slice(Math.max(0, end - minutes), end).reduce((total, value) => total + value, 0)
  const bad = sum(bads)
  return bad >= least && bad * 10_000 > Math.round(times * 10) * allowed * sum(totals)
}

interface Window {
  readonly minutes: number
  readonly step?: number
  readonly times: number
  readonly least?: number
}

function shouldPage(counted: Counted): boolean {
  const { least } = counted
  const fast =
    burns(counted, { minutes: 5, times: 14.4 }) &&
    burns(counted, { minutes: 60, times: 14.4, least })
  const medium =
    burns(counted, { minutes: 30, times: 6 }) &&
    burns(counted, { minutes: 360, step: 5, times: 6, least })
  return fast || medium
}

function hasNotRecovered(counted: Counted): boolean {
  return burns(counted, { minutes: 5, times: 7.2 }) || burns(counted, { minutes: 30, times: 3 })
}

const CALM = { failed: 0, slow: 0 }
/** The longest window of a fast page is full and nothing is bad in it. */
const SETTLED: Phase = { ...CALM, minutes: 60 }
/** The last ticket ends when six hours have nothing bad in them. */
const OVER: Phase = { ...CALM, minutes: 370 }

/** Bad enough, and with pauses so short, that every half hour of it burns. */
const stretch = fc.record({
  minutes: fc.integer({ min: 5, max: 40 }),
  failed: fc.integer({ min: 600, max: PER_MINUTE }),
  slow: fc.integer({ min: 3_000, max: PER_MINUTE }),
  pauseMinutes: fc.integer({ min: 0, max: 15 }),
  restarts: fc.boolean(),
})

const share = fc.oneof(
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 200 }) },
  { weight: 3, arbitrary: fc.integer({ min: 200, max: 1_500 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1_500, max: PER_MINUTE }) },
)
const anything = fc.record({
  minutes: fc.integer({ min: 1, max: 45 }),
  failed: share,
  slow: share,
})

describe('a page', () => {
  it('is one over the whole life of a burn with pauses, and ends after it', async () => {
    const burn = fc.array(stretch, { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(burn, async (stretches) => {
        const line = new Line()
        line.serve(SETTLED)
        for (const { pauseMinutes, restarts, ...phase } of stretches) {
          line.serve(phase)
          if (restarts) await line.restart()
          line.serve({ ...CALM, minutes: pauseMinutes })
        }
        line.serve(OVER)
        const told = CAUSES.map((cause) =>
          line.pages.filter(({ alert }) => alert.key === `${cause}/page`).map(({ event }) => event),
        )
        for (const events of told) {
          expect([[], ['fired', 'resolved']]).toContainEqual(events)
        }
        expect({ problems: line.problems, firing: line.firing() }).toEqual({
          problems: [],
          firing: [],
        })
        line.close()
      }),
      { numRuns: 12 },
    )
  })

  it('fires whenever a pair holds, and ends only when all short windows have recovered', () => {
    fc.assert(
      fc.property(fc.array(anything, { minLength: 1, maxLength: 12 }), (phases) => {
        const line = new Line()
        line.serve(SETTLED)
        for (const phase of phases) line.serve(phase)
        line.serve(OVER)
        expect({ problems: line.problems, firing: line.firing() }).toEqual({
          problems: [],
          firing: [],
        })
        line.close()
      }),
      { numRuns: 12 },
    )
  })
})
