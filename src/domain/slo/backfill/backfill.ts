/** A load of past counts: from where, how far it came, what it came to. */
import type { PastOutcome } from './past-counts.ts'

export interface Backfill {
  readonly backfillId: string
  /** What is read, for a person. */
  readonly source: string
  /** Of the source, and of what it is counted by: another one is another load. */
  readonly digest: string
  /** What is loaded: (fromMs, toMs]. */
  readonly fromMs: number
  readonly toMs: number
  /** What was counted up to then is loaded, and on disk. */
  readonly readToMs: number
  readonly begunAtMs: number
  readonly begunBy: string
  /** Null while it is under way, or was broken off. */
  readonly endedAtMs: number | null
  readonly outcome: PastOutcome
}

export type BackfillRequest = Pick<Backfill, 'source' | 'digest' | 'fromMs' | 'toMs'>

export const BACKFILL_LIMITS = {
  /** Of which a list tells; older ones are forgotten. */
  kept: 200,
  sourceCharacters: 500,
  /** Rows of one request: each may be a day of minutes. */
  rows: 400,
  rowMinutes: 1_440,
  /** Of one request: some milliseconds to read. */
  minutes: 40_000,
  /** After so many minutes of counts what was loaded is written to disk: some MiB of memory. */
  minutesOnTheWay: 2_000_000,
} as const
