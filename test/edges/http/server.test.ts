import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openAssets } from '../../../src/edges/http/assets.ts'
import { defineRoute, json } from '../../../src/edges/http/route.ts'
import { openServer } from '../../../src/edges/http/server.ts'
import { openHttp, type HttpWorld } from './harness.ts'

let world: HttpWorld
let directory: string

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tenantry-portal-'))
  writeFileSync(join(directory, '..', 'outside.txt'), 'outside')
  mkdirSync(join(directory, 'assets'))
  writeFileSync(join(directory, 'index.html'), '<script nonce="__CSP_NONCE__"></script>')
  writeFileSync(join(directory, 'favicon.svg'), '<svg/>')
  writeFileSync(join(directory, 'assets/index-D7HZMBOm.js'), `x${' '.repeat(9_000)}`)
  world = await openHttp({
    assets: openAssets(directory),
    rawRoutes: [
      {
        method: 'POST',
        paths: ['/v1/metrics'],
        permission: 'metrics:write',
        handle: async (_request, response, principal) => {
          if (principal.tenantId === 'bolt') throw new Error('broken')
          response.end(`raw for ${String(principal.tenantId)}`)
        },
        refuse: (_request, response, status, message) => {
          response.statusCode = status
          response.end(`refused: ${message}`)
        },
      },
    ],
    extraRoutes: [
      defineRoute({
        method: 'GET',
        path: '/api/v1/broken',
        permission: 'public',
        summary: 'Breaks.',
        status: 200,
        handler: () => {
          throw new Error('a defect with details')
        },
      }),
      defineRoute({
        method: 'GET',
        path: '/api/v1/slow',
        permission: 'public',
        summary: 'Waits.',
        status: 200,
        handler: async () => {
          await world.clock.sleep(1_000)
          return json(200, { slow: true })
        },
      }),
    ],
  })
})

afterAll(async () => {
  await world.close()
  rmSync(directory, { recursive: true })
})

describe('every answer', () => {
  it('carries the security headers and an id that a proxy may give', async () => {
    const own = await world.ask('/healthz')
    expect(own.body).toEqual({ status: 'ok' })
    expect(Object.fromEntries(own.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    })
    expect(own.headers.get('x-request-id')).toMatch(/^req_[\w-]{12}$/)
    const given = await world.ask('/healthz', { headers: { 'x-request-id': 'proxy.42' } })
    expect(given.headers.get('x-request-id')).toBe('proxy.42')
    const forged = await world.ask('/healthz', { headers: { 'x-request-id': 'a b' } })
    expect(forged.headers.get('x-request-id')).toMatch(/^req_/)
  })
})

describe('a failure', () => {
  it('is a problem document', async () => {
    const { status, headers, body } = await world.ask('/api/v1/nothing', { key: world.operator })
    expect(status).toBe(404)
    expect(headers.get('content-type')).toBe('application/problem+json')
    expect(body).toEqual({
      type: 'urn:tenantry:error:not-found',
      title: 'Not found',
      status: 404,
      detail: 'there is nothing at /api/v1/nothing',
      instance: '/api/v1/nothing',
      code: 'NOT_FOUND',
      hint: 'See /api/docs for what there is.',
      requestId: headers.get('x-request-id'),
      retryable: false,
    })
  })

  it('names the methods that there are', async () => {
    const reply = await world.ask('/api/v1/tenants', { method: 'PUT', key: world.operator })
    expect(reply.status).toBe(405)
    expect(reply.headers.get('allow')).toBe('POST, GET, HEAD')
    expect(reply.body.code).toBe('METHOD_NOT_ALLOWED')
    const raw = await world.ask('/v1/metrics', { key: world.operator })
    expect([raw.status, raw.headers.get('allow')]).toEqual([405, 'POST'])
    const options = await world.ask('/api/v1/tenants', { method: 'OPTIONS' })
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'POST, GET, HEAD'])
  })

  it('that is a defect tells only its request id, and all of it to the log', async () => {
    const { status, text, body } = await world.ask('/api/v1/broken')
    expect(status).toBe(500)
    expect(text).not.toContain('details')
    const logged = world.serverLog.find(({ fields }) => fields['requestId'] === body.requestId)
    expect(logged?.fields['error']).toMatchObject({ message: 'a defect with details' })
  })

  it('of the protocol itself is 400', async () => {
    const { port } = new URL(world.url)
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.write('GARBAGE\r\n\r\n'))
      socket.on('data', (data) => resolve(data.toString()))
    })
    expect(answer).toContain('HTTP/1.1 400 Bad Request')
  })
})

describe('a raw route', () => {
  it('is called with who asks, and refuses in its own words', async () => {
    const post = (key?: string) => world.ask('/v1/metrics?x=1', { method: 'POST', key, body: 'x' })
    expect((await post(world.key('collector', 'acme'))).text).toBe('raw for acme')
    expect(await post()).toMatchObject({ status: 401 })
    expect((await post()).text).toMatch(/^refused: Send a key/)
    expect((await post('tn_wrong')).text).toBe('refused: the key is not known, or was revoked')
    const viewer = await post(world.key('viewer'))
    expect(viewer).toMatchObject({ status: 403 })
    expect(viewer.text).toBe('refused: viewer does not hold the permission metrics:write')
  })

  it('that breaks answers a problem', async () => {
    const key = world.key('collector', 'bolt')
    const reply = await world.ask('/v1/metrics', { method: 'POST', key, body: 'x' })
    expect(reply).toMatchObject({ status: 500, body: { code: 'INTERNAL' } })
  })
})

describe('the portal', () => {
  it('is one page with a fresh nonce in every copy', async () => {
    const html = { headers: { accept: 'text/html' } }
    const pages = await Promise.all([
      world.ask('/'),
      world.ask('/tenants/acme', html),
      world.ask('/alerts', html),
    ])
    const nonces = pages.map(({ text }) => /nonce="([\w-]+)"/.exec(text)?.[1])
    expect(new Set(nonces).size).toBe(3)
    for (const [index, { headers }] of pages.entries()) {
      expect(headers.get('content-security-policy')).toContain(`'nonce-${nonces[index]}'`)
      expect(headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(headers.get('cache-control')).toBe('no-store')
    }
  })

  it('keeps hashed files for good and compresses them', async () => {
    const script = await world.ask('/assets/index-D7HZMBOm.js', {
      headers: { 'accept-encoding': 'gzip' },
    })
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(script.headers.get('content-encoding')).toBe('gzip')
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(script.text).toHaveLength(9_001)
    const icon = await world.ask('/favicon.svg')
    expect(icon.headers.get('cache-control')).toBe('no-cache')
    const etag = icon.headers.get('etag') ?? ''
    expect(await world.ask('/favicon.svg', { headers: { 'if-none-match': etag } })).toMatchObject({
      status: 304,
      text: '',
    })
  })

  it.each([
    '/../outside.txt',
    '/%2e%2e/outside.txt',
    '/..%2foutside.txt',
    '/assets/../../outside.txt',
    '/assets/%5c..%5coutside.txt',
    '//etc/passwd',
    '/assets',
    '/index-D7HZMBOm.js%00.svg',
    '/__proto__',
  ])('never leaves its folder for %s', async (path) => {
    const { hostname, port } = new URL(world.url)
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), hostname, () =>
        socket.end(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
      )
      let text = ''
      socket.on('data', (data) => (text += data.toString()))
      socket.on('close', () => resolve(text))
    })
    expect(answer).toMatch(/^HTTP\/1\.1 40[04] /)
    expect(answer).not.toContain('root:')
    expect(answer).not.toContain('\r\n\r\noutside')
  })

  it('that was not built says how to build it', async () => {
    const bare = await openHttp()
    const reply = await bare.ask('/')
    expect(reply.text).toContain('npm run prepare')
    await bare.close()
  })
})

describe('listening', () => {
  const options = () => ({
    routes: [],
    rawRoutes: [],
    access: world.access,
    clock: world.clock,
    counters: world.counters,
    log: { info: () => {}, warn: () => {}, error: () => {}, child: () => options().log },
    assets: openAssets(directory),
    host: '127.0.0.1',
    port: 0,
  })

  it('at a taken port says which, and what to do', async () => {
    const port = Number(new URL(world.url).port)
    const second = openServer({ ...options(), port })
    const failure = await second.start().catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'PORT_TAKEN', details: { port } })
    expect((failure as Error).message).toBe(`port ${String(port)} is taken at 127.0.0.1`)
    expect((failure as { hint: string }).hint).toContain('--port')
  })

  it('at an address of another machine is refused', async () => {
    const elsewhere = openServer({ ...options(), host: '192.0.2.1' })
    await expect(elsewhere.start()).rejects.toMatchObject({ code: 'HOST_UNKNOWN' })
  })

  it('beyond this machine warns of plain HTTP, and tells the address for this one', async () => {
    const warnings: string[] = []
    const log = {
      ...options().log,
      warn: (_: unknown, message: string) => void warnings.push(message),
    }
    const open = openServer({ ...options(), log, host: '0.0.0.0' })
    expect(await open.start()).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(warnings).toEqual([expect.stringContaining('plain HTTP')])
    open.close()
  })
})

describe('a drain', () => {
  it('ends live lines, answers what is under way, and then refuses', async () => {
    const own = await openHttp({
      extraRoutes: [
        defineRoute({
          method: 'GET',
          path: '/api/v1/slow',
          permission: 'public',
          summary: 'Waits.',
          status: 200,
          handler: async () => {
            await own.clock.sleep(1_000)
            return json(200, { slow: true })
          },
        }),
      ],
    })
    const line = await fetch(`${own.url}/api/v1/live`, {
      headers: { authorization: `Bearer ${own.operator}` },
    })
    const waiting = own.clock.pending()
    const slow = own.ask('/api/v1/slow')
    while (own.clock.pending() === waiting) await new Promise((resolve) => setImmediate(resolve))
    const drained = own.close()
    expect(await line.text()).toContain('retry: 1000')
    await own.clock.advance(1_000)
    expect((await slow).body).toEqual({ slow: true })
    expect((await slow).headers.get('connection')).toBe('close')
    await drained
    await expect(fetch(`${own.url}/healthz`)).rejects.toThrow('fetch failed')
  })
})
