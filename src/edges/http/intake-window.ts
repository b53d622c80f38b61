/**
 * How many samples come in, and how many of them no tenant claims: told from totals that are noted
 * with every tick.
 */
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/time.ts'

export interface IntakeTotals {
  readonly received: number
  readonly unattributed: number
}

export interface IntakeRates {
  /** Over the last minute; over what there is after a start. */
  readonly samplesPerSecond: number
  /** Over the last hour. Null when nothing was received. */
  readonly unattributedRatio: number | null
}

interface Noted extends IntakeTotals {
  readonly atMs: number
}

/** One note a ten seconds for an hour. */
const STEP_MS = 10 * SECOND_MS

export class IntakeWindow {
  #notes: Noted[] = []

  /** Notes the totals of an instant. A clock that stepped back begins the window anew. */
  note(atMs: number, { received, unattributed }: IntakeTotals): void {
    const last = this.#notes.at(-1)
    if (last !== undefined && atMs < last.atMs) this.#notes = []
    else if (last !== undefined && atMs - last.atMs < STEP_MS) return
    this.#notes.push({ atMs, received, unattributed })
    const beginsMs = atMs - HOUR_MS
    while (this.#notes.length > 2 && (this.#notes[1]?.atMs ?? atMs) <= beginsMs) this.#notes.shift()
  }

  rates(): IntakeRates {
    const last = this.#notes.at(-1)
    const first = this.#notes[0]
    if (last === undefined || first === undefined) {
      return { samplesPerSecond: 0, unattributedRatio: null }
    }
    const minute = this.#notes.findLast((note) => note.atMs <= last.atMs - MINUTE_MS) ?? first
    const seconds = (last.atMs - minute.atMs) / SECOND_MS
    const received = last.received - first.received
    return {
      samplesPerSecond: seconds === 0 ? 0 : (last.received - minute.received) / seconds,
      unattributedRatio:
        received === 0 ? null : (last.unattributed - first.unattributed) / received,
    }
  }
}
