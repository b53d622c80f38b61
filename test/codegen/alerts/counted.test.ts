/** What SLOs count, as PromQL, by either reading. */
import { describe, expect, it } from 'vitest'
import { countedOf, type Counted } from '../../../src/codegen/alerts/counted.ts'
import { platformReading, tenantryReading } from '../../../src/codegen/alerts/reading.ts'
import { DEFAULT_OPTIONS } from '../../../src/codegen/input.ts'
import { DEFAULT_SLOS } from '../../../src/domain/slo/model/default-slos.ts'
import type { SloSpec } from '../../../src/domain/slo/model/slo-spec.ts'
import { EVERY_KIND } from '../every-kind.ts'

const exposed = tenantryReading(DEFAULT_OPTIONS)
const platform = platformReading(DEFAULT_OPTIONS)

function sloOf(id: string): SloSpec {
  return [...DEFAULT_SLOS, ...EVERY_KIND].find(({ sloId }) => sloId === id)!
}

function eventsOf(counted: Counted): { bad: string; total: string } {
  if (counted.from !== 'events') throw new Error(counted.from)
  return { bad: counted.bad(300), total: counted.total(300) }
}

function sliceOf(counted: Counted): string {
  if (counted.from !== 'slices') throw new Error(counted.from)
  return counted.badOfSlice
}

describe('what Tenantry exposes', () => {
  it('counts classes', () => {
    expect(eventsOf(countedOf(sloOf('error-rate'), exposed))).toEqual({
      bad: 'sum by (tenant) (increase(tenantry_tenant_requests_total{status_class="5xx"}[5m]))',
      total: 'sum by (tenant) (increase(tenantry_tenant_requests_total[5m]))',
    })
  })

  it('takes what the quota turned away from its class, where it does not count', () => {
    const slice = sliceOf(countedOf(sloOf('throughput'), exposed))
    expect(slice).toContain('increase(tenantry_tenant_requests_turned_away_total{refusal="quota"}')
    expect(slice).toContain('increase(tenantry_tenant_requests_turned_away_total{refusal=~"429|503"}')
    expect(slice).toMatch(/< bool 0\.999 \* clamp_max\(.*, 60000\)\)$/)
  })

  it('adds parts of a class to whole ones', () => {
    const spec: SloSpec = {
      ...sloOf('error-rate'),
      indicator: {
        kind: 'event-ratio',
        bad: { signal: 'requests', classes: ['5xx', '429'] },
        total: { signal: 'requests' },
      },
    }
    const whole = 'sum by (tenant) (increase(tenantry_tenant_requests_total{status_class="5xx"}[5m]))'
    const part =
      'sum by (tenant) (increase(tenantry_tenant_requests_turned_away_total{refusal=~"429|quota"}[5m]))'
    expect(eventsOf(countedOf(spec, exposed)).bad).toBe(`(${whole} + ${part} or ${whole} or ${part})`)
  })

  it('lets probes decide minutes without requests', () => {
    const [requests, probes] = sliceOf(countedOf(sloOf('availability'), exposed)).split(') or ((')
    expect(requests).toContain('tenantry_tenant_requests_total')
    expect(probes).toContain('tenantry_tenant_probes_total')
  })

  it('asks for the bucket at the threshold, whole ones in both spellings', () => {
    const { bad } = eventsOf(countedOf(sloOf('response-time'), exposed))
    expect(bad).toContain('tenantry_tenant_request_duration_seconds_bucket{le="0.2"}')
    const own = eventsOf(countedOf(sloOf('own-latency'), exposed))
    expect(own.bad).toContain(String.raw`app_seconds_bucket{route="/pay",le=~"1(\\.0)?"}`)
    expect(own.total).toContain('app_seconds_count{route="/pay"}')
  })

  it('counts metrics of others by the label of the platform', () => {
    expect(eventsOf(countedOf(sloOf('good-of-all'), exposed)).total).toBe(
      'sum by (tenant) (label_replace(sum by (tenant_id) (increase(all_total[5m])), "tenant", "$1", "tenant_id", "(.*)"))',
    )
  })
})

describe('metrics of the platform', () => {
  it('tell classes by codes', () => {
    expect(eventsOf(countedOf(sloOf('error-rate'), platform)).bad).toContain(
      'http_server_request_duration_seconds_count{http_response_status_code=~"5.."}',
    )
  })

  it('do not tell whose limit it was that turned a request away', () => {
    expect(countedOf(sloOf('throughput'), platform)).toEqual({
      from: 'left-out',
      why: 'counts what the series that rules read do not tell apart',
    })
  })
})
