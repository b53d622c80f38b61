import type { Cancel, Clock } from '../../core/ports.ts'

/** The longest span that one Node timer takes; longer ones would fire at once. */
const TIMER_MAX_MS = 2_147_483_647

/** Opens the machine's own clock. A sleep of nothing gives I/O one turn instead of a timer's
 *  millisecond. */
export function systemClock(): Clock {
  return {
    nowMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    after,
    sleep(delayMs, signal) {
      return new Promise((resolve) => {
        if (signal?.aborted === true) return resolve()
        if (delayMs <= 0) return void setImmediate(resolve)
        const cancel = after(delayMs, () => {
          signal?.removeEventListener('abort', wake)
          resolve()
        })
        const wake = (): void => {
          cancel()
          resolve()
        }
        signal?.addEventListener('abort', wake, { once: true })
      })
    },
  }
}

function after(delayMs: number, call: () => void): Cancel {
  let timer: NodeJS.Timeout
  const wait = (leftMs: number): void => {
    const spanMs = Math.min(leftMs, TIMER_MAX_MS)
    timer = setTimeout(() => (leftMs > spanMs ? wait(leftMs - spanMs) : call()), spanMs)
  }
  wait(Math.max(0, delayMs))
  return () => clearTimeout(timer)
}
