/** What quotas refuse of a write, that the answer counts it, and that a replay refuses the same. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tenantId } from '../../../src/core/ids.ts'
import { openPrng } from '../../../src/core/prng.ts'
import type { IngestQuotas } from '../../../src/domain/tenants/tenants.ts'
import { openBench, remoteWrite, type Bench } from './writing.ts'

const T = 1_700_000_000_000
const ACME = { boundTenant: tenantId('acme'), namedTenant: null }

/** `count` series of a tenant, from a number on, with one sample each. */
function seriesOf(tenant: string, count: number, atMs: number, from = 0) {
  return Array.from({ length: count }, (_, index) => ({
    labels: { __name__: 'http_requests_total', code: '200', tenant, pod: `p${from + index}` },
    samples: [[atMs, 1]] as [number, number][],
  }))
}

function accountsOf(bench: Bench, tenant: string) {
  const { received, outcomes, discarded } = bench.metrics.intake.of(tenantId(tenant), T)
  return { received, ...outcomes, byReason: discarded }
}

describe('the rate of a tenant', () => {
  it('refuses the share of the tenant that is over, and nobody else', () => {
    const bench = openBench({ quotas: { samplesPerSecond: 10, burstSamples: 20 } })
    const first = remoteWrite([...seriesOf('acme', 20, T), ...seriesOf('globex', 3, T)])
    expect(bench.offer(first, T).outcome).toMatchObject({ received: 23, attributed: 23 })
    const later = T + 1_000
    const second = remoteWrite([...seriesOf('acme', 15, later), ...seriesOf('globex', 3, later)])
    const { admitted, outcome } = bench.offer(second, later)
    expect(admitted).toMatchObject({ ruling: { acme: { slice: 'rate-limit' } }, over: null })
    expect(outcome).toMatchObject({
      received: 18,
      attributed: 3,
      discardedTotal: 15,
      discarded: { 'rate-limit': 15 },
    })
    expect(outcome.messages[0]).toBe(
      'tenant acme: 15 samples over its limit samplesPerSecond of 10 with burstSamples of 20 (rate-limit)',
    )
    expect(accountsOf(bench, 'acme')).toMatchObject({
      received: 35,
      attributed: 20,
      discarded: 15,
      byReason: { 'rate-limit': 15 },
    })
    expect(accountsOf(bench, 'globex')).toMatchObject({ received: 6, attributed: 6, discarded: 0 })
  })

  it('takes the same request later, and counts once what it kept the first time', () => {
    const bench = openBench({ quotas: { samplesPerSecond: 10, burstSamples: 10 } })
    bench.offer(remoteWrite(seriesOf('acme', 10, T - 1_000)), T)
    const mixed = remoteWrite([...seriesOf('acme', 10, T), ...seriesOf('globex', 3, T)])
    expect(bench.offer(mixed, T).outcome).toMatchObject({ attributed: 3, discardedTotal: 10 })
    expect(bench.offer(mixed, T + 1_000).outcome).toMatchObject({ attributed: 10, duplicate: 3 })
  })

  it('refuses a write that is of one tenant alone whole, and says when to come back', () => {
    const bench = openBench({ quotas: { samplesPerSecond: 10, burstSamples: 10 } })
    const first = bench.offer(remoteWrite(seriesOf('acme', 10, T)), T, { context: ACME })
    expect(first.admitted.over).toBe(null)
    const { admitted } = bench.offer(remoteWrite(seriesOf('acme', 4, T + 1)), T, { context: ACME })
    expect(admitted.over).toMatchObject({ reason: 'rate-limit', waitMs: 400 })
    const { intake } = bench.metrics
    expect(intake.closed(ACME.boundTenant, T + 399)).toMatchObject({ waitMs: 1 })
    expect(intake.closed(ACME.boundTenant, T + 400)).toBe(undefined)
    expect(accountsOf(bench, 'acme')).toMatchObject({ received: 14, attributed: 10, discarded: 4 })
    expect(bench.offer(remoteWrite(seriesOf('acme', 4, T + 1)), T + 400).outcome).toMatchObject({
      attributed: 4,
    })
  })

  it('lets a clock that was set back close nothing for long', () => {
    const bench = openBench({ quotas: { samplesPerSecond: 10, burstSamples: 10 } })
    bench.offer(remoteWrite(seriesOf('acme', 10, T)), T, { context: ACME })
    bench.offer(remoteWrite(seriesOf('acme', 10, T)), T, { context: ACME })
    const { intake } = bench.metrics
    expect(intake.closed(ACME.boundTenant, T - 3_600_000)).toBe(undefined)
    bench.offer(remoteWrite(seriesOf('acme', 1, T)), T - 3_600_000, { context: ACME })
    const back = bench.offer(remoteWrite(seriesOf('acme', 1, T - 1)), T - 3_599_900)
    expect(back.admitted).toMatchObject({ ruling: null })
  })

  it('takes what is larger than the burst from a full bucket, which then owes it', () => {
    const bench = openBench({ quotas: { samplesPerSecond: 10, burstSamples: 10 } })
    const large = bench.offer(remoteWrite(seriesOf('acme', 30, T)), T)
    expect(large.outcome).toMatchObject({ attributed: 30 })
    const soon = bench.offer(remoteWrite(seriesOf('acme', 1, T + 1_900)), T + 1_900)
    expect(soon.outcome).toMatchObject({ discardedTotal: 1 })
    const late = bench.offer(remoteWrite(seriesOf('acme', 1, T + 2_100)), T + 2_100)
    expect(late.outcome).toMatchObject({ attributed: 1 })
  })

  it('refuses more samples of a tenant in one request than it may have, for good', () => {
    const bench = openBench({ quotas: { requestSamples: 5 } })
    const { outcome } = bench.offer(remoteWrite(seriesOf('acme', 6, T)), T)
    expect(outcome).toMatchObject({ discarded: { 'request-samples': 6 } })
    const alone = bench.offer(remoteWrite(seriesOf('acme', 6, T)), T, { context: ACME })
    expect(alone.admitted.over).toMatchObject({ reason: 'request-samples', waitMs: null })
    expect(bench.metrics.intake.closed(ACME.boundTenant, T)).toBe(undefined)
  })
})

describe('the series of a tenant', () => {
  it('go on when there is no room for new ones', () => {
    const bench = openBench({ quotas: { activeSeries: 5 } })
    bench.offer(remoteWrite(seriesOf('acme', 5, T)), T)
    const more = remoteWrite(seriesOf('acme', 8, T + 1_000))
    const { admitted, outcome } = bench.offer(more, T + 1_000)
    expect(outcome).toMatchObject({ attributed: 5, discarded: { 'series-limit': 3 } })
    expect(admitted).toMatchObject({
      ruling: { acme: { room: { series: 0, reason: 'series-limit' } } },
    })
    expect(bench.metrics.intake.of(tenantId('acme'), T + 1_000)).toMatchObject({
      activeSeries: 5,
      refusals: [{ reason: 'series-limit', examples: [expect.stringContaining('pod="p5"')] }],
    })
  })

  it('may not come faster than so many a minute', () => {
    const bench = openBench({ quotas: { newSeriesPerMinute: 6 } })
    const { outcome } = bench.offer(remoteWrite(seriesOf('acme', 8, T)), T)
    expect(outcome).toMatchObject({ attributed: 6, discarded: { 'new-series-limit': 2 } })
    const soon = T + 10_000
    const next = bench.offer(remoteWrite(seriesOf('acme', 8, soon)), soon)
    expect(next.outcome).toMatchObject({ attributed: 7, discarded: { 'new-series-limit': 1 } })
    const { newSeriesByMinute } = bench.metrics.intake.of(tenantId('acme'), soon)
    expect(newSeriesByMinute.reduce((sum, series) => sum + series)).toBe(7)
  })

  it('may not be wider than the tenant has labels', () => {
    const bench = openBench({ quotas: { labelsPerSeries: 3 } })
    const { admitted, outcome } = bench.offer(remoteWrite(seriesOf('acme', 1, T)), T)
    expect(outcome).toMatchObject({ discarded: { 'label-limit': 1 } })
    expect(outcome.messages[0]).toContain('4 labels, over the limit labelsPerSeries of 3')
    expect(admitted).toMatchObject({ ruling: { acme: { labels: { labelsPerSeries: 3 } } } })
  })
})

describe('a replay', () => {
  /** Writes of three tenants, with new and known series, at an uneven pace. */
  const writesOf = (seed: number) => {
    const prng = openPrng(seed)
    let atMs = T
    return Array.from({ length: 25 }, () => {
      atMs += prng.below(2_000)
      const series = ['acme', 'globex', 'initech'].flatMap((tenant) =>
        seriesOf(tenant, prng.below(12), atMs, prng.below(10)),
      )
      const context = prng.below(4) === 0 ? ACME : undefined
      return { bytes: remoteWrite(series), atMs, ...(context && { context }) }
    })
  }
  const TIGHT: Partial<IngestQuotas> = {
    samplesPerSecond: 8,
    burstSamples: 12,
    activeSeries: 12,
    newSeriesPerMinute: 40,
    requestSamples: 11,
  }
  const figures = (bench: Bench) => ({
    gains: bench.gains(),
    tenants: ['acme', 'globex', 'initech'].map((tenant) => ({
      ...accountsOf(bench, tenant),
      series: bench.metrics.intake.of(tenantId(tenant), T).activeSeries,
    })),
    accounts: bench.metrics.stats().accounts,
  })

  it.each([
    { name: 'without quotas', quotas: {} },
    {
      name: 'with none left',
      quotas: { activeSeries: 0, samplesPerSecond: 1, burstSamples: 1, labelsPerSeries: 1 },
    },
  ])('refuses what was refused, $name by now', ({ quotas }) => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const live = openBench({ quotas: TIGHT })
        const again = openBench({ quotas })
        for (const { bytes, atMs, context } of writesOf(seed)) {
          const options = context ? { context } : {}
          const { admitted } = live.offer(bytes, atMs, options)
          again.offer(bytes, atMs, { ...options, ruling: admitted.ruling ?? {} })
        }
        expect(figures(again)).toEqual(figures(live))
      }),
      { numRuns: 40 },
    )
  })
})
