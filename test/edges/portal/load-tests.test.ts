import { describe, expect, it } from 'vitest'
import { missedInWords } from '../../../loadtests/run/report.ts'
import {
  loadTestsInWords,
  loadTestsTold,
  nameOf,
  rateTold,
  thresholdTold,
  verdictTold,
} from '../../../src/edges/portal/load-tests/load-test-words.ts'
import { makeLoadTests } from '../../fixtures/portal-load-tests.ts'

const { items } = makeLoadTests(new URLSearchParams(), Date.parse('2026-11-27T10:00:00Z'))

describe('what is said about load tests', () => {
  it('answers first how the newest went', () => {
    expect(items.map((test) => loadTestsTold(test).text)).toEqual([
      'The newest load test, 2\u202fk/s for 2 tenants, missed 2 of 12 promises',
      'The newest load test, 1\u202fk/s for acme, says nothing: its generator was too slow',
      'The newest load test, 1\u202fk/s for acme, kept all 6 promises',
      'The newest load test, 1\u202fk/s for globex, kept all 6 promises',
    ])
    expect(loadTestsTold(undefined).text).toBe('No load test is on record')
    expect(items.map((test) => verdictTold(test).tone)).toEqual(['bad', 'warning', 'good', 'good'])
  })

  it('names runs and rates', () => {
    expect(nameOf(items[3]!)).toBe('API reads, steady')
    expect(rateTold(items[0]!)).toBe('2,000 of 2,000\u202f/s')
    expect(loadTestsInWords([])).toBe(null)
    expect(loadTestsInWords(Array.from({ length: 6 }, () => items[2]!))).toMatch(
      /^Load tests: (Throughput, steady at [^;]+; ){4}and 2 more$/,
    )
  })

  it('says thresholds as the report of the generator does', () => {
    for (const threshold of [
      'http_req_failed{tenant:acme,phase:measured} rate<0.001',
      'http_req_duration{tenant:acme,phase:measured} p(99)<200',
      'iterations{scenario:measured_acme} count>=59400',
      'http_reqs{tenant:acme,phase:measured} count>0',
      'dropped_iterations count==0',
      'something{else} x',
    ]) {
      expect(thresholdTold(threshold)).toBe(missedInWords(threshold))
    }
  })
})
