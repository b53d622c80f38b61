/** How much totals gained within the last minute: they are noted with every tick, by name. */
import { MINUTE_MS, SECOND_MS } from '../../core/time.ts'

export type Totals = Readonly<Record<string, number>>

interface Noted {
  readonly atMs: number
  readonly totals: Totals
}

export class RateWindow {
  #notes: Noted[] = []

  /** Notes the totals of an instant. A clock that stepped back begins the window anew. */
  note(atMs: number, totals: Totals): void {
    if (atMs < (this.#notes.at(-1)?.atMs ?? atMs)) this.#notes = []
    this.#notes.push({ atMs, totals })
    while (this.#notes.length > 2 && this.#notes[1]!.atMs <= atMs - MINUTE_MS) this.#notes.shift()
  }

  /** How long the window is: a minute, or less after a start. */
  spanSeconds(): number {
    const [first] = this.#notes
    const last = this.#notes.at(-1)
    return first === undefined || last === undefined ? 0 : (last.atMs - first.atMs) / SECOND_MS
  }

  /** A total that was not there when the window begins began at zero. */
  gained(name: string): number {
    const last = this.#notes.at(-1)?.totals[name] ?? 0
    return last - (this.#notes[0]?.totals[name] ?? 0)
  }

  perSecond(name: string): number {
    const seconds = this.spanSeconds()
    return seconds === 0 ? 0 : this.gained(name) / seconds
  }
}
