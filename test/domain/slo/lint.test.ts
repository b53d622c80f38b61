import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { lintSlos, type LintContext } from '../../../src/domain/slo/lint.ts'
import { sloSpecSchema, type SloSpec } from '../../../src/domain/slo/model/slo-spec.ts'

const base = {
  sloId: 'a',
  title: 'A',
  indicator: {
    kind: 'event-ratio',
    bad: { signal: 'requests', classes: ['5xx'] },
    total: { signal: 'requests' },
  },
  period: { rolling: '30d' },
  objectives: [{ percent: 99.9 }],
}
const spec = (fields: object = {}): SloSpec => sloSpecSchema.parse({ ...base, ...fields })
const rules = (one: SloSpec, context: Partial<LintContext> = {}): string[] =>
  lintSlos([one], { sampleSeconds: 15, ...context }).map(({ rule }) => rule)

test('an SLO as it should be has no findings', () => {
  expect(rules(spec())).toEqual([])
})

describe('a pair that never fires', () => {
  test('is found by its threshold: 14.4 times of 10 % is more than everything', () => {
    const [found, ...others] = lintSlos([spec({ objectives: [{ percent: 90 }] })], {
      sampleSeconds: 15,
    })
    expect(others).toEqual([])
    expect(found?.message).toBe(
      'the fast pair never raises anything at 90 %: it asks for more than 144 % bad events; choose an objective above 93.06 % or a budgetPercent below 1.389',
    )
  })

  test('names the tier, and is found at exactly everything', () => {
    const percentByTier = { starter: 50, professional: 99, enterprise: 99.9 }
    const alerts = [{ speed: 'fast', action: 'page', long: '1h', short: '5m', budgetPercent: 2 }]
    const found = lintSlos([spec({ objectives: [{ percentByTier }], alerts })], {
      sampleSeconds: 15,
    })
    expect(found.map(({ message }) => message)).toEqual([expect.stringContaining('of starter')])
    const twice = [{ ...alerts[0], long: '15d', short: '6h', budgetPercent: 100 }]
    expect(rules(spec({ objectives: [{ percent: 50 }], alerts: twice }))).toEqual(['never-fires'])
    expect(rules(spec({ objectives: [{ percent: 50.01 }], alerts: twice }))).toEqual([])
  })
})

test('a budget of less than one event is found by the traffic, and not without', () => {
  const traffic = (total: number) => () => [{ tenantId: 'acme', targetPpm: 999_000, total }]
  expect(rules(spec(), { traffic: traffic(999) })).toEqual(['budget-below-one'])
  expect(rules(spec(), { traffic: traffic(1_000) })).toEqual([])
  expect(rules(spec(), { traffic: traffic(0) })).toEqual([])
  expect(rules(spec())).toEqual([])
})

test('a window of fewer than four samples is found', () => {
  expect(rules(spec(), { sampleSeconds: 75 })).toEqual([])
  expect(rules(spec(), { sampleSeconds: 76 })).toEqual(['window-of-few-samples'])
})

test('a threshold is looked for among the bounds that are named, else the usual ones', () => {
  const latency = (thresholdSeconds: number): SloSpec =>
    spec({ indicator: { kind: 'latency-threshold', signal: 'duration', thresholdSeconds } })
  expect(rules(latency(0.25))).toEqual([])
  expect(rules(latency(0.2))).toEqual(['threshold-between-buckets'])
  expect(rules(latency(0.2), { boundsSeconds: [0.1, 0.2] })).toEqual([])
  expect(rules(latency(0.25), { boundsSeconds: [0.1, 0.2] })).toEqual(['threshold-between-buckets'])
})

test('a matcher of a tenant label is found', () => {
  const where = [{ label: 'tenant_id', op: '=', value: 'acme' }]
  const indicator = { kind: 'event-ratio', bad: { metric: 'a', where }, total: { metric: 't' } }
  expect(rules(spec({ indicator }))).toEqual(['tenant-label'])
})

test('the advice holds: what is above the objective that it names is not found', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 999_999 }), (ppm) => {
      const found = lintSlos([spec({ objectives: [{ percent: ppm / 10_000 }] })], {
        sampleSeconds: 15,
      })
      for (const { message } of found) {
        const above = Number(/above ([\d.]+) %/.exec(message)![1])
        const better = Math.min(99.9, Math.ceil((above + 0.01) * 100) / 100)
        const speed = /the (\w+) pair/.exec(message)![1]!
        const again = lintSlos([spec({ objectives: [{ percent: better }] })], { sampleSeconds: 15 })
        expect(again.filter((each) => each.message.includes(`the ${speed} pair`))).toEqual([])
      }
    }),
  )
})
