/**
 * The live line: tells portals by server-sent events that an evaluation is complete, so that they
 * ask again. It says only when, never what: what somebody may see is decided where they ask. Ticks
 * are numbered; a reader that comes back with the number of an older one, or of another process, is
 * told of the newest at once. Source: HTML standard, section 9.2.
 */
import type { Cancel, Clock } from '../../core/ports.ts'
import { HTTP_LIMITS } from './limits.ts'

export interface LiveOptions {
  /** What the reader saw last, as it sent it. */
  readonly lastEventId: string | undefined
  /** Asked before everything that is written: a reader who lost its key or session is cut off. */
  readonly isCurrent: () => boolean
  /** Ends the line. */
  readonly signal: AbortSignal
}

export interface Live {
  /** Says that an evaluation is complete. */
  announce(nowMs: number): void
  /** When the last evaluation was complete. Null before the first. */
  asOfMs(): number | null
  /** How many there were: changes with every one. */
  tick(): number
  /** Calls on every tick, for what is derived from it. */
  subscribe(call: (nowMs: number) => void): void
  /** Opens a line. Undefined when there are too many. */
  open(options: LiveOptions): ReadableStream<Uint8Array> | undefined
  clients(): number
}

interface Line {
  write(text: string): void
  end(): void
  /** Ends a line whose reader has gone. */
  forget(): void
}

/** Opens the live line of a server. Heartbeats run only while somebody reads. */
export function openLive({ clock }: { clock: Clock }): Live {
  const lines = new Set<Line>()
  const calls: ((nowMs: number) => void)[] = []
  let tick = 0
  let asOfMs: number | null = null
  let stopHeart: Cancel | null = null

  const event = (): string =>
    `id: ${String(tick)}\nevent: tick\ndata: ${JSON.stringify({ asOfMs })}\n\n`

  const beat = (): void => {
    for (const line of lines) line.write(': \n\n')
    stopHeart = lines.size > 0 ? clock.after(HTTP_LIMITS.liveHeartbeatMs, beat) : null
  }

  const drop = (line: Line): void => {
    lines.delete(line)
    if (lines.size > 0) return
    stopHeart?.()
    stopHeart = null
  }

  const open: Live['open'] = ({ lastEventId, isCurrent, signal }) => {
    if (lines.size >= HTTP_LIMITS.liveClients) return undefined
    const strategy = new ByteLengthQueuingStrategy({ highWaterMark: HTTP_LIMITS.liveUnreadBytes })
    let line: Line | undefined
    return new ReadableStream<Uint8Array>(
      {
        start(controller) {
          line = lineOver(controller, isCurrent, drop)
          lines.add(line)
          signal.addEventListener('abort', line.end, { once: true })
          stopHeart ??= clock.after(HTTP_LIMITS.liveHeartbeatMs, beat)
          line.write('retry: 1000\n\n')
          if (asOfMs !== null && lastEventId !== String(tick)) line.write(event())
        },
        cancel() {
          line?.forget()
        },
      },
      strategy,
    )
  }

  return {
    announce(nowMs) {
      tick += 1
      asOfMs = nowMs
      for (const call of calls) call(nowMs)
      const text = event()
      for (const line of lines) line.write(text)
    },
    asOfMs: () => asOfMs,
    tick: () => tick,
    subscribe: (call) => void calls.push(call),
    open,
    clients: () => lines.size,
  }
}

const ENCODER = new TextEncoder()

/**
 * A reader that does not read, or is nobody any more, is cut off; a browser comes back by itself.
 */
function lineOver(
  controller: ReadableStreamDefaultController<Uint8Array>,
  isCurrent: () => boolean,
  drop: (line: Line) => void,
): Line {
  let isOpen = true
  const line: Line = {
    write(text) {
      if (!isOpen) return
      if (!isCurrent() || (controller.desiredSize ?? 0) <= 0) return line.end()
      controller.enqueue(ENCODER.encode(text))
    },
    end() {
      if (!isOpen) return
      line.forget()
      controller.close()
    },
    forget() {
      isOpen = false
      drop(line)
    },
  }
  return line
}
