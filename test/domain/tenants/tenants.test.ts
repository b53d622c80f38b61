import { describe, expect, it } from 'vitest'
import { isTenantryError } from '../../../src/core/errors.ts'
import { tenantId } from '../../../src/core/ids.ts'
import { GIB } from '../../../src/core/units.ts'
import { SYSTEM } from '../../../src/domain/access/access.ts'
import { quotasOf } from '../../../src/domain/tenants/tenants.ts'
import { inTransaction } from '../../../src/machinery/storage/database.ts'
import { config, openWorld, T0, type World } from '../access/harness.ts'

const ACME = tenantId('acme')
const BOLT = tenantId('bolt')

function withTwo(): World {
  const world = openWorld()
  world.tenants.create(config('acme', { aliases: ['ACME Inc', 'acme-prod'] }), SYSTEM, T0)
  world.tenants.create(config('bolt', { tier: 'enterprise', name: 'Bolt & Söhne' }), SYSTEM, T0)
  return world
}

function refusal(call: () => unknown): { code: string; errors: unknown } {
  try {
    call()
  } catch (error) {
    if (isTenantryError(error)) return { code: error.code, errors: error.details['errors'] }
    throw error
  }
  throw new Error('nothing was refused')
}

describe('the registry', () => {
  it('keeps a tenant over a restart', () => {
    const world = withTwo()
    const acme = world.tenants.get(ACME)
    expect(acme).toMatchObject({
      generation: 1,
      status: { state: 'active', observedGeneration: 1 },
    })
    expect(world.reopen().tenants.get(ACME)).toEqual(acme)
  })

  it('writes every change to the audit log of the tenant', () => {
    const { access, tenants } = withTwo()
    tenants.update(ACME, { tier: 'professional', labels: { team: 'a' } }, SYSTEM, T0 + 1)
    const [entry] = access.audit.list({ tenantId: ACME, limit: 1 }).items
    expect(entry).toMatchObject({
      action: 'tenant.updated',
      target: 'tenant/acme',
      tenantSequence: 2,
      details: {
        generation: 2,
        changes: {
          tier: { from: 'starter', to: 'professional' },
          labels: { from: {}, to: { team: 'a' } },
        },
      },
    })
  })

  it('changes nothing when the audit log cannot be written', () => {
    const { db, tenants } = withTwo()
    db.exec("CREATE TRIGGER no BEFORE INSERT ON audit_entry BEGIN SELECT RAISE(ABORT, 'full'); END")
    expect(() => tenants.update(ACME, { tier: 'enterprise' }, SYSTEM, T0)).toThrow('full')
    expect(() => tenants.create(config('cargo'), SYSTEM, T0)).toThrow('full')
    expect(tenants.get(ACME)).toMatchObject({ tier: 'starter', generation: 1 })
    expect(tenants.get(tenantId('cargo'))).toBeUndefined()
  })

  it('forgets what a transaction around it rolled back', () => {
    const { db, tenants } = withTwo()
    const attempt = (): void =>
      inTransaction(db, () => {
        tenants.create(config('cargo', { aliases: ['box'] }), SYSTEM, T0)
        tenants.update(ACME, { aliases: ['other'] }, SYSTEM, T0)
        expect(tenants.resolver().resolve('other')).toBe(ACME)
        throw new Error('stop')
      })
    expect(attempt).toThrow('stop')
    expect(tenants.get(tenantId('cargo'))).toBeUndefined()
    expect(tenants.resolver().resolve('box')).toBeUndefined()
    expect(tenants.resolver().resolve('other')).toBeUndefined()
    expect(tenants.resolver().resolve('ACME Inc')).toBe(ACME)
  })

  it('refuses an id twice', () => {
    const { tenants } = withTwo()
    expect(refusal(() => tenants.create(config('acme'), SYSTEM, T0))).toEqual({
      code: 'TENANT_EXISTS',
      errors: [{ field: 'tenantId', message: 'there is a tenant acme already' }],
    })
  })

  it('refuses names that mean another tenant, each by its field', () => {
    const { tenants } = withTwo()
    const aliases = ['fine', 'bolt', 'ACME Inc']
    expect(refusal(() => tenants.create(config('cargo', { aliases }), SYSTEM, T0))).toEqual({
      code: 'TENANT_ALIAS_TAKEN',
      errors: [
        { field: 'aliases.1', message: '"bolt" is the id of another tenant' },
        { field: 'aliases.2', message: '"ACME Inc" means tenant acme already' },
      ],
    })
    expect(refusal(() => tenants.create(config('acme-prod'), SYSTEM, T0)).code).toBe(
      'TENANT_ALIAS_TAKEN',
    )
    expect(refusal(() => tenants.update(BOLT, { aliases: ['acme'] }, SYSTEM, T0)).code).toBe(
      'TENANT_ALIAS_TAKEN',
    )
  })

  it('lets the database refuse them as well', () => {
    const { db } = withTwo()
    const insert = 'INSERT INTO tenant_alias (tenant_id, alias) VALUES (?, ?)'
    expect(() => db.prepare(insert).run('acme', 'bolt')).toThrow('an alias is not a tenant id')
    expect(() => db.prepare(insert).run('bolt', 'ACME Inc')).toThrow('UNIQUE')
    expect(() => db.exec('DELETE FROM tenant')).toThrow('never given again')
  })

  it('resolves ids and aliases, and tells when answers may have changed', () => {
    const { tenants } = withTwo()
    const resolver = tenants.resolver()
    expect(resolver.resolve('acme')).toBe(ACME)
    expect(resolver.resolve('ACME Inc')).toBe(ACME)
    expect(resolver.resolve('acme inc')).toBeUndefined()
    expect(resolver.resolve('__proto__')).toBeUndefined()
    const before = resolver.generation()
    tenants.update(ACME, { aliases: ['acme-prod'] }, SYSTEM, T0)
    expect(resolver.generation()).toBeGreaterThan(before)
    expect(resolver.resolve('ACME Inc')).toBeUndefined()
    expect(resolver.resolve('acme-prod')).toBe(ACME)
  })
})

describe('a change', () => {
  it('is a merge patch: null takes away, objects are merged', () => {
    const { tenants } = withTwo()
    const quotas = { compute: { cpuCores: 6 }, concurrentUsers: 9 }
    tenants.update(ACME, { quotas }, SYSTEM, T0)
    const changed = tenants.update(ACME, { quotas: { concurrentUsers: null } }, SYSTEM, T0)
    expect(changed.quotas).toEqual({ compute: { cpuCores: 6 } })
    expect(quotasOf(changed).compute).toEqual({ cpuCores: 6, memoryBytes: 4 * GIB })
    expect(quotasOf(changed).concurrentUsers).toBe(50)
    expect(tenants.update(ACME, { quotas: null }, SYSTEM, T0).quotas).toEqual({})
  })

  it('of the tier changes the quotas that the tenant has not set itself', () => {
    const { tenants } = withTwo()
    const quotas = { apiRateLimit: { burst: 7 } }
    const changed = tenants.update(ACME, { tier: 'enterprise', quotas }, SYSTEM, T0)
    expect(quotasOf(changed).apiRateLimit).toEqual({ requestsPerSecond: 1_000, burst: 7 })
  })

  it('that changes nothing leaves generation and audit log as they are', () => {
    const { access, tenants } = withTwo()
    expect(tenants.update(ACME, { tier: 'starter' }, SYSTEM, T0).generation).toBe(1)
    expect(
      tenants.apply(config('bolt', { tier: 'enterprise', name: 'Bolt & Söhne' }), SYSTEM, T0)
        .change,
    ).toBe('unchanged')
    expect(access.audit.verify()).toMatchObject({ entries: 2 })
  })

  it('for a generation that has passed is a conflict', () => {
    const { tenants } = withTwo()
    tenants.update(ACME, { tier: 'enterprise' }, SYSTEM, T0, { expectedGeneration: 1 })
    const late = (): unknown =>
      tenants.update(ACME, { tier: 'starter' }, SYSTEM, T0, { expectedGeneration: 1 })
    expect(refusal(late).code).toBe('TENANT_CHANGED')
  })

  it('names every field that is wrong, and changes nothing', () => {
    const { tenants } = withTwo()
    const patch = { tier: 'gold', name: null, qoutas: {}, tenantId: 'other' }
    expect(refusal(() => tenants.update(ACME, patch, SYSTEM, T0))).toEqual({
      code: 'TENANT_INVALID',
      errors: [
        { field: 'name', message: 'is missing; expected a string' },
        { field: 'tier', message: 'expected starter, professional or enterprise, not "gold"' },
        { field: 'qoutas', message: 'there is no such field; was quotas meant?' },
      ],
    })
    expect(refusal(() => tenants.update(ACME, { tenantId: 'other' }, SYSTEM, T0)).errors).toEqual([
      { field: 'tenantId', message: 'cannot be changed' },
    ])
    expect(refusal(() => tenants.update(tenantId('none'), {}, SYSTEM, T0)).code).toBe(
      'TENANT_NOT_FOUND',
    )
    expect(tenants.get(ACME)?.generation).toBe(1)
  })

  it('by applying a configuration replaces all of it', () => {
    const { tenants } = withTwo()
    expect(tenants.apply(config('acme'), SYSTEM, T0)).toMatchObject({
      change: 'updated',
      tenant: { aliases: [], generation: 2 },
    })
    expect(tenants.apply(config('cargo'), SYSTEM, T0).change).toBe('created')
  })
})

describe('a list', () => {
  it('comes in pages, in order of id', () => {
    const { tenants } = openWorld()
    for (const id of ['e', 'b', 'd', 'a', 'c']) tenants.create(config(id), SYSTEM, T0)
    const first = tenants.list({ limit: 2 })
    expect(first.items.map((tenant) => tenant.tenantId)).toEqual(['a', 'b'])
    const second = tenants.list({ limit: 2, cursor: first.nextCursor })
    const third = tenants.list({ limit: 2, cursor: second.nextCursor })
    expect(second.items.map((tenant) => tenant.tenantId)).toEqual(['c', 'd'])
    expect(third).toMatchObject({ items: [{ tenantId: 'e' }], nextCursor: null })
    expect(refusal(() => tenants.list({ limit: 2, cursor: '../x' })).code).toBe('TENANT_CURSOR')
  })

  it.each([
    [{ tier: 'enterprise' }, ['bolt']],
    [{ region: 'us-east-1' }, []],
    [{ state: 'active' }, ['acme', 'bolt']],
    [{ state: 'suspended' }, []],
    [{ text: 'SÖHNE' }, ['bolt']],
    [{ text: 'inc' }, ['acme']],
  ] as const)('is filtered by %o', (filter, expected) => {
    const { tenants } = withTwo()
    const { items } = tenants.list({ ...filter, limit: 10 })
    expect(items.map((tenant) => tenant.tenantId)).toEqual(expected)
  })
})
