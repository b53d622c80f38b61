/** How forwarding to engines does, on the wire. The portal imports these types only. */
import { z } from 'zod'

const counts = z.record(z.string(), z.int())

export const forwardTargetSchema = z.object({
  target: z.string(),
  type: z.string(),
  /** Of the address, without anything that may be a secret. */
  origin: z.string(),
  /** Of the log: everything before it is settled. */
  position: z.int(),
  endPosition: z.int(),
  lagBytes: z.int(),
  /** The age of the oldest write that is not settled; 0 where all is. */
  lagSeconds: z.number(),
  maxLagBytes: z.int(),
  maxLagSeconds: z.number(),
  queuedSamples: z.int(),
  queuedBytes: z.int(),
  inFlight: z.int(),
  series: z.int(),
  /** Of remote write; null before anything was told. */
  protocol: z.string().nullable(),
  lastSentAtMs: z.number().nullable(),
  lastError: z.object({ atMs: z.number(), text: z.string() }).nullable(),
  /** Since the program began. */
  totals: z.object({
    read: z.int(),
    /** Samples that were to go there, by what became of them. */
    outcomes: counts,
    /** Samples that go to no engine, by reason. */
    left: counts,
    /** Requests by class of their answer. */
    answers: counts,
    retried: z.int(),
    exemplars: z.int(),
    lostBytes: z.int(),
    sentBytes: z.int(),
    /** Kept over restarts. */
    dropped: z.array(z.object({ tenantId: z.string(), samples: z.int(), lastAtMs: z.number() })),
  }),
})
export type ForwardTargetBody = Readonly<z.infer<typeof forwardTargetSchema>>

export const forwardingSchema = z.object({ items: z.array(forwardTargetSchema) })
export type ForwardingBody = Readonly<z.infer<typeof forwardingSchema>>
