/**
 * Who waits for the disk, and how far the log is on it. However many wait, one sync is under way
 * and at most one more is due: it begins when the first has ended, and is for everybody who came
 * meanwhile (group commit).
 */
export interface LogSync {
  /** Everything before it is on the disk. */
  syncedPosition(): number
  /** Resolves once what was there at the time of the call is on the disk. */
  sync(): Promise<void>
}

/**
 * Keeps the syncs of one log. `run` puts everything on the disk that is there when it is called.
 */
export function logSync(parts: {
  syncedPosition: number
  endPosition: () => number
  run: () => Promise<void>
}): LogSync {
  const { endPosition, run } = parts
  let syncedPosition = parts.syncedPosition
  let running: Promise<void> | null = null
  let due: Promise<void> | null = null
  let runningTo = 0

  const begin = async (): Promise<void> => {
    runningTo = endPosition()
    try {
      await run()
      syncedPosition = Math.max(syncedPosition, runningTo)
    } finally {
      running = null
    }
  }
  const sync = (): Promise<void> => {
    const position = endPosition()
    if (syncedPosition >= position) return Promise.resolve()
    if (running === null) {
      running = begin()
      return running
    }
    if (runningTo >= position) return running
    due ??= running
      .catch(() => undefined)
      .then(() => {
        due = null
        return sync()
      })
    return due
  }
  return { syncedPosition: () => syncedPosition, sync }
}
