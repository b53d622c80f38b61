/** The objects of OpenSLO v1, as its specification and the Go SDK ask for them. */
import { z } from 'zod'
import { isTimeZone } from '../../../core/time.ts'

const name = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'expected 1 to 63 of a-z, 0-9 and inner hyphens')
const label = z.union([z.string(), z.array(z.string())], { error: 'expected a text or a list' })

export const metadataSchema = z.looseObject({
  name,
  displayName: z.string().exactOptional(),
  labels: z.record(z.string(), label).exactOptional(),
  annotations: z.record(z.string(), z.string()).exactOptional(),
})

const duration = z
  .string()
  .regex(/^[1-9]\d{0,5}[mhdwMQY]$/, 'expected a duration such as 1m, 28d or 1M')
/** The specification also allows a bare number of minutes. */
const sliceWindow = z.union([duration, z.int().positive()], {
  error: 'expected a duration such as 1m, or minutes',
})

export const metricSourceSchema = z.looseObject({
  metricSourceRef: z.string().exactOptional(),
  type: z.string().exactOptional(),
  spec: z.record(z.string(), z.unknown()),
})
const metric = z.looseObject({ metricSource: metricSourceSchema })
export type MetricSource = z.infer<typeof metricSourceSchema>

export const sliSpecSchema = z
  .looseObject({
    description: z.string().exactOptional(),
    thresholdMetric: metric.exactOptional(),
    ratioMetric: z
      .looseObject({
        counter: z.boolean().exactOptional(),
        good: metric.exactOptional(),
        bad: metric.exactOptional(),
        total: metric.exactOptional(),
        raw: metric.exactOptional(),
        rawType: z.enum(['success', 'failure']).exactOptional(),
      })
      .exactOptional(),
  })
  .superRefine(({ thresholdMetric, ratioMetric }, context) => {
    const issue = (path: string[], message: string): void =>
      context.addIssue({ code: 'custom', message, path })
    if ((thresholdMetric === undefined) === (ratioMetric === undefined)) {
      issue([], 'expected either thresholdMetric or ratioMetric')
    }
    if (ratioMetric === undefined) return
    const { good, bad, total, raw, rawType } = ratioMetric
    const parts = [good, bad].filter((part) => part !== undefined).length
    const isRaw = raw !== undefined && rawType !== undefined
    if (isRaw ? parts > 0 || total !== undefined : parts !== 1 || total === undefined) {
      issue(['ratioMetric'], 'expected total with either good or bad, or raw with rawType')
    }
  })

const indicatorSchema = z.looseObject({
  metadata: metadataSchema.exactOptional(),
  spec: sliSpecSchema,
})

const share = (most: number, isMostAllowed: boolean): z.ZodType<number> =>
  z.number().refine((value) => value >= 0 && (isMostAllowed ? value <= most : value < most), {
    error: `expected 0 or more and ${isMostAllowed ? 'at most' : 'less than'} ${most}`,
  })

const objectiveSchema = z
  .looseObject({
    displayName: z.string().exactOptional(),
    op: z.enum(['lte', 'gte', 'lt', 'gt']).exactOptional(),
    value: z.number().exactOptional(),
    target: share(1, false).exactOptional(),
    targetPercent: share(100, false).exactOptional(),
    timeSliceTarget: share(1, true).exactOptional(),
    timeSliceWindow: sliceWindow.exactOptional(),
    indicator: indicatorSchema.exactOptional(),
    indicatorRef: z.string().exactOptional(),
    compositeWeight: z.number().positive().exactOptional(),
  })
  .refine(({ target, targetPercent }) => (target === undefined) !== (targetPercent === undefined), {
    error: 'expected either target or targetPercent',
    path: ['target'],
  })
export type OpenSloObjective = z.infer<typeof objectiveSchema>

export const timeWindowSchema = z
  .looseObject({
    duration,
    isRolling: z.boolean().exactOptional(),
    calendar: z
      .looseObject({
        startTime: z
          .string()
          .regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/, 'expected YYYY-MM-DD HH:MM:SS'),
        timeZone: z.string().refine(isTimeZone, { error: 'there is no such time zone' }),
      })
      .exactOptional(),
  })
  .refine(({ isRolling, calendar }) => (isRolling === true) === (calendar === undefined), {
    error: 'expected either isRolling: true or a calendar',
  })
export type TimeWindow = z.infer<typeof timeWindowSchema>

const conditionSpecSchema = z.looseObject({
  severity: z.string(),
  condition: z.looseObject({
    kind: z.literal('burnrate'),
    op: z.enum(['lte', 'gte', 'lt', 'gt']),
    threshold: z.number(),
    lookbackWindow: duration,
    alertAfter: duration.exactOptional(),
  }),
})
const targetSpecSchema = z.looseObject({ target: z.string() })

const inline = <Spec extends z.ZodType>(kind: string, spec: Spec) =>
  z.looseObject({ kind: z.literal(kind).exactOptional(), metadata: metadataSchema, spec })

const policySpecSchema = z.looseObject({
  alertWhenNoData: z.boolean().exactOptional(),
  alertWhenResolved: z.boolean().exactOptional(),
  alertWhenBreaching: z.boolean().exactOptional(),
  conditions: z
    .array(
      z.union(
        [
          z.strictObject({ conditionRef: z.string() }),
          inline('AlertCondition', conditionSpecSchema),
        ],
        { error: 'expected conditionRef or an AlertCondition' },
      ),
    )
    .length(1),
  notificationTargets: z
    .array(
      z.union(
        [
          z.strictObject({ targetRef: z.string() }),
          inline('AlertNotificationTarget', targetSpecSchema),
        ],
        { error: 'expected targetRef or an AlertNotificationTarget' },
      ),
    )
    .min(1),
})

export const sloSpecSchema = z
  .looseObject({
    description: z.string().max(1_050).exactOptional(),
    service: z.string().min(1),
    indicator: indicatorSchema.exactOptional(),
    indicatorRef: z.string().exactOptional(),
    budgetingMethod: z.enum(['Occurrences', 'Timeslices', 'RatioTimeslices']),
    timeWindow: z.array(timeWindowSchema).length(1),
    objectives: z.array(objectiveSchema).min(1).max(20),
    alertPolicies: z
      .array(
        z.union(
          [z.strictObject({ alertPolicyRef: z.string() }), inline('AlertPolicy', policySpecSchema)],
          { error: 'expected alertPolicyRef or an AlertPolicy' },
        ),
      )
      .nullish(),
  })
  .superRefine(({ indicator, indicatorRef, objectives }, context) => {
    const own = [indicator, indicatorRef].filter((one) => one !== undefined).length
    const parts = objectives.filter((one) => (one.indicator ?? one.indicatorRef) !== undefined)
    if (own === 1 ? parts.length === 0 : own === 0 && parts.length === objectives.length) return
    const message = 'expected one indicator or indicatorRef, of the SLO or of each objective'
    context.addIssue({ code: 'custom', message, path: ['indicator'] })
  })
export type OpenSloSpec = z.infer<typeof sloSpecSchema>

const serviceSpecSchema = z.looseObject({ description: z.string().max(1_050).exactOptional() })
const dataSourceSpecSchema = z.looseObject({
  type: z.string(),
  connectionDetails: z.unknown().refine((details) => details !== undefined, 'is missing'),
})

/** What each kind of object holds. */
export const OPENSLO_SPECS = {
  DataSource: dataSourceSpecSchema,
  Service: serviceSpecSchema,
  SLO: sloSpecSchema,
  SLI: sliSpecSchema,
  AlertPolicy: policySpecSchema,
  AlertCondition: conditionSpecSchema,
  AlertNotificationTarget: targetSpecSchema,
} as const
export type OpenSloKind = keyof typeof OPENSLO_SPECS

/** Makes the schema of a whole object. */
export function objectSchema(kind: OpenSloKind) {
  return z.strictObject({
    apiVersion: z.string(),
    kind: z.literal(kind),
    metadata: metadataSchema,
    spec: OPENSLO_SPECS[kind],
  })
}
