/**
 * What a tick does: everything on the page that is live is asked for again. Not while the reader
 * scrolls, and not more often than the answers can be taken in: a fleet of 10,000 tenants is a
 * large answer.
 */
import type { QueryClient } from '@tanstack/react-query'

/** A tick that comes while the reader scrolls is put off until the page has rested this long. */
const SCROLL_REST_MS = 400
/** After an answer the next one is asked for no sooner than this many times what the last one
 *  took, up to the most. */
const REST_FACTOR = 10
const REST_MOST_MS = 20_000

/** Makes the call that a tick makes. */
export function makeRefresh(client: QueryClient): () => void {
  let scrolledAtMs = -SCROLL_REST_MS
  let notBeforeMs = 0
  let underWay = false
  let timer: number | undefined
  window.addEventListener('scroll', () => (scrolledAtMs = performance.now()), { passive: true })

  const refresh = async (): Promise<void> => {
    const startMs = performance.now()
    underWay = true
    await client.invalidateQueries(
      { predicate: (query) => query.meta?.live === true },
      { cancelRefetch: false },
    )
    underWay = false
    const endMs = performance.now()
    notBeforeMs = endMs + Math.min(REST_FACTOR * (endMs - startMs), REST_MOST_MS)
  }
  return function attempt(): void {
    if (underWay) return
    const restMs = Math.max(scrolledAtMs + SCROLL_REST_MS, notBeforeMs) - performance.now()
    window.clearTimeout(timer)
    if (restMs <= 0) void refresh()
    else timer = window.setTimeout(attempt, restMs)
  }
}
