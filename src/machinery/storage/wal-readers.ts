/** Who still needs the log's older records, and how much of it each may hold back. */
import { assert } from '../../core/assert.ts'

export interface LogReader {
  /** Everything before it has been read. Until the first advance, the oldest position there is. */
  position(): number
  /** Moves on, or to where an earlier run of the same reader had come. Never goes back after
   *  that. */
  advance(position: number): void
  /** Tells which positions were deleted before they were read, half-open, or null. Advance past
   *  them to go on. */
  gap(): { readonly from: number; readonly to: number } | null
  /** Holds nothing back any more. A later reader may have the same name. */
  close(): void
}

export interface LogReaders {
  open(name: string, capBytes: number): LogReader
  /** Tells before which position nobody needs anything. Zero where no reader is open: then
   *  nothing is deleted. */
  floor(): number
}

interface Held {
  readonly capBytes: number
  position: number | null
}

/** Keeps the readers of one log, which tells its bounds. */
export function logReaders(bounds: { oldest(): number; end(): number }): LogReaders {
  const held = new Map<string, Held>()
  return {
    open(name, capBytes) {
      assert(!held.has(name), `one log reader called ${name}`)
      const reader: Held = { capBytes, position: null }
      held.set(name, reader)
      return {
        position: () => reader.position ?? bounds.oldest(),
        advance(position) {
          assert(position <= bounds.end(), `${name} reads only what the log holds`)
          assert(position >= (reader.position ?? 0), `${name} does not read twice`)
          reader.position = position
        },
        gap() {
          const from = reader.position
          const to = bounds.oldest()
          return from !== null && from < to ? { from, to } : null
        },
        close() {
          held.delete(name)
        },
      }
    },
    floor() {
      const floors = [...held.values()].map(({ position, capBytes }) =>
        Math.max(position ?? bounds.oldest(), bounds.end() - capBytes),
      )
      return floors.length === 0 ? 0 : Math.min(...floors)
    },
  }
}
