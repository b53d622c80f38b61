/**
 * Instants are epoch milliseconds, spans seconds. Buckets are left-open, (start, end], and named by
 * their end, as Prometheus 3 ranges are: a sample at exactly the boundary belongs to the bucket
 * that ends there.
 */
export const SECOND_MS = 1_000
export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000

/** A half-open range of instants: fromMs belongs to it, toMs does not. */
export interface TimeRange {
  readonly fromMs: number
  readonly toMs: number
}

/** Tells the last multiple of the step at or before an instant. Units: ms. */
export function floorToStep(atMs: number, stepMs: number): number {
  return Math.floor(atMs / stepMs) * stepMs
}

/**
 * Tells the end of the left-open bucket (end - step, end] that holds an instant. Units: ms. Worked:
 * (10_000, 10_000) -> 10_000.
 */
export function bucketEndMs(atMs: number, stepMs: number): number {
  return Math.ceil(atMs / stepMs) * stepMs
}

/** Writes an instant as RFC 3339 in UTC with milliseconds. */
export function isoTime(atMs: number): string {
  return new Date(atMs).toISOString()
}

/** Tells whether there is a time zone of a name. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: name })
    return true
  } catch {
    return false
  }
}
