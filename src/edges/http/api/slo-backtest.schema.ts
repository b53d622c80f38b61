/**
 * Another promise tried against stored counts, on the wire. The portal imports these types only.
 */
import { z } from 'zod'

const spanSchema = z.object({
  /** (fromMs, toMs]. */
  fromMs: z.number(),
  toMs: z.number(),
  /** It holds at the end of what was judged. */
  isOpen: z.boolean(),
})

const speeds = z.enum(['fast', 'medium', 'slow', 'long'])
const actions = z.enum(['page', 'ticket'])

export const triedRaisedSchema = spanSchema.extend({
  action: actions,
  /** The fastest pair of it. */
  speed: speeds,
})
export type TriedRaisedBody = z.infer<typeof triedRaisedSchema>

export const judgedTrialSchema = z.object({
  objectivePpm: z.number().int(),
  period: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('rolling'), seconds: z.number() }),
    z.object({ kind: z.literal('calendar'), unit: z.string(), zone: z.string() }),
  ]),
  periodSeconds: z.number(),
  /** Of the period that ends with what was judged, in events or minutes. */
  good: z.number(),
  bad: z.number(),
  total: z.number(),
  sliRatio: z.number().nullable(),
  budgetLeftRatio: z.number().nullable(),
  budgetLeftEvents: z.number().nullable(),
  /** The least of the line. */
  lowestLeftRatio: z.number().nullable(),
  /** By `endsMs`: of the period that ended then. */
  leftRatio: z.array(z.number().nullable()),
  pairs: z.array(
    z.object({
      speed: speeds,
      action: actions,
      longSeconds: z.number(),
      shortSeconds: z.number(),
      threshold: z.number(),
      /** How often it held, and for how long. */
      fired: z.number(),
      firedSeconds: z.number(),
      /** For how long it would have held had there been enough events. */
      suppressedSeconds: z.number(),
    }),
  ),
  /** Oldest first, the newest two hundred. */
  raised: z.array(triedRaisedSchema),
  pages: z.number(),
  tickets: z.number(),
  pageSeconds: z.number(),
  ticketSeconds: z.number(),
})
export type JudgedTrialBody = z.infer<typeof judgedTrialSchema>

export const sloBacktestSchema = z.object({
  tenantId: z.string(),
  sloId: z.string(),
  /** What was judged: (fromMs, toMs]. */
  fromMs: z.number(),
  toMs: z.number(),
  /** Since when anything is stored. Null for nothing. */
  countedFromMs: z.number().nullable(),
  /** In which steps, oldest first. */
  resolutions: z.array(z.object({ fromMs: z.number(), toMs: z.number(), stepSeconds: z.number() })),
  endsMs: z.array(z.number()),
  /** By the objective, period and pairs of now. */
  current: judgedTrialSchema,
  /** By those that were asked for. */
  tried: judgedTrialSchema,
})
export type SloBacktestBody = z.infer<typeof sloBacktestSchema>
