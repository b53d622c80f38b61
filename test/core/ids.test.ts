import { describe, expect, it } from 'vitest'
import { parseSloId, parseTenantId, sloId, tenantId, UNATTRIBUTED } from '../../src/core/ids.ts'

describe('a tenant id', () => {
  it.each(['a', '7', 'acme', 'acme-eu-2', `a${'b'.repeat(46)}c`])('may be %s', (text) => {
    expect(parseTenantId(text)).toBe(text)
  })

  it.each(['', '-a', 'a-', 'Acme', 'a_b', 'a.b', 'a b', '../a', 'ä', 'a'.repeat(49), 'a\n'])(
    'may not be %j',
    (text) => {
      expect(parseTenantId(text)).toBeUndefined()
      expect(() => tenantId(text)).toThrow('not a tenant id')
    },
  )

  it('is never the bucket of samples that no tenant claims', () => {
    expect(parseTenantId(UNATTRIBUTED)).toBeUndefined()
  })
})

describe('an SLO id', () => {
  it('has the same alphabet', () => {
    expect(parseSloId('error-rate')).toBe('error-rate')
    expect(() => sloId('Error rate')).toThrow('not an SLO id')
  })
})
