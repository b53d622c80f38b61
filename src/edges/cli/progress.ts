/** Says on stderr how far long work is: one line that is written over on a terminal, one line every
 *  few seconds elsewhere. */
import { systemClock } from '../../machinery/runtime/clock.ts'

const TERMINAL_MS = 200
const ELSEWHERE_MS = 5_000
const CLEAR_LINE = '\r\u001B[K'

export interface Progress {
  /** Says how far it is, if it is time to. Cost: a look at the clock. */
  at(text: () => string): void
  /** Takes the line away again. */
  end(): void
}

export function openProgress(): Progress {
  const clock = systemClock()
  const isTerminal = process.stderr.isTTY
  const everyMs = isTerminal ? TERMINAL_MS : ELSEWHERE_MS
  let nextMs = clock.monotonicMs() + everyMs
  let isShown = false
  return {
    at(text) {
      if (clock.monotonicMs() < nextMs) return
      nextMs = clock.monotonicMs() + everyMs
      process.stderr.write(isTerminal ? `${CLEAR_LINE}${text()}` : `${text()}\n`)
      isShown = isTerminal
    },
    end() {
      if (isShown) process.stderr.write(CLEAR_LINE)
      isShown = false
    },
  }
}
