import { describe, expect, it } from 'vitest'
import { loadPromises } from '../../../src/codegen/k6/promises.ts'
import { DEFAULT_SLOS } from '../../../src/domain/slo/model/default-slos.ts'
import type { SloSpec } from '../../../src/domain/slo/model/slo-spec.ts'

const slo = (sloId: string): SloSpec => DEFAULT_SLOS.find((each) => each.sloId === sloId)!

describe('what a load test measures tenants by', () => {
  it('is the guide’s by default: 1,000 a second, 200 ms, 0.1 %', () => {
    expect(loadPromises(DEFAULT_SLOS).starter).toEqual({
      failedRatio: 0.001,
      response: { percent: 99, ms: 200 },
      throughput: { perSecond: 1_000, servedRatio: 0.999 },
    })
  })

  it('differs by tier as objectives do, the newest of them', () => {
    const slos: SloSpec[] = [
      {
        ...slo('error-rate'),
        objectives: [
          { percent: 90 },
          {
            from: '2026-01-01T00:00:00Z',
            percentByTier: { starter: 99, professional: 99.5, enterprise: 99.95 },
          },
        ],
      },
      { ...slo('response-time'), tenants: { tiers: ['enterprise'] } },
    ]
    const { starter, enterprise } = loadPromises(slos)
    expect(starter).toEqual({ failedRatio: 0.01, response: null, throughput: null })
    expect(enterprise).toEqual({
      failedRatio: 0.0005,
      response: { percent: 99, ms: 200 },
      throughput: null,
    })
  })

  it('leaves out what is promised to single tenants or counts something else', () => {
    const slos: SloSpec[] = [
      { ...slo('response-time'), tenants: { ids: ['acme'] } },
      {
        ...slo('error-rate'),
        indicator: { kind: 'event-ratio', bad: { metric: 'x' }, total: { metric: 'y' } },
      },
    ]
    const nothing = { failedRatio: null, response: null, throughput: null }
    expect(loadPromises(slos).professional).toEqual(nothing)
  })
})
