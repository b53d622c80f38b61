import { describe, expect, it } from 'vitest'
import { sourceGroups } from '../../../src/edges/portal/tenant/source-groups.ts'

const source = (
  signal: string,
  name: string,
  state: 'active' | 'shadowed' | 'silent',
  resource = '',
) => ({
  signal,
  resource,
  source: name,
  says: name,
  rank: 1,
  state,
  lastSampleAtMs: 1,
  series: 1,
})

describe('the sources of a tenant', () => {
  it('are grouped by what they measure, in the order of the list, sums left out', () => {
    const groups = sourceGroups([
      source('storage', 'postgres', 'active', 'database'),
      source('storage', 'kubelet', 'silent', 'volume'),
      source('requests', 'otel', 'active'),
      source('requests', 'envoy', 'shadowed'),
      source('duration_sum', 'otel', 'active'),
    ])
    expect(
      groups.map(({ title, active, others }) => [
        title,
        active?.source,
        others.map((each) => each.source),
      ]),
    ).toEqual([
      ['Requests', 'otel', ['envoy']],
      ['Storage: database', 'postgres', []],
      ['Storage: volume', undefined, ['kubelet']],
    ])
  })
})
