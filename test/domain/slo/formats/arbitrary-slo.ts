/** SLOs of every kind, as configuration may say them. */
import fc from 'fast-check'
import { STATUS_CLASSES } from '../../../../src/core/names/status-classes.ts'
import { sloSpecSchema, type SloSpec } from '../../../../src/domain/slo/model/slo-spec.ts'

const id = fc.stringMatching(/^[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,8}){0,2}$/)
const words = fc.stringMatching(/^[A-Za-z][A-Za-z0-9 ,.:"'%#-]{0,60}$/)
const percent = fc.integer({ min: 1, max: 999_999 }).map((ppm) => ppm / 10_000)
const metricName = fc.stringMatching(/^[a-z][a-z0-9_]{0,12}_(total|requests)$/)
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })

const matcher = fc.record({
  label: fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/).filter((label) => label !== 'le'),
  op: fc.constantFrom('=', '!=', '=~', '!~'),
  value: fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('5..', 'a|b', '"', '\\d+', '\n')),
})
const where = fc.uniqueArray(matcher, {
  minLength: 1,
  maxLength: 3,
  selector: ({ label }) => label,
})
const selector = fc.record({ metric: metricName, where: optional(where) })
const classes = fc.subarray([...STATUS_CLASSES], { minLength: 1, maxLength: 5 })

const signalRatio = fc
  .record({
    signal: fc.constantFrom('requests', 'probes', 'dependency_calls'),
    classes,
    part: fc.constantFrom('good', 'bad'),
  })
  .map(({ signal, classes: some, part }) => ({
    [part]: { signal, classes: some },
    total: { signal },
  }))
const metricRatio = fc
  .record({ one: selector, total: selector, part: fc.constantFrom('good', 'bad') })
  .filter(({ one, total }) => JSON.stringify(one) !== JSON.stringify(total))
  .map(({ one, total, part }) => ({ [part]: one, total }))
const rawRatio = fc.record({ raw: selector, rawType: fc.constantFrom('success', 'failure') })
const ratio = fc.oneof(signalRatio, metricRatio, rawRatio)
const slice = optional(fc.constantFrom('2m', '5m', '1h'))
const seconds = fc.integer({ min: 1, max: 100_000 }).map((ms) => ms / 1_000)

export const INDICATORS = {
  'event-ratio': ratio.map((parts) => ({ kind: 'event-ratio', ...parts })),
  'latency-threshold': fc
    .oneof(
      fc.record({
        signal: fc.constantFrom('duration', 'user_duration'),
        thresholdSeconds: seconds,
      }),
      fc.record({
        histogram: fc.record({ metric: fc.constantFrom('a_seconds', 'b'), where: optional(where) }),
        thresholdSeconds: seconds,
      }),
    )
    .map((parts) => ({ kind: 'latency-threshold', ...parts })),
  'time-slice': fc.oneof(
    fc.tuple(ratio, percent, slice).map(([parts, slicePercent, every]) => {
      return { kind: 'time-slice', ...parts, slicePercent, slice: every }
    }),
    fc.record({
      kind: fc.constant('time-slice'),
      condition: fc
        .tuple(selector, fc.constantFrom('lt', 'lte', 'gt', 'gte'), fc.integer())
        .map(([of, op, value]) => ({ ...of, op, value })),
      slicePercent: optional(percent),
      slice,
    }),
  ),
  'ratio-time-slice': fc.tuple(ratio, slice).map(([parts, every]) => {
    return { kind: 'ratio-time-slice', ...parts, slice: every }
  }),
  probe: optional(percent).map((slicePercent) => ({ kind: 'probe', slicePercent })),
  throughput: fc.constant({
    kind: 'throughput',
    attempted: { signal: 'requests' },
    refused: { signal: 'requests', classes: ['5xx'] },
    servedPercent: 99.9,
    capPerMinute: 60_000,
  }),
} as const

const objective = fc.oneof(
  percent.map((value) => ({ percent: value })),
  fc
    .record({ starter: percent, professional: percent, enterprise: percent })
    .map((percentByTier) => ({
      percentByTier,
    })),
)
const period = fc.oneof(
  fc.constantFrom('7d', '28d', '30d', '90d').map((rolling) => ({ rolling })),
  fc.record({
    calendar: fc.constantFrom('week', 'month', 'quarter', 'year'),
    zone: fc.constantFrom('Europe/Berlin', 'UTC', 'America/New_York'),
  }),
)
const alerts = fc.constantFrom(
  [],
  [{ speed: 'fast', action: 'page', long: '1h', short: '5m', budgetPercent: 2 }],
  [
    { speed: 'fast', action: 'page', long: '90m', short: '10m', budgetPercent: 3 },
    {
      speed: 'long',
      action: 'ticket',
      long: '3d',
      short: '6h',
      budgetPercent: 10,
      minBadEvents: 7,
    },
  ],
)
const byTier = fc.record({
  starter: fc.integer({ min: 1, max: 20 }),
  professional: fc.integer({ min: 1, max: 20 }),
  enterprise: fc.integer({ min: 1, max: 20 }),
})

const WHOLE_HOURS = { speed: 'slow', action: 'ticket', long: '1d', short: '2h', budgetPercent: 5 }

/** Windows of 1h slices, and of 2m ones, are others than the usual ones. */
function fitting(indicator: object, given: unknown): unknown {
  const slice = 'slice' in indicator ? indicator.slice : undefined
  if (slice === '1h' || slice === '2m') return [WHOLE_HOURS]
  return given
}

/** Any SLO whose indicator is one of some kinds. Shape: as the schema gives it back. */
export function arbitrarySlo(kinds: readonly (keyof typeof INDICATORS)[]): fc.Arbitrary<SloSpec> {
  const indicator = fc.oneof(...kinds.map((kind) => INDICATORS[kind] as fc.Arbitrary<object>))
  return fc
    .record({
      sloId: id,
      title: words,
      noun: optional(words.filter((noun) => noun.length <= 60)),
      description: optional(words),
      service: optional(id),
      labels: optional(fc.dictionary(id, words, { minKeys: 1, maxKeys: 2 })),
      annotations: optional(fc.dictionary(id, fc.string(), { minKeys: 1, maxKeys: 2 })),
      tenants: optional(fc.constant({ tiers: ['enterprise'] })),
      cause: optional(fc.constant('requests-fail')),
      indicator,
      period,
      objectives: fc.oneof(
        objective.map((one) => [one]),
        fc
          .tuple(objective, objective, objective, fc.boolean())
          .map(([first, second, third, recompute]) => [
            first,
            { from: '2026-01-01T00:00:00Z', ...second, recompute },
            { from: '2031-01-01T00:00:00Z', ...third },
          ]),
      ),
      minBadEvents: optional(byTier),
      alerts: optional(alerts),
    })
    .map((spec) => ({ ...spec, alerts: fitting(spec.indicator, spec.alerts) }))
    .map((spec) => sloSpecSchema.parse(JSON.parse(JSON.stringify(spec))))
}
