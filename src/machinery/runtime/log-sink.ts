/**
 * Where log lines go: written before the call returns, as long as whoever reads them keeps up. A
 * reader that does not, such as one behind a full pipe, must not hold up the program: lines then
 * wait in memory, up to a limit, and what was left out beyond it is said once there is room again.
 */
import { writeSync } from 'node:fs'
import type { Clock } from '../../core/ports.ts'
import { MIB } from '../../core/units.ts'

export const LOG_SINK_LIMITS = {
  waitingBytes: 8 * MIB,
  retryMs: 20,
} as const

export interface LogSink {
  write(line: string): void
  /** Writes of what waits as much as the reader takes now. */
  flush(): void
}

/** Opens the sink of standard error, or of whatever takes bytes and tells how many it took; it
 *  throws EAGAIN where it has no room. */
export function openLogSink({
  clock,
  writeBytes = (bytes) => writeSync(2, bytes),
}: {
  readonly clock: Pick<Clock, 'after'>
  readonly writeBytes?: (bytes: Uint8Array) => number
}): LogSink {
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  let leftOut = 0
  let isLater = false

  /** Tells what there was no room for. A reader that has gone takes everything. */
  const restOf = (bytes: Uint8Array): Uint8Array => {
    let rest = bytes
    try {
      while (rest.length > 0) rest = rest.subarray(writeBytes(rest))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      return code === 'EAGAIN' || code === 'EBUSY' ? rest : NOTHING
    }
    return rest
  }

  const keep = (bytes: Uint8Array): void => {
    waiting.push(bytes)
    waitingBytes += bytes.length
    if (isLater) return
    isLater = true
    clock.after(LOG_SINK_LIMITS.retryMs, () => {
      isLater = false
      flush()
    })
  }

  const flush = (): void => {
    const before = waiting
    waiting = []
    waitingBytes = 0
    for (const bytes of before) {
      const rest = waiting.length === 0 ? restOf(bytes) : bytes
      if (rest.length > 0) keep(rest)
    }
    if (waiting.length > 0 || leftOut === 0) return
    const text = `{"level":"warn","leftOut":${String(leftOut)},"msg":"lines of the log were left out: nobody took them"}\n`
    leftOut = 0
    const rest = restOf(Buffer.from(text))
    if (rest.length > 0) keep(rest)
  }

  return {
    write(line) {
      const bytes = Buffer.from(line)
      if (waiting.length === 0) {
        const rest = restOf(bytes)
        if (rest.length > 0) keep(rest)
      } else if (waitingBytes + bytes.length <= LOG_SINK_LIMITS.waitingBytes) keep(bytes)
      else leftOut += 1
    },
    flush,
  }
}

const NOTHING = new Uint8Array(0)
