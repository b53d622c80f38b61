import { useEffect, useState } from 'react'

/** Numbers older than this are shown as old. Six ticks: one that is late or lost is no reason
 *  for alarm. */
export const STALE_AFTER_MS = 30_000

/** Tells the time, again every so often. Components that use it are small, so that little is
 *  drawn anew. */
export function useNow(everyMs: number): number {
  const [nowMs, setNowMs] = useState(() => Date.now())
  useEffect(() => {
    const timer = window.setInterval(() => setNowMs(Date.now()), everyMs)
    return () => window.clearInterval(timer)
  }, [everyMs])
  return nowMs
}

/** Tells how long ago the newest state was received. Both instants are this machine's, so a
 *  clock that is wrong does no harm. It notices a server that answers but no longer evaluates,
 *  since `asOfMs` then stands still. Units: ms. */
export function useAge(asOfMs: number | undefined): number {
  const nowMs = useNow(5000)
  const [seen, setSeen] = useState({ asOfMs, atMs: nowMs })
  if (seen.asOfMs !== asOfMs) setSeen({ asOfMs, atMs: Date.now() })
  return Math.max(0, nowMs - seen.atMs)
}
