import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../../src/core/time.ts'
import { HTTP_LIMITS } from '../../../src/edges/http/limits.ts'
import { openHttp, signIn, type HttpWorld } from './harness.ts'

let world: HttpWorld
let key: string

beforeAll(async () => {
  world = await openHttp()
  key = world.operator
})
afterAll(() => world.close())

const CARGO = {
  tenantId: 'cargo',
  name: 'Cargo',
  tier: 'professional',
  region: 'eu-central-1',
  isolation: 'dedicated',
  aliases: ['Cargo Ltd'],
}

const post = (path: string, json: unknown, headers: Record<string, string> = {}) =>
  world.ask(path, { method: 'POST', key, json, headers })
const postText = (body: string, type = 'application/json') =>
  world.ask('/api/v1/tenants', { method: 'POST', key, body, headers: { 'content-type': type } })

describe('tenants', () => {
  it('are created, shown, changed and listed', async () => {
    const created = await post('/api/v1/tenants', CARGO)
    expect(created.status).toBe(201)
    expect(created.headers.get('location')).toBe('/api/v1/tenants/cargo')
    expect(created.headers.get('etag')).toBe('"1"')
    expect(created.body).toMatchObject({
      ...CARGO,
      generation: 1,
      status: { state: 'active', observedGeneration: 1 },
      quotas: {},
      effectiveQuotas: { compute: { cpuCores: 8 } },
    })
    const changed = await world.ask('/api/v1/tenants/cargo?expectedGeneration=1', {
      method: 'PATCH',
      key,
      json: { quotas: { compute: { cpuCores: 12 } } },
    })
    expect(changed.body).toMatchObject({
      generation: 2,
      effectiveQuotas: { compute: { cpuCores: 12 } },
    })
    const shown = await world.ask('/api/v1/tenants/cargo', { key })
    expect(shown.body).toEqual(changed.body)
    const listed = await world.ask('/api/v1/tenants?limit=2', { key })
    expect(listed.body.items.map((item: { tenantId: string }) => item.tenantId)).toEqual([
      'acme',
      'bolt',
    ])
    const rest = await world.ask(`/api/v1/tenants?limit=2&cursor=${listed.body.nextCursor}`, {
      key,
    })
    expect(rest.body).toMatchObject({ items: [{ tenantId: 'cargo' }], nextCursor: null })
  })

  it('changed by somebody else in between are a conflict', async () => {
    const reply = await world.ask('/api/v1/tenants/acme?expectedGeneration=7', {
      method: 'PATCH',
      key,
      json: { name: 'Other' },
    })
    expect(reply).toMatchObject({ status: 409, body: { code: 'TENANT_CHANGED', retryable: true } })
  })

  it('are replaced whole', async () => {
    const whole = { tenantId: 'bolt', name: 'B', tier: 'starter', region: 'x', isolation: 'shared' }
    const put = (json: unknown) => world.ask('/api/v1/tenants/bolt', { method: 'PUT', key, json })
    expect((await put({ ...whole, labels: { a: 'b' } })).body.labels).toEqual({ a: 'b' })
    expect((await put(whole)).body.labels).toEqual({})
    expect(await put({ ...whole, tenantId: 'acme' })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'tenantId', message: 'is not the id of the path' }] },
    })
  })
})

describe('bad input', () => {
  it.each([
    ['{"tenantId": x}', "Unexpected token 'x' at line 1, column 14"],
    ['{"tenantId":\n  "a",,}', 'Expected double-quoted property name in JSON at line 2, column 7'],
    ['{"a":1', "Expected ',' or '}' after property value at line 1, column 7"],
    ['[1,\n2,\n]', "Unexpected token ']' at line 3, column 1"],
    ['nonsense', "Unexpected token 'o' at line 1, column 2"],
  ])('that is not JSON is placed: %s', async (text, words) => {
    const { status, body } = await postText(text)
    expect([status, body.code]).toEqual([400, 'JSON_INVALID'])
    expect(body.detail).toBe(`reading the body: ${words.replace(' in JSON', '')}`)
  })

  it('names every field that is wrong', async () => {
    const { status, body } = await post('/api/v1/tenants', {
      ...CARGO,
      tier: 'gold',
      quotas: { compute: { cpuCores: '8' } },
      teir: 1,
    })
    expect([status, body.code]).toEqual([400, 'REQUEST_INVALID'])
    expect(body.errors).toEqual([
      { field: 'tier', message: 'expected starter, professional or enterprise, not "gold"' },
      { field: 'quotas.compute.cpuCores', message: 'expected a number, not "8"' },
      { field: 'teir', message: 'there is no such field' },
    ])
  })

  it.each([[[]], ['text'], [7], [null]])('of the wrong kind is refused: %o', async (json) => {
    expect(await post('/api/v1/tenants', json)).toMatchObject({
      status: 400,
      body: { errors: [{ field: '', message: expect.stringContaining('expected an object') }] },
    })
  })

  it('names an alias that another tenant has', async () => {
    const taken = { ...CARGO, tenantId: 'delta', aliases: ['fine', 'Cargo Ltd'] }
    expect(await post('/api/v1/tenants', taken)).toMatchObject({
      status: 409,
      body: {
        code: 'TENANT_ALIAS_TAKEN',
        errors: [{ field: 'aliases.1', message: '"Cargo Ltd" means tenant cargo already' }],
      },
    })
  })

  it('that is too large is refused, whether its length is told or not', async () => {
    const large = JSON.stringify({ text: 'x'.repeat(HTTP_LIMITS.bodyBytes) })
    expect(await postText(large)).toMatchObject({ status: 413, body: { code: 'BODY_TOO_LARGE' } })
    const chunks = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new Uint8Array(65_536).fill(32))
      },
    })
    const streamed = await fetch(`${world.url}/api/v1/tenants`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: chunks,
      duplex: 'half',
    }).catch((error: unknown) => error)
    // The server may cut the connection before the client has read the answer.
    if (streamed instanceof Response) expect(streamed.status).toBe(413)
    expect((await world.ask('/healthz')).status).toBe(200)
  })

  it('of another media type, encoding or character set is refused', async () => {
    expect(await postText('a: b', 'application/yaml')).toMatchObject({ status: 415 })
    expect(await postText('{}', 'text/plain')).toMatchObject({ status: 415 })
    const zipped = await post('/api/v1/tenants', {}, { 'content-encoding': 'gzip' })
    expect(zipped).toMatchObject({ status: 415, body: { code: 'MEDIA_TYPE' } })
    const latin = await fetch(`${world.url}/api/v1/tenants`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: Buffer.from([0x22, 0xff, 0x22]),
    })
    expect(latin.status).toBe(400)
    expect(((await latin.json()) as { detail: string }).detail).toContain('not UTF-8')
  })

  it.each([
    ['/api/v1/tenants?limit=0', 'limit', 'expected at least 1, not "0"'],
    ['/api/v1/tenants?limit=ten', 'limit', 'expected a whole number'],
    [
      '/api/v1/tenants?tier=gold',
      'tier',
      'expected starter, professional or enterprise, not "gold"',
    ],
    ['/api/v1/tenants?teir=starter', 'teir', 'there is no such field'],
    ['/api/v1/tenants?tier=starter&tier=enterprise', 'tier', 'comes more than once'],
    ['/api/v1/keys?all=1', 'all', 'there is no such field'],
    ['/api/v1/alerts?tenantId=A%20B', 'tenantId', 'expected 1 to 48 of a-z, 0-9 and inner hyphens'],
  ])('in the query of %s is named', async (path, field, message) => {
    const reply = await world.ask(path, { key })
    expect(reply).toMatchObject({ status: 400, body: { errors: [{ field, message }] } })
  })

  it('as a cursor is refused', async () => {
    for (const path of ['tenants', 'alerts', 'audit']) {
      const reply = await world.ask(`/api/v1/${path}?cursor=..%2F..`, { key })
      expect(reply, path).toMatchObject({ status: 400 })
    }
  })

  it('that pollutes prototypes does nothing', async () => {
    const reply = await postText('{"__proto__": {"tier": "starter"}, "constructor": 1}')
    expect(reply.status).toBe(400)
    expect(({} as Record<string, unknown>)['tier']).toBeUndefined()
  })
})

describe('keys', () => {
  it('are made, shown once, listed and revoked', async () => {
    const created = await post('/api/v1/keys', {
      role: 'collector',
      name: ' ci ',
      tenantId: 'acme',
    })
    expect(created).toMatchObject({ status: 201, body: { key: { name: 'ci', tenantId: 'acme' } } })
    const { secret } = created.body
    const listed = await world.ask('/api/v1/keys', { key })
    expect(listed.text).toContain(created.body.key.keyId)
    expect(listed.text).not.toContain(secret)
    expect((await world.ask('/api/v1/session', { key: secret })).body).toEqual({
      name: 'ci',
      role: 'collector',
      tenantId: 'acme',
      permissions: ['metrics:write', 'alerts:write', 'session:own'],
    })
    const byHeader = await world.ask('/api/v1/session', { headers: { 'x-api-key': secret } })
    expect(byHeader.status).toBe(200)
    const path = `/api/v1/keys/${created.body.key.keyId}`
    expect((await world.ask(path, { method: 'DELETE', key })).status).toBe(204)
    expect((await world.ask('/api/v1/session', { key: secret })).status).toBe(401)
  })

  it('of a tenant that there is not, or with a role that cannot be bound so, are refused', async () => {
    expect(
      await post('/api/v1/keys', { role: 'collector', name: 'x', tenantId: 'no' }),
    ).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'tenantId', message: 'there is no tenant "no"' }] },
    })
    expect(
      await post('/api/v1/keys', { role: 'operator', name: 'x', tenantId: 'acme' }),
    ).toMatchObject({
      status: 400,
      body: { code: 'KEY_INVALID', errors: [{ field: 'tenantId' }] },
    })
  })

  it('made by an administrator of a tenant are that tenant’s', async () => {
    const admin = world.key('tenant-admin', 'acme')
    const make = (json: unknown) => world.ask('/api/v1/keys', { method: 'POST', key: admin, json })
    expect((await make({ role: 'viewer', name: 'v' })).body.key.tenantId).toBe('acme')
    const foreign = await make({ role: 'viewer', name: 'v', tenantId: 'bolt' })
    const missing = await make({ role: 'viewer', name: 'v', tenantId: 'none' })
    expect([foreign.status, missing.status]).toEqual([400, 400])
    expect(foreign.body.code).toBe(missing.body.code)
    expect((await make({ role: 'operator', name: 'o' })).status).toBe(400)
  })

  it.each([
    ['Basic dGVuYW50cnk6', 'the Authorization header is not `Bearer KEY`'],
    ['Bearer', 'the Authorization header is not `Bearer KEY`'],
    ['Bearer tn_unknown', 'the key is not known, or was revoked'],
    [`Bearer ${'x'.repeat(4_000)}`, 'the key is not known, or was revoked'],
  ])('that are not right are refused: %s', async (authorization, detail) => {
    const reply = await world.ask('/api/v1/session', { headers: { authorization } })
    expect(reply).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED', detail } })
    expect(reply.headers.get('www-authenticate')).toBe('Bearer realm="tenantry"')
  })
})

describe('an Idempotency-Key', () => {
  it('makes a repeated creation answer as the first did, secret included', async () => {
    const make = (name: string) =>
      post('/api/v1/keys', { role: 'viewer', name }, { 'idempotency-key': '"once-1"' })
    const first = await make('a')
    const second = await make('a')
    expect(second.status).toBe(201)
    expect(second.text).toBe(first.text)
    expect(first.headers.get('idempotency-replayed')).toBeNull()
    expect(second.headers.get('idempotency-replayed')).toBe('true')
    expect(await make('b')).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } })
  })

  it('belongs to who sent it, to the path, and to its day', async () => {
    const headers = { 'idempotency-key': 'once-2' }
    const tenant = { ...CARGO, tenantId: 'echo', aliases: [] }
    const first = await post('/api/v1/tenants', tenant, headers)
    const repeated = await post('/api/v1/tenants', tenant, headers)
    expect([first.status, repeated.status]).toEqual([201, 201])
    expect(repeated.headers.get('location')).toBe('/api/v1/tenants/echo')
    const other = world.key('operator')
    const byOther = await world.ask('/api/v1/tenants', {
      method: 'POST',
      key: other,
      json: tenant,
      headers,
    })
    expect(byOther.status).toBe(409)
    await world.clock.advance(DAY_MS + 1)
    expect((await post('/api/v1/tenants', tenant, headers)).status).toBe(409)
  })

  it('does not keep a refusal', async () => {
    const headers = { 'idempotency-key': 'once-3' }
    expect((await post('/api/v1/keys', { role: 'viewer' }, headers)).status).toBe(400)
    expect((await post('/api/v1/keys', { role: 'viewer', name: 'x' }, headers)).status).toBe(201)
  })

  it('must be readable', async () => {
    const long = { 'idempotency-key': 'x'.repeat(256) }
    expect(await post('/api/v1/keys', { role: 'viewer', name: 'x' }, long)).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'Idempotency-Key' }] },
    })
  })
})

describe('signing in', () => {
  it('by the page of a link leads to the portal', async () => {
    const link = await post('/api/v1/sign-in-links', {})
    expect(link.body.path).toMatch(/^\/sign-in\?token=tnl_/)
    const page = await world.ask(link.body.path)
    const again = await world.ask(link.body.path)
    expect(again.status).toBe(200)
    const token = /name="token" value="([\w-]+)"/.exec(page.text)?.[1] ?? ''
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      origin: world.url,
      'sec-fetch-site': 'same-origin',
    }
    const submit = () =>
      world.ask('/api/v1/sign-in', { method: 'POST', body: `token=${token}`, headers })
    const reply = await submit()
    expect([reply.status, reply.headers.get('location')]).toEqual([303, '/'])
    const cookie = reply.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(
      /^tenantry_session=tns_[\w-]{32}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
    )
    const session = await world.ask('/api/v1/session', {
      headers: { cookie: cookie.split(';')[0] ?? '' },
    })
    expect(session.body).toMatchObject({ name: 'Operator', role: 'operator', tenantId: null })
    expect(session.body.permissions).toContain('slo:write')
    const second = await submit()
    expect(second.status).toBe(401)
    expect(second.text).toContain('was used already')
  })

  it('puts no markup of the address into the page', async () => {
    const page = await world.ask('/sign-in?token=%22%3E%3Cscript%3E')
    expect(page.text).toContain('value="&#34;&#62;&#60;script&#62;"')
  })

  it('is not possible from another site', async () => {
    const token = world.access.createSignInLink(world.clock.nowMs())
    for (const headers of [
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      const reply = await world.ask('/api/v1/sign-in', { method: 'POST', json: { token }, headers })
      expect(reply).toMatchObject({ status: 403, body: { code: 'CROSS_ORIGIN' } })
    }
  })

  it('ends after twelve hours and by signing out', async () => {
    const cookie = await signIn(world)
    const headers = { cookie, 'sec-fetch-site': 'same-origin' }
    const out = await world.ask('/api/v1/session', { method: 'DELETE', headers })
    expect(out.status).toBe(204)
    expect(out.headers.get('set-cookie')).toContain('Max-Age=0')
    expect((await world.ask('/api/v1/session', { headers })).status).toBe(401)
    const later = { cookie: await signIn(world) }
    await world.clock.advance(12 * HOUR_MS)
    expect((await world.ask('/api/v1/session', { headers: later })).status).toBe(401)
  })
})

describe('a change by cookie', () => {
  it.each([
    [{}, 403],
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ 'sec-fetch-site': 'same-origin' }, 201],
    [{ origin: 'SELF' }, 201],
  ])('from %o is answered %i', async (given, status) => {
    const cookie = await signIn(world)
    const headers = { cookie, ...given } as Record<string, string>
    if (headers['origin'] === 'SELF') headers['origin'] = world.url
    const json = { role: 'viewer', name: 'x' }
    const reply = await world.ask('/api/v1/keys', { method: 'POST', json, headers })
    expect(reply.status).toBe(status)
  })

  it('reads need no such proof', async () => {
    const headers = { cookie: `other=1; ${await signIn(world)}` }
    expect((await world.ask('/api/v1/tenants', { headers })).status).toBe(200)
  })
})

describe('the audit log', () => {
  it('is listed by tenant, without the numbering of the platform for who is bound', async () => {
    const admin = world.key('tenant-admin', 'acme')
    const own = await world.ask('/api/v1/audit?limit=500', { key: admin })
    const tenants = new Set(own.body.items.map((item: { tenantId: string }) => item.tenantId))
    expect([...tenants]).toEqual(['acme'])
    expect(own.body.items[0]).not.toHaveProperty('sequence')
    expect(own.body.items.at(-1)).toMatchObject({ action: 'tenant.created', tenantSequence: 1 })
    const all = await world.ask('/api/v1/audit?limit=1', { key })
    expect(all.body.items[0]).toHaveProperty('sequence')
  })

  it('is verified', async () => {
    expect((await world.ask('/api/v1/audit/verification', { key })).body).toMatchObject({
      ok: true,
    })
    world.db.exec('DROP TRIGGER audit_entry_refuse_update')
    world.db.exec("UPDATE audit_entry SET actor_id = 'nobody' WHERE sequence = 2")
    expect((await world.ask('/api/v1/audit/verification', { key })).body).toEqual({
      ok: false,
      brokenAt: 2,
      chain: null,
      reason: 'entry 2 was changed, or is not the one that followed',
    })
  })
})

describe('the description', () => {
  it('has every row, with a schema for every body', async () => {
    const { body } = await world.ask('/api/v1/openapi.json')
    expect(body.openapi).toBe('3.1.1')
    for (const { method, path } of world.routes) {
      const described = body.paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]
      expect(described?.summary, `${method} ${path}`).toMatch(/\.$/)
    }
    const create = body.paths['/api/v1/tenants'].post
    const schema = create.requestBody.content['application/json'].schema
    expect(schema.additionalProperties).toBe(false)
    expect(schema.required).toEqual(['tenantId', 'name', 'tier', 'region', 'isolation'])
    const ids = Object.values(body.paths as Record<string, Record<string, { operationId: string }>>)
      .flatMap((operations) => Object.values(operations))
      .map(({ operationId }) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('is a page for people as well', async () => {
    const { text } = await world.ask('/api/docs')
    for (const { path } of world.routes) expect(text).toContain(`<code>${path}</code>`)
    expect(text).not.toMatch(/(?:src|href)="https?:/)
  })
})
