/**
 * What a person wants to know of refusals: for each tenant and reason when the last one was, and
 * some of the series that it met. In memory only, and little of it: a text is taken at most once a
 * second.
 */
import { SECOND_MS } from '../../core/time.ts'

export interface RefusalNote {
  readonly reason: string
  readonly lastAtMs: number
  /** The latest first, each once. May be empty. */
  readonly examples: readonly string[]
}

const EXAMPLES = 5

interface Note {
  lastAtMs: number
  takenAtMs: number
  examples: string[]
}

export class RefusalNotes {
  readonly #byTenant = new Map<number, Map<string, Note>>()

  /** The text is asked for only where it is wanted. */
  note(tenant: number, reason: string, atMs: number, example?: () => string): void {
    const note = this.#find(tenant, reason)
    note.lastAtMs = Math.max(note.lastAtMs, atMs)
    const isDue = Math.abs(atMs - note.takenAtMs) >= SECOND_MS
    if (example === undefined || !isDue) return
    const text = example()
    note.takenAtMs = atMs
    note.examples = [text, ...note.examples.filter((known) => known !== text)].slice(0, EXAMPLES)
  }

  of(tenant: number): RefusalNote[] {
    const notes = this.#byTenant.get(tenant) ?? []
    return [...notes].map(([reason, { lastAtMs, examples }]) => ({ reason, lastAtMs, examples }))
  }

  #find(tenant: number, reason: string): Note {
    const notes = this.#byTenant.get(tenant) ?? new Map<string, Note>()
    this.#byTenant.set(tenant, notes)
    const note = notes.get(reason) ?? { lastAtMs: 0, takenAtMs: 0, examples: [] }
    notes.set(reason, note)
    return note
  }
}
