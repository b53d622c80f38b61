import { describe, expect, it } from 'vitest'
import { tenantId } from '../../../src/core/ids.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/time.ts'
import { SYSTEM, type Principal } from '../../../src/domain/access/access.ts'
import { inTransaction } from '../../../src/machinery/storage/database.ts'
import { config, openWorld, T0, type World } from './harness.ts'

const ACME = tenantId('acme')
const OPERATOR = { role: 'operator', tenantId: null, name: 'ci' } as const

function withAcme(): World {
  const world = openWorld()
  world.tenants.create(config('acme'), SYSTEM, T0)
  return world
}

/** Everything that the database holds, as text. */
function dump({ db }: World): string {
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all()
  return JSON.stringify(tables.map((name) => db.prepare(`SELECT * FROM ${String(name)}`).all()))
}

describe('keys', () => {
  it('are recognised, also after a restart, and kept only as a hash', () => {
    const world = openWorld()
    const { key, secret } = world.access.createKey(OPERATOR, SYSTEM, T0)
    expect(secret).toMatch(/^tn_[A-Za-z0-9_-]{32}$/)
    const expected = { kind: 'key', id: key.keyId, role: 'operator', tenantId: null, name: 'ci' }
    expect(world.access.authenticate(secret, T0)).toEqual(expected)
    expect(world.reopen().access.authenticate(secret, T0)).toEqual(expected)
    expect(world.access.authenticate(`${secret}x`, T0)).toBeUndefined()
    expect(world.access.authenticate('', T0)).toBeUndefined()
    expect(dump(world)).not.toContain(secret.slice(3))
  })

  it('end at once when they are revoked, and only once', () => {
    const { access } = openWorld()
    const { key, secret } = access.createKey(OPERATOR, SYSTEM, T0)
    const principal = access.authenticate(secret, T0) as Principal
    expect(access.isCurrent(principal, T0)).toBe(true)
    expect(access.revokeKey(key.keyId, SYSTEM, T0 + 5)?.revokedAtMs).toBe(T0 + 5)
    expect(access.revokeKey(key.keyId, SYSTEM, T0 + 9)?.revokedAtMs).toBe(T0 + 5)
    expect(access.authenticate(secret, T0)).toBeUndefined()
    expect(access.isCurrent(principal, T0)).toBe(false)
    expect(access.revokeKey('key_none', SYSTEM, T0)).toBeUndefined()
    expect(access.audit.list({ limit: 10 }).items.map(({ action }) => action)).toEqual([
      'key.revoked',
      'key.created',
    ])
  })

  it.each([
    ['operator', ACME, 'a key of role operator is bound to no tenant'],
    ['tenant-admin', null, 'a key of role tenant-admin must be bound to a tenant'],
  ] as const)('of role %s refuse the binding %s', (role, bound, message) => {
    const { access } = withAcme()
    expect(() => access.createKey({ role, tenantId: bound, name: 'x' }, SYSTEM, T0)).toThrow(
      message,
    )
  })

  it('give no more than their giver holds', () => {
    const { access } = withAcme()
    const admin = access.createKey({ role: 'tenant-admin', tenantId: ACME, name: 'a' }, SYSTEM, T0)
    const giver = access.authenticate(admin.secret, T0) as Principal
    const viewer = access.createKey({ role: 'viewer', tenantId: ACME, name: 'v' }, giver, T0)
    expect(viewer.key.createdBy).toBe(admin.key.keyId)
    const collector = access.createKey({ role: 'collector', tenantId: ACME, name: 'c' }, SYSTEM, T0)
    const taker = access.authenticate(collector.secret, T0) as Principal
    expect(() =>
      access.createKey({ role: 'viewer', tenantId: ACME, name: 'v' }, taker, T0),
    ).toThrow('collector may not give the role viewer')
  })

  it('made in a transaction that is rolled back never were', () => {
    const { db, access } = openWorld()
    let secret = ''
    expect(() =>
      inTransaction(db, () => {
        secret = access.createKey(OPERATOR, SYSTEM, T0).secret
        expect(access.authenticate(secret, T0)).toBeDefined()
        throw new Error('stop')
      }),
    ).toThrow('stop')
    expect(access.authenticate(secret, T0)).toBeUndefined()
    expect(access.listKeys()).toEqual([])
    expect(access.audit.verify()).toMatchObject({ ok: true, entries: 0 })
  })

  it('of this machine end with the process', () => {
    const world = openWorld()
    const secret = world.access.localKey(T0)
    expect(world.access.authenticate(secret, T0)).toMatchObject({ id: 'local', role: 'operator' })
    expect(world.reopen().access.authenticate(secret, T0)).toBeUndefined()
    expect(world.access.listKeys()).toEqual([])
  })
})

describe('the bootstrap key', () => {
  const SECRET = `tn_${'a'.repeat(32)}`

  it('is made once, and is the same at the next start', () => {
    const world = openWorld()
    world.access.bootstrapKey(SECRET, T0)
    const again = world.reopen()
    again.access.bootstrapKey(SECRET, T0 + 1)
    expect(again.access.listKeys()).toHaveLength(1)
    expect(again.access.authenticate(SECRET, T0)).toMatchObject({ role: 'operator' })
    expect(again.logged).toEqual([])
  })

  it('is ignored with a warning where an operator key is in use, or when it was revoked', () => {
    const world = openWorld()
    world.access.bootstrapKey(SECRET, T0)
    world.access.bootstrapKey(`${SECRET}b`, T0)
    expect(world.access.authenticate(`${SECRET}b`, T0)).toBeUndefined()
    const [key] = world.access.listKeys()
    world.access.revokeKey(key?.keyId ?? '', SYSTEM, T0)
    world.access.bootstrapKey(SECRET, T0)
    expect(world.access.authenticate(SECRET, T0)).toBeUndefined()
    expect(world.logged.map(({ level, fields }) => [level, fields['reason']])).toEqual([
      ['warn', `operator key ${key?.keyId ?? ''} is in use`],
      ['warn', 'it was revoked'],
    ])
  })

  it('must not be short', () => {
    expect(() => openWorld().access.bootstrapKey('tn_short', T0)).toThrow('fewer than 27')
  })
})

describe('signing in', () => {
  it('turns a link into a session once', () => {
    const world = openWorld()
    const token = world.access.createSignInLink(T0)
    const signed = world.access.redeemSignIn(token, T0 + MINUTE_MS)
    if (!signed.ok) throw new Error(signed.reason)
    const principal = world.access.authenticateSession(signed.secret, T0 + HOUR_MS)
    expect(principal).toMatchObject({ kind: 'session', role: 'operator', tenantId: null })
    expect(world.access.redeemSignIn(token, T0 + MINUTE_MS)).toEqual({ ok: false, reason: 'used' })
    expect(dump(world)).not.toContain(token.slice(4))
    expect(dump(world)).not.toContain(signed.secret.slice(4))
  })

  it('refuses a link after 15 minutes and a session after 12 hours', () => {
    const { access } = openWorld()
    const late = access.createSignInLink(T0)
    expect(access.redeemSignIn(late, T0 + 15 * MINUTE_MS)).toEqual({ ok: false, reason: 'expired' })
    const signed = access.redeemSignIn(access.createSignInLink(T0), T0)
    if (!signed.ok) throw new Error(signed.reason)
    expect(access.authenticateSession(signed.secret, T0 + 12 * HOUR_MS - 1)).toBeDefined()
    expect(access.authenticateSession(signed.secret, T0 + 12 * HOUR_MS)).toBeUndefined()
    expect(access.isCurrent(signed.principal, T0 + 12 * HOUR_MS)).toBe(false)
    expect(access.authenticate(signed.secret, T0)).toBeUndefined()
  })

  it('ends with the session', () => {
    const { access } = openWorld()
    const signed = access.redeemSignIn(access.createSignInLink(T0), T0)
    if (!signed.ok) throw new Error(signed.reason)
    access.endSession(signed.principal, T0)
    access.endSession(signed.principal, T0)
    expect(access.authenticateSession(signed.secret, T0)).toBeUndefined()
  })

  it('writes to the audit log what happened, and a link offered again only the first time', () => {
    const { access } = openWorld()
    const token = access.createSignInLink(T0)
    for (let time = 0; time < 4; time += 1) access.redeemSignIn(token, T0)
    access.redeemSignIn('tnl_unknown', T0)
    expect(access.audit.list({ limit: 10 }).items.map(({ action }) => action)).toEqual([
      'sign-in.refused',
      'sign-in.completed',
      'sign-in.link-created',
    ])
  })
})

describe('a repeated request', () => {
  const SECRET = `tn_${'s'.repeat(32)}`
  const request = (key: string, body: string, secret = SECRET) => ({
    principal: SYSTEM,
    secret,
    route: 'POST /api/v1/keys',
    key,
    body: Buffer.from(body),
  })

  it('is answered as the first one was, and changes nothing', () => {
    const { access } = openWorld()
    const create = (): string => access.createKey(OPERATOR, SYSTEM, T0).secret
    const first = access.once(request('k1', '{}'), T0, create)
    const second = access.once(request('k1', '{}'), T0 + DAY_MS, create)
    expect(second).toEqual({ text: first.text, isRepeated: true })
    expect(access.listKeys()).toHaveLength(1)
  })

  it('with another body is refused', () => {
    const { access } = openWorld()
    access.once(request('k1', '{}'), T0, () => 'a')
    expect(() => access.once(request('k1', '{ }'), T0, () => 'b')).toThrow('another body')
  })

  it('is forgotten after a day, and when the change failed', () => {
    const { access } = openWorld()
    access.once(request('k1', '{}'), T0, () => 'a')
    expect(access.once(request('k1', '{}'), T0 + DAY_MS + 1, () => 'b').text).toBe('b')
    const fail = (): string => {
      access.createKey(OPERATOR, SYSTEM, T0)
      throw new Error('no')
    }
    expect(() => access.once(request('k2', '{}'), T0, fail)).toThrow('no')
    expect(access.listKeys()).toEqual([])
    expect(access.once(request('k2', '{}'), T0, () => 'c').isRepeated).toBe(false)
  })

  it('leaves no secret in the database', () => {
    const world = openWorld()
    world.access.once(request('k1', '{}'), T0, () => 'tn_very-secret')
    expect(dump(world)).not.toContain('very-secret')
    const sealed = world.db.prepare('SELECT sealed FROM idempotent_answer').pluck().get() as Buffer
    expect(sealed.toString('latin1')).not.toContain('very-secret')
  })
})
