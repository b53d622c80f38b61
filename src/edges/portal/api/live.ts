/**
 * The line to the server over which it says that something changed. The page always shows which
 * state the line is in, and since when it is down; numbers that may be old must never look new.
 */
export type LiveStatus = 'connecting' | 'live' | 'paused' | 'reconnecting'

export interface LiveState {
  readonly status: LiveStatus
  readonly sinceMs: number
}

export interface Live {
  state(): LiveState
  subscribe(call: () => void): () => void
  /** Stops or resumes updates, for reading in peace. */
  togglePause(): void
  /** Opens the line; returns what closes it. */
  open(): () => void
}

/** The server ticks every 5 s; a line that is silent for longer than this is taken as broken. */
const SILENCE_MS = 20_000
const RETRY_FIRST_MS = 1000
const RETRY_MOST_MS = 15_000

/** Makes the line. `onTick` is called on each tick, and once whenever the line comes back. */
export function makeLive(url: string, onTick: () => void): Live {
  let state: LiveState = { status: 'connecting', sinceMs: Date.now() }
  let source: EventSource | undefined
  let timer: number | undefined
  let failures = 0
  let openedBefore = false
  const listeners = new Set<() => void>()

  const enter = (status: LiveStatus): void => {
    if (state.status === status) return
    state = { status, sinceMs: Date.now() }
    for (const call of listeners) call()
  }
  const close = (): void => {
    window.clearTimeout(timer)
    source?.close()
  }
  const lost = (): void => {
    close()
    enter('reconnecting')
    timer = window.setTimeout(connect, Math.min(RETRY_FIRST_MS * 2 ** failures, RETRY_MOST_MS))
    failures += 1
  }
  const heard = (): void => {
    window.clearTimeout(timer)
    timer = window.setTimeout(lost, SILENCE_MS)
    failures = 0
    enter('live')
  }
  const opened = (): void => {
    heard()
    if (openedBefore) onTick()
    openedBefore = true
  }
  const ticked = (): void => {
    heard()
    onTick()
  }
  const connect = (): void => {
    source = new EventSource(url)
    source.addEventListener('open', opened)
    source.addEventListener('tick', ticked)
    source.addEventListener('error', lost)
    timer = window.setTimeout(lost, SILENCE_MS)
  }

  return {
    state: () => state,
    subscribe: (call) => {
      listeners.add(call)
      return () => listeners.delete(call)
    },
    togglePause: () => {
      close()
      if (state.status === 'paused') {
        enter('connecting')
        connect()
      } else enter('paused')
    },
    open: () => {
      connect()
      return close
    },
  }
}
