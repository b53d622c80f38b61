import { describe, expect, test } from 'vitest'
import { ratioOfQueries, ratioOfQuotient } from '../../../../src/domain/slo/formats/query-ratio.ts'

const five = { label: 'code', op: '=~', value: '5..' }

describe('two queries', () => {
  test.each([
    ['sum(rate(a_total{code=~"5.."}[{{.window}}]))', 'sum(rate(a_total[{{.window}}]))'],
    ["sum by (x) (increase(a_total{code=~'5..'}[5m]))", 'sum(increase(a_total[5m])) by (x)'],
    ['(sum(rate(a_total{code=~`5..`}[$w])) or vector(0))', 'sum(rate(a_total[$w]))'],
    ['{"a_total", code=~"5.."}', '{__name__="a_total"}'],
  ])('%s of %s are bad and total events', (bad, total) => {
    expect(ratioOfQueries({ bad, total })).toMatchObject({
      ok: true,
      indicator: {
        kind: 'event-ratio',
        bad: { metric: 'a_total', where: [five] },
        total: { metric: 'a_total' },
      },
    })
  })

  test('of a metric that is a signal are that signal', () => {
    const bad = 'sum(rate(http_requests_total{code!~"2..|3.."}[5m]))'
    const found = ratioOfQueries({ bad, total: 'sum(rate(http_requests_total[5m]))' })
    expect(found).toMatchObject({
      indicator: {
        bad: { signal: 'requests', classes: ['1xx', '4xx', '5xx', 'unknown'] },
        total: { signal: 'requests' },
      },
    })
  })

  test.each([
    ['code=~"5..|429"', { classes: ['5xx', '429'] }],
    ['code="503"', { classes: ['503'] }],
    ['code!="503"', { except: ['503'] }],
  ])('of requests that were turned away are those: %s', (matcher, expected) => {
    const bad = `sum(rate(http_requests_total{${matcher}}[5m]))`
    const found = ratioOfQueries({ bad, total: 'sum(rate(http_requests_total[5m]))' })
    expect(found).toMatchObject({ indicator: { bad: { signal: 'requests', ...expected } } })
  })

  test('that take part of a class, or of the series, stay what they are', () => {
    for (const matcher of ['code="500"', 'code=~"5..|404"', 'job="a",code=~"5.."']) {
      const bad = `sum(rate(http_requests_total{${matcher}}[5m]))`
      const found = ratioOfQueries({ bad, total: 'sum(rate(http_requests_total[5m]))' })
      expect(found).toMatchObject({ indicator: { bad: { metric: 'http_requests_total' } } })
    }
  })

  test.each([
    ['bad', 'sum(rate(a_seconds_count[5m])) - sum(rate(a_seconds_bucket{le="0.5"}[5m]))'],
    ['good', 'sum(rate(a_seconds_bucket{le="0.5"}[5m]))'],
    ['good', 'sum(rate(a_seconds_bucket{le=~"0.5(\\\\.0)?"}[5m]))'],
  ])('of which one is %s are latencies', (part, query) => {
    const found = ratioOfQueries({ [part]: query, total: 'sum(rate(a_seconds_count[5m]))' })
    expect(found).toMatchObject({
      ok: true,
      indicator: {
        kind: 'latency-threshold',
        histogram: { metric: 'a_seconds' },
        thresholdSeconds: 0.5,
      },
    })
  })

  test.each([
    ['a_milliseconds', 'is not measured in seconds'],
    ['a_latency_ms', 'is not measured in seconds'],
  ])('of %s are refused: their unit is another', (base, reason) => {
    const good = `sum(rate(${base}_bucket{le="500"}[5m]))`
    const found = ratioOfQueries({ good, total: `sum(rate(${base}_count[5m]))` })
    expect(found).toMatchObject({ ok: false, reason: expect.stringContaining(reason) })
  })

  test.each([
    ['max(a)', 'counts nothing known'],
    ['sum(rate(a[5m] offset 1h))', 'of something else than'],
    ['sum without (x) (rate(a[5m]))', 'counts nothing known'],
    ['sum(rate(a[5m])) * 2', 'combines counts by `*`'],
    ['sum(deriv(a[5m]))', 'calls deriv()'],
    ['sum(rate(a[5m])', 'is no PromQL from character'],
    ['sum(rate(b[5m])) - sum(rate(c[5m]))', 'difference of something else'],
  ])('%s is refused with the reason', (bad, reason) => {
    const found = ratioOfQueries({ bad, total: 'sum(rate(t_total[5m]))' })
    expect(found).toMatchObject({
      ok: false,
      part: 'bad',
      reason: expect.stringContaining(reason),
    })
  })
})

describe('a quotient', () => {
  test.each([
    ['sum(rate(g[5m])) / sum(rate(t[5m]))', 'success', 'good'],
    ['1 - sum(rate(g[5m])) / sum(rate(t[5m]))', 'failure', 'good'],
    ['1 - (sum(rate(g[5m])) / sum(rate(t[5m])))', 'success', 'bad'],
    ['(sum(rate(t[5m])) - sum(rate(g[5m]))) / sum(rate(t[5m]))', 'failure', 'good'],
  ] as const)('%s as %s has %s events', (query, share, part) => {
    expect(ratioOfQuotient(query, share)).toMatchObject({
      ok: true,
      indicator: { kind: 'event-ratio', [part]: { metric: 'g' }, total: { metric: 't' } },
    })
  })

  test('of a native histogram is a latency', () => {
    const query = '1 - histogram_fraction(0, 0.2, sum(rate(a_seconds[5m])))'
    expect(ratioOfQuotient(query, 'failure')).toMatchObject({
      indicator: { kind: 'latency-threshold', thresholdSeconds: 0.2 },
    })
    expect(ratioOfQuotient(query, 'success')).toMatchObject({ ok: false })
  })

  test('of samples by their number is a raw ratio', () => {
    const query = '1 - sum(sum_over_time(a[5m])) / sum(count_over_time(a[5m]))'
    expect(ratioOfQuotient(query, 'failure')).toMatchObject({
      indicator: { kind: 'event-ratio', raw: { metric: 'a' }, rawType: 'success' },
    })
  })

  test('says what is to be known', () => {
    const found = ratioOfQuotient('sum(rate(a{tenant="x"}[7m])) / sum(rate(t[7m]))', 'failure')
    expect(found).toMatchObject({
      notes: expect.arrayContaining([
        '[7m] becomes the windows of the SLO',
        'counts only the tenants of tenant="x"',
      ]),
    })
  })
})
