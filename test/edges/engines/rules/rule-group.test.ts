import { describe, expect, it } from 'vitest'
import {
  exprMeaning,
  hashOfGroups,
  isSameGroup,
  type RuleGroup,
} from '../../../../src/edges/engines/rules/rule-group.ts'

function group(body: Record<string, unknown>, rule: Record<string, unknown> = {}): RuleGroup {
  const rules = [{ record: 'a', expr: 'sum by (tenant) (rate(x{a="b c"}[60m])) > 1.50', ...rule }]
  return { namespace: 'tenantry-x', body: { name: 'g', interval: '1m', rules, ...body } as never }
}

describe('two groups', () => {
  it.each([
    ['spans in other units', { interval: '60s' }, {}],
    ['defaults that are written out', { limit: 0, query_offset: '0s', labels: {} }, { for: '0s' }],
    ['other spaces', {}, { expr: ' sum  by(tenant)(\n rate(x{a="b c"} [1h]))>1.5 # why\n' }],
    ['other order', {}, { labels: {}, annotations: {} }],
  ])('mean the same with %s', (_, body, rule) => {
    expect(isSameGroup(group({}), group(body, rule))).toBe(true)
    expect(isSameGroup(group(body, rule), group({}))).toBe(true)
  })

  it.each([
    ['another interval', { interval: '2m' }, {}],
    ['another text within quotes', {}, { expr: 'sum by (tenant) (rate(x{a="b  c"}[60m])) > 1.50' }],
    ['other brackets', {}, { expr: 'sum by (tenant) (rate(x{a="b c"}[60m]) > 1.50)' }],
    ['a label', {}, { labels: { tier: 'starter' } }],
    ['an empty label', {}, { labels: { tier: '' } }],
    ['tenants to read from', { source_tenants: ['other'] }, {}],
    ['a span', {}, { for: '1m' }],
  ])('differ with %s', (_, body, rule) => {
    expect(isSameGroup(group({}), group(body, rule))).toBe(false)
  })

  it('have one hash whatever their order, and another for another expression', () => {
    const [one, two] = [group({}), group({ name: 'h' })]
    expect(hashOfGroups([one, two])).toBe(hashOfGroups([two, one]))
    expect(hashOfGroups([one])).not.toBe(hashOfGroups([group({}, { expr: 'up' })]))
  })

  it('keep an expression that is none of PromQL as it stands', () => {
    expect(exprMeaning('a ))) b')).toBe('a ))) b')
    expect(exprMeaning('a and on () b')).toBe(exprMeaning('a and on() b'))
  })
})
