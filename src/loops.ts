/**
 * What repeats while the program runs: ticks, minutes, checkpoints, the log's sync, jobs. Every
 * loop waits for its own work to end, so that nothing overlaps; one that comes late is counted; one
 * that fails is reported and goes on.
 */
import type { Cancel, Clock, Log } from './core/ports.ts'

export interface Loop {
  readonly name: string
  readonly everyMs: number
  readonly run: () => Promise<void> | void
  /** Told once for every turn that begins late: the one before took long, or all stood still. */
  readonly onLate?: () => void
  readonly onFailure?: () => void
}

export interface Loops {
  /** Ends all loops and waits for the turns under way. */
  stop(): Promise<void>
}

export function startLoops(parts: { clock: Clock; log: Log; loops: readonly Loop[] }): Loops {
  const running = parts.loops.map((loop) => startLoop(parts.clock, parts.log, loop))
  return {
    async stop() {
      await Promise.all(running.map((stop) => stop()))
    },
  }
}

function startLoop(clock: Clock, log: Log, loop: Loop): () => Promise<void> {
  let stopped = false
  let cancel: Cancel = () => undefined
  let turn: Promise<void> = Promise.resolve()
  let dueMs = clock.monotonicMs() + loop.everyMs

  /** Turns that were missed are not made up for. */
  const skipTo = (nowMs: number): void => {
    loop.onLate?.()
    dueMs = nowMs
  }
  const runTurn = async (): Promise<void> => {
    const begunMs = clock.monotonicMs()
    if (begunMs - dueMs >= loop.everyMs) skipTo(begunMs)
    try {
      await loop.run()
    } catch (error) {
      loop.onFailure?.()
      log.error(
        { err: error, loop: loop.name },
        'a turn of a loop failed; the next one comes as usual',
      )
    }
  }
  const wait = (): void => {
    if (stopped) return
    cancel = clock.after(Math.max(0, dueMs - clock.monotonicMs()), () => {
      turn = runTurn().then(() => {
        dueMs += loop.everyMs
        const endedMs = clock.monotonicMs()
        if (endedMs > dueMs) skipTo(endedMs)
        wait()
      })
    })
  }
  wait()
  return async () => {
    stopped = true
    cancel()
    await turn
  }
}
