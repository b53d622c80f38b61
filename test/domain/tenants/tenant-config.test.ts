import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergePatch } from '../../../src/domain/tenants/registry/merge-patch.ts'
import { readTenantConfig } from '../../../src/domain/tenants/registry/tenant-config.ts'

const VALID = {
  tenantId: 'acme',
  name: 'Acme',
  tier: 'starter',
  region: 'eu-central-1',
  isolation: 'shared',
}

function problems(rest: Record<string, unknown>): string[] {
  const read = readTenantConfig({ ...VALID, ...rest })
  return read.ok ? [] : read.problems.map(({ field, message }) => `${field}: ${message}`)
}

describe('a tenant configuration', () => {
  it('fills in what is left out', () => {
    expect(readTenantConfig(VALID)).toMatchObject({
      ok: true,
      config: {
        quotas: {},
        features: [],
        aliases: [],
        labels: {},
        security: {
          mfaRequired: false,
          supportAccess: 'on-consent',
          allowedNetworks: [],
          dataRetentionDays: 400,
          frameworks: [],
        },
      },
    })
  })

  it('takes every field of the guide', () => {
    const whole = {
      ...VALID,
      quotas: {
        compute: { cpuCores: 0.5, memoryBytes: 1 },
        storage: { databaseBytes: 2, fileBytes: 3 },
        apiRateLimit: { requestsPerSecond: 4, burst: 5 },
        concurrentUsers: 6,
        dataTransfer: { ingressBytesPerDay: 7, egressBytesPerDay: 8 },
      },
      security: {
        mfaRequired: true,
        supportAccess: 'forbidden',
        allowedNetworks: ['203.0.113.0/24', '2001:db8::/32'],
        dataRetentionDays: 30,
        frameworks: ['soc2'],
      },
      features: ['beta.search'],
      aliases: ['ACME Inc'],
      labels: { team: 'red' },
      apdexThresholdSeconds: 0.5,
    }
    expect(readTenantConfig(whole)).toEqual({ ok: true, config: whole })
  })

  it.each([
    [{ tenantId: 'Acme' }, 'tenantId: expected 1 to 48 of a-z, 0-9 and inner hyphens'],
    [{ tenantId: undefined }, 'tenantId: is missing; expected a string'],
    [{ name: '' }, 'name: expected at least 1 characters, not 0'],
    [{ name: 'a\nb' }, 'name: expected text without control characters'],
    [{ name: ' a' }, 'name: begins or ends with white space'],
    [{ name: 7 }, 'name: expected a string, not 7'],
    [{ tier: 'gold' }, 'tier: expected starter, professional or enterprise, not "gold"'],
    [{ tier: undefined }, 'tier: is missing; expected starter, professional or enterprise'],
    [{ region: 'EU' }, 'region: expected a region such as eu-central-1'],
    [{ isolation: null }, 'isolation: expected shared, dedicated or isolated, not null'],
    [
      { quotas: { compute: { cpuCores: 'many' } } },
      'quotas.compute.cpuCores: expected a number, not "many"',
    ],
    [
      { quotas: { compute: { memoryBytes: 1.5 } } },
      'quotas.compute.memoryBytes: expected a whole number, not 1.5',
    ],
    [
      { quotas: { apiRateLimit: { burst: 0 } } },
      'quotas.apiRateLimit.burst: expected at least 1, not 0',
    ],
    [{ quotas: { compute: [] } }, 'quotas.compute: expected an object, not a list'],
    [{ quotas: { computer: {} } }, 'quotas.computer: there is no such field'],
    [
      { security: { mfaRequired: 'yes' } },
      'security.mfaRequired: expected true or false, not "yes"',
    ],
    [
      { security: { allowedNetworks: ['10.0.0.0/33'] } },
      'security.allowedNetworks.0: expected a network such as 203.0.113.0/24 or 2001:db8::/32',
    ],
    [{ features: ['a', 'b', 'a'] }, 'features.2: "a" comes twice'],
    [{ features: 'a' }, 'features: expected a list, not "a"'],
    [{ aliases: ['acme'] }, 'aliases.0: is the tenant id itself: leave it out'],
    [
      { labels: { '1x': 'a' } },
      'labels.1x: expected a name of a-z, A-Z, 0-9 and _, not beginning with a digit',
    ],
    [{ regoin: 'x' }, 'regoin: there is no such field; was region meant?'],
    [{ zone: 'x' }, 'zone: there is no such field'],
  ])('with %o is refused', (rest, message) => {
    expect(problems(rest)).toEqual([message])
  })

  it.each([[null], [[]], ['text'], [7]])('that is %o is refused', (value) => {
    expect(readTenantConfig(value).ok).toBe(false)
  })

  it('never crashes, and names a field or says what it is', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom(
          ...Object.keys(VALID),
          'quotas',
          'security',
          'features',
          'aliases',
          'labels',
        ),
        (value, field) => {
          for (const problem of problems({ [field]: value })) expect(problem).toMatch(/: \S/)
        },
      ),
    )
  })
})

describe('a merge patch', () => {
  // RFC 7396, appendix A.
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('of %o with %o gives %o', (target, patch, expected) => {
    expect(mergePatch(target, patch)).toEqual(expected)
  })

  it('cannot reach a prototype', () => {
    const merged = mergePatch({}, JSON.parse('{"__proto__": {"polluted": true}}'))
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype)
    expect(Object.hasOwn({}, 'polluted')).toBe(false)
  })
})
