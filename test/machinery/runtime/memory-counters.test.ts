import { describe, expect, it } from 'vitest'
import { memoryCounters } from '../../../src/machinery/runtime/memory-counters.ts'

describe('counters in memory', () => {
  it('add up by name and labels, whatever else is labelled', () => {
    const counters = memoryCounters()
    counters.add('tenantry_ingest_refused_total', 2, { reason: 'a', protocol: 'x' })
    counters.add('tenantry_ingest_refused_total', 3, { reason: 'b', protocol: 'x' })
    expect(counters.read('tenantry_ingest_refused_total')).toBe(5)
    expect(counters.read('tenantry_ingest_refused_total', { reason: 'b' })).toBe(3)
    expect(counters.read('tenantry_ingest_refused_total', { reason: 'c' })).toBe(0)
    expect(counters.read('tenantry_tick_late_total')).toBe(0)
  })

  it('keep observations and the last reader of a gauge', () => {
    const counters = memoryCounters()
    counters.observe('tenantry_tick_seconds', 0.5)
    counters.observe('tenantry_tick_seconds', 0.25)
    counters.gauge('tenantry_series', () => 1)
    counters.gauge('tenantry_series', () => 2)
    expect(counters.observed('tenantry_tick_seconds')).toEqual([0.5, 0.25])
    expect(counters.read('tenantry_series')).toBe(2)
  })

  it('refuse a name that is not known, or is of another kind', () => {
    const counters = memoryCounters()
    expect(() => counters.add('tenantry_new_total', 1)).toThrow(
      'is a counter of core/names/metrics',
    )
    expect(() => counters.add('tenantry_series', 1)).toThrow('is a counter of core/names/metrics')
  })
})
