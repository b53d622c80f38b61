import { describe, expect, it } from 'vitest'
import {
  Attribution,
  attributionSchema,
  matches,
} from '../../../../src/domain/tenants/config/attribution.ts'

const claim = (rules: Parameters<typeof attributionSchema.parse>[0], labels: object) => {
  const { rules: read } = attributionSchema.parse({ rules })
  const all = labels as Readonly<Record<string, string>>
  return new Attribution(read).tenantOf((name) => all[name])
}

describe('a pattern', () => {
  it.each([
    ['shop', 'shop', true],
    ['shop', 'shops', false],
    ['shop-*', 'shop-', true],
    ['shop-*', 'shop', false],
    ['*-eu', 'shop-eu', true],
    ['shop-*-eu', 'shop-a-b-eu', true],
    ['shop-*-eu', 'shop-eu', false],
    ['a*a', 'a', false],
    ['a*b*c', 'axbxc', true],
    ['a*b*c', 'acb', false],
    ['*', 'anything', true],
    ['*', '', false],
  ])('%s and %s: %s', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected)
  })
})

describe('attribution', () => {
  it('gives what the first matching rule says, patterns and full names alike', () => {
    const rules = [
      { namespace: 'acme-*', tenant: 'acme' },
      { namespace: 'acme-lab', tenant: 'lab' },
      { namespace: 'bolt', tenant: 'bolt' },
    ]
    expect(claim(rules, { namespace: 'acme-lab' })).toBe('acme')
    expect(claim(rules.toReversed(), { namespace: 'acme-lab' })).toBe('lab')
    expect(claim(rules, { namespace: 'bolt' })).toBe('bolt')
    expect(claim(rules, { namespace: 'other' })).toBeUndefined()
    expect(claim(rules, {})).toBeUndefined()
  })

  it('reads each spelling of a field, and what an exporter reports before what it lives in', () => {
    const rules = [{ namespace: 'acme', tenant: 'acme' }]
    for (const name of ['namespace', 'k8s.namespace.name', 'k8s_namespace_name']) {
      expect(claim(rules, { [name]: 'acme' })).toBe('acme')
    }
    const exported = { namespace: 'monitoring', exported_namespace: 'acme' }
    expect(claim(rules, exported)).toBe('acme')
    expect(claim(rules, { namespace: 'acme', exported_namespace: 'bolt' })).toBeUndefined()
    expect(claim([{ database: 'orders', tenant: 'acme' }], { datname: 'orders' })).toBe('acme')
    expect(claim([{ job: 'shop/cart', tenant: 'acme' }], { job: 'shop/cart' })).toBe('acme')
  })

  it('asks for all that a rule names', () => {
    const rules = [{ namespace: 'shared', pod: 'acme-*', labels: { zone: 'a' }, tenant: 'acme' }]
    const labels = { namespace: 'shared', pod: 'acme-1', zone: 'a' }
    expect(claim(rules, labels)).toBe('acme')
    expect(claim(rules, { ...labels, zone: 'b' })).toBeUndefined()
    expect(claim(rules, { ...labels, namespace: 'x' })).toBeUndefined()
  })

  it.each([
    [[{ tenant: 'acme' }], 'says of which series'],
    [[{ tenant: 'acme', namespace: '' }], 'namespace'],
    [[{ tenant: 'acme', namespace: '*a*b*c*d*' }], 'expected at most four *'],
    [
      [
        { tenant: 'acme', pod: 'a' },
        { tenant: 'bolt', pod: 'a' },
      ],
      'is never reached: rules.0 asks for the same',
    ],
  ])('refuses %o: %s', (rules, message) => {
    const read = attributionSchema.safeParse({ rules })
    expect(JSON.stringify(read.error?.issues)).toContain(message)
  })
})
