/**
 * The collector page's data: how it does in words, then what came in, what became of it, and how
 * the parts that keep it do. The portal imports these types only.
 */
import { z } from 'zod'

export const COLLECTOR_TONES = ['good', 'quiet', 'warning', 'bad'] as const

/** What becomes of a sample: received is the sum of these. */
export const SAMPLE_OUTCOMES = [
  'attributed',
  'unattributed',
  'duplicate',
  'not-elected',
  'discarded',
] as const

/** Over the last minute, or since the start where that is shorter. */
const perSecond = z.number()

export const findingSchema = z.object({
  tone: z.enum(['warning', 'bad']),
  /** What is wrong, such as "2 of 10 targets are down". */
  text: z.string(),
  /** What to do about it. */
  action: z.string(),
})

export const collectorSchema = z.object({
  asOfMs: z.number(),
  tone: z.enum(COLLECTOR_TONES),
  /** Such as "Everything that comes in is kept and counted". */
  sentence: z.string(),
  /** The gravest first. */
  findings: z.array(findingSchema),
  intake: z.object({
    spanSeconds: z.number(),
    samplesPerSecond: perSecond,
    protocols: z.array(
      z.object({ protocol: z.string(), samplesPerSecond: perSecond, samples: z.number() }),
    ),
  }),
  /** Since the beginning, restarts included. */
  accounts: z.object({
    received: z.number(),
    outcomes: z.array(
      z.object({
        outcome: z.enum(SAMPLE_OUTCOMES),
        samples: z.number(),
        samplesPerSecond: perSecond,
      }),
    ),
    /** Received less the outcomes. Not 0: a defect. */
    missing: z.number(),
    /** Why samples are nobody's or not counted; only what occurred, the most frequent first. */
    reasons: z.array(
      z.object({
        outcome: z.enum(['unattributed', 'discarded']),
        reason: z.string(),
        meaning: z.string(),
        samples: z.number(),
        samplesPerSecond: perSecond,
      }),
    ),
  }),
  /** Requests that were refused whole since the start; only reasons that occurred. */
  refused: z.array(
    z.object({
      reason: z.string(),
      meaning: z.string(),
      requests: z.number(),
      lastMinute: z.number(),
    }),
  ),
  log: z.object({
    sizeBytes: z.number(),
    /** When the log was last written through to the disk. Null before the first time. */
    syncedAtMs: z.number().nullable(),
    /** Writes are refused: what room is left is kept for checkpoints, or there is none. */
    isShortOfRoom: z.boolean(),
    diskFreeBytes: z.number().nullable(),
    diskSizeBytes: z.number().nullable(),
  }),
  checkpoint: z.object({
    writtenAtMs: z.number(),
    /** What a restart would have to replay. */
    tailBytes: z.number(),
    failures: z.number(),
    /** Since the last one that was written. */
    failuresInARow: z.int(),
  }),
  /** The worst five seconds of the last minute. */
  eventLoop: z.object({
    p50Seconds: z.number(),
    p99Seconds: z.number(),
    p999Seconds: z.number(),
    maxSeconds: z.number(),
  }),
  targets: z.object({
    up: z.int(),
    down: z.int(),
    unknown: z.int(),
    /** How many things keep targets from being scraped as configured. */
    problems: z.int(),
  }),
  series: z.int(),
})
export type CollectorBody = z.infer<typeof collectorSchema>
export type FindingBody = z.infer<typeof findingSchema>
