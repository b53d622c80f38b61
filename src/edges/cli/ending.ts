/** Long work that is to end before its end. */
export interface Ending {
  /** Aborted, with the reason why. */
  readonly signal: AbortSignal
  stop(): void
}

export const NOBODY_READS = 'nobody reads what is printed'
const ENDED = 'was ended'

/** Hears that it is to end: by a signal, or because whoever read its lines is gone. */
export function listenForEnd(): Ending {
  const controller = new AbortController()
  const onSignal = (): void => controller.abort(ENDED)
  const onError = (): void => controller.abort(NOBODY_READS)
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  process.stdout.on('error', onError)
  return {
    signal: controller.signal,
    stop: () => void process.off('SIGINT', onSignal).off('SIGTERM', onSignal),
  }
}
