/** The shape of signals over time on the wire. The portal imports these types only. */
import { z } from 'zod'

export const signalSeriesSchema = z.object({
  signal: z.string(),
  /** As in UCUM or spelt out: seconds, bytes, requests/s, ratio, cores. */
  unit: z.string(),
  /** The status class or the source. Null where nothing is grouped. */
  group: z.string().nullable(),
  /** One a step, oldest first. Null where nothing was heard of. */
  values: z.array(z.number().nullable()),
})
export type SignalSeriesBody = z.infer<typeof signalSeriesSchema>

export const signalAnswerSchema = z.object({
  tenantId: z.string(),
  /** The range that was asked for, widened to whole steps. */
  fromMs: z.number(),
  toMs: z.number(),
  /** May be more than was asked for: what is older is kept in longer steps. */
  stepSeconds: z.number(),
  /** What the answer was read from. */
  resolution: z.enum(['live', 'minute', 'hour', 'day']),
  /** Points whose end is later than this may still grow. */
  settledToMs: z.number(),
  /** The end of each step; a point is of (end - step, end]. */
  endsMs: z.array(z.number()),
  series: z.array(signalSeriesSchema),
  /** When the tenant was first and last heard of. Null when it never was. */
  firstSampleAtMs: z.number().nullable(),
  lastSampleAtMs: z.number().nullable(),
  asOfMs: z.number(),
})
export const signalUsageSchema = z.object({
  tenantId: z.string(),
  items: z.array(
    z.object({
      /** Midnight of UTC at the end of the day. */
      dayEndMs: z.number(),
      receivedSamples: z.number(),
      /** Of the uncompressed messages, shared out by samples. */
      receivedBytes: z.number(),
      /** Of minutes, hours and the day, packed on disk. */
      storedBytes: z.number(),
      signals: z.array(z.object({ signal: z.string(), samples: z.number(), bytes: z.number() })),
    }),
  ),
})
export type SignalUsageBody = z.infer<typeof signalUsageSchema>

export type SignalAnswerBody = z.infer<typeof signalAnswerSchema>
