/** The shape of load tests on the wire, as `loadtests/run.ts` writes them. The portal imports these
 *  types only. */
import { z } from 'zod'

const name = z.string().min(1).max(200)
const amount = z.number().min(0)
const ratio = z.number().min(0).max(1)

const targetSchema = z.strictObject({ tenant: name, tier: name })

const tenantSchema = z.strictObject({
  /** As the test named it. */
  tenant: name,
  tier: name,
  requests: amount,
  perSecond: amount,
  failedRatio: ratio,
  medianMs: amount,
  p95Ms: amount,
  p99Ms: amount,
  maxMs: amount,
})
export type LoadTestTenantBody = z.infer<typeof tenantSchema>

export const loadTestRecordSchema = z.strictObject({
  /** Without it the run is known by when it ran, and what. */
  runId: z
    .string()
    .regex(/^[\w-]{1,64}$/, 'expected 1 to 64 letters, digits, - and _')
    .exactOptional(),
  test: name,
  shape: name,
  plan: z.strictObject({
    baseUrl: z.string().max(500),
    targets: z.array(targetSchema).min(1).max(1_000),
    /** Requests a second for each tenant. */
    rate: amount,
    durationSeconds: amount,
    warmUpSeconds: amount,
    maxVus: amount,
  }),
  startedAtMs: z.int().min(0),
  testSeconds: amount.max(7 * 86_400),
  droppedIterations: amount,
  tenants: z.array(tenantSchema).max(1_000),
  /** Thresholds that did not hold, as k6 writes them. */
  missed: z.array(z.string().max(500)).max(10_000),
  /** How many there were. */
  thresholds: z.int().min(0),
  generator: z.strictObject({
    cpuCores: amount,
    machine: z.string().max(200),
    version: z.string().max(50),
  }),
})
export type LoadTestRecordBody = z.infer<typeof loadTestRecordSchema>

export const LOAD_TEST_VERDICTS = ['kept', 'missed', 'unclear'] as const

/** What a list tells of a run. */
export const loadTestSchema = z.object({
  runId: z.string(),
  test: z.string(),
  shape: z.string(),
  /** Empty for who is bound to a tenant. */
  baseUrl: z.string(),
  tenants: z.array(z.string()),
  startedAtMs: z.number(),
  endedAtMs: z.number(),
  /** `unclear`: the generator did not keep up, so it says nothing of what was tested. */
  verdict: z.enum(LOAD_TEST_VERDICTS),
  thresholds: z.int(),
  missed: z.int(),
  droppedIterations: z.number(),
  /** Requests a second, of all tenants that were judged. */
  askedPerSecond: z.number(),
  achievedPerSecond: z.number(),
  failedRatio: z.number().nullable(),
  /** Of the worst tenant. */
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  recordedAtMs: z.number(),
})
export type LoadTestBody = z.infer<typeof loadTestSchema>

export const loadTestListSchema = z.object({
  /** Newest first. */
  items: z.array(loadTestSchema),
  /** For the next page. Null on the last one. */
  nextCursor: z.string().nullable(),
})
export type LoadTestListBody = z.infer<typeof loadTestListSchema>

const measuredSloSchema = z.object({
  sloId: z.string(),
  title: z.string(),
  noun: z.string(),
  objectivePpm: z.number(),
  bad: z.number(),
  total: z.number(),
  /** Multiples of the rate that spends a budget exactly. Null without events. */
  burn: z.number().nullable(),
  /** Of what the SLO's own period may fail so far. */
  spentOfPeriodRatio: z.number().nullable(),
})

const measuredSchema = z.object({
  /** (fromMs, toMs], in whole minutes. */
  fromMs: z.number(),
  toMs: z.number(),
  requests: z.number().nullable(),
  errorRatio: z.number().nullable(),
  /** Of the worst step. */
  worstP99Seconds: z.number().nullable(),
  stepSeconds: z.number(),
  /** What counted the requests. */
  sources: z.array(z.string()),
  slos: z.array(measuredSloSchema),
})
export type LoadTestMeasuredBody = z.infer<typeof measuredSchema>

export const loadTestDetailSchema = loadTestSchema.extend({
  record: loadTestRecordSchema,
  /** Who recorded it. Empty for who is bound to a tenant. */
  recordedBy: z.string(),
  /** What Tenantry measured meanwhile. */
  measured: z.array(
    z.object({
      tenant: z.string(),
      /** Null where the registry knows nobody of that name. */
      tenantId: z.string().nullable(),
      measured: measuredSchema.nullable(),
    }),
  ),
})
export type LoadTestDetailBody = z.infer<typeof loadTestDetailSchema>
