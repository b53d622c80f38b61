import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { OutboundRequest, OutboundResponse } from '../../../src/core/ports.ts'
import { systemClock } from '../../../src/machinery/runtime/clock.ts'
import {
  openOutbound,
  OUTBOUND_LIMITS,
  type ResolveName,
} from '../../../src/machinery/runtime/outbound.ts'
import { isPublicAddress } from '../../../src/machinery/runtime/outbound-address.ts'
import { TEST_CERTIFICATE, TEST_KEY } from '../../fixtures/test-certificate.ts'

const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

/** Starts a receiver on this machine and tells its port. */
async function receive(listener: RequestListener): Promise<number> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

async function send(
  request: Partial<OutboundRequest> & { url: string },
  resolve?: ResolveName,
): Promise<OutboundResponse> {
  const outbound = openOutbound({
    clock: systemClock(),
    ...(resolve === undefined ? {} : { resolve }),
  })
  try {
    return await outbound.send({
      method: 'POST',
      headers: {},
      timeoutMs: 5_000,
      trust: 'operator',
      ...request,
    })
  } finally {
    outbound.close()
  }
}

function resolvesTo(...addresses: string[]): ResolveName {
  return (_, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
}

describe('a request that goes out', () => {
  it('carries method, headers and body, and brings the answer back', async () => {
    const port = await receive((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        response.writeHead(202, {
          'x-seen': `${request.method} ${String(request.headers['x-a'])} ${body}`,
        })
        response.end('thanks')
      })
    })
    const answer = await send({
      url: `http://127.0.0.1:${port}/hook?q=1`,
      headers: { 'x-a': 'b' },
      body: 'hello',
    })
    expect(answer).toMatchObject({ status: 202, body: 'thanks' })
    expect(answer.headers['x-seen']).toBe('POST b hello')
  })

  it('does not follow a redirect', async () => {
    const port = await receive((_, response) => {
      response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()
    })
    expect(await send({ url: `http://127.0.0.1:${port}/` })).toMatchObject({ status: 302 })
  })

  it('reads a bounded part of an answer that does not end', async () => {
    const port = await receive((_, response) => {
      const more = (): void => {
        while (response.write('x'.repeat(10_000)));
        response.once('drain', more)
      }
      more()
    })
    const url = `http://127.0.0.1:${port}/`
    const { body, isCut } = await send({ url })
    expect([body.length, isCut]).toEqual([OUTBOUND_LIMITS.responseBytes, true])
    const more = await send({ url, maxResponseBytes: 100_000 })
    expect([more.body.length, more.isCut]).toEqual([100_000, true])
  })

  it('says that an answer is whole', async () => {
    const port = await receive((_, response) => response.end('12345'))
    const url = `http://127.0.0.1:${port}/`
    expect(await send({ url, maxResponseBytes: 5 })).toMatchObject({ body: '12345', isCut: false })
    expect(await send({ url, maxResponseBytes: 4 })).toMatchObject({ body: '1234', isCut: true })
  })

  it('hangs up when it is told to, also before it began', async () => {
    const aborter = new AbortController()
    const port = await receive(() => aborter.abort())
    for (let turn = 0; turn < 2; turn += 1) {
      await expect(
        send({ url: `http://127.0.0.1:${port}/`, signal: aborter.signal }),
      ).rejects.toMatchObject({ code: 'OUTBOUND_UNREACHABLE' })
    }
  })

  it('trusts what an operator says, and nothing that a tenant says', async () => {
    const server = createSecureServer({ cert: TEST_CERTIFICATE, key: TEST_KEY }, (_, response) =>
      response.end('secure'),
    )
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `https://127.0.0.1:${String((server.address() as AddressInfo).port)}/`
    await expect(send({ url })).rejects.toMatchObject({ code: 'OUTBOUND_UNREACHABLE' })
    expect(await send({ url, tls: { ca: TEST_CERTIFICATE } })).toMatchObject({ body: 'secure' })
    expect(await send({ url, tls: { insecureSkipVerify: true } })).toMatchObject({ status: 200 })
    await expect(send({ url, trust: 'tenant', tls: {} })).rejects.toThrow('only an operator')
  })

  it('gives up on a receiver that does not answer, or stops in the middle, in time', async () => {
    const port = await receive((request, response) => {
      if (request.url === '/half') response.write('half')
    })
    for (const path of ['/', '/half']) {
      const url = `http://127.0.0.1:${port}${path}`
      await expect(send({ url, timeoutMs: 50 })).rejects.toMatchObject({
        code: 'OUTBOUND_TIMEOUT',
        retryable: true,
        message: `calling http://127.0.0.1:${port}: no answer within 50 ms`,
      })
    }
  })

  it('tells of a receiver that is not there or hangs up, and shows no more than its origin', async () => {
    const port = await receive((request) => request.socket.destroy())
    await expect(send({ url: `http://127.0.0.1:${port}/services/SECRET` })).rejects.toMatchObject({
      code: 'OUTBOUND_UNREACHABLE',
      message: `calling http://127.0.0.1:${port}: no answer`,
    })
    await expect(
      send({ url: 'http://nowhere.example/' }, (_, done) => done(new Error('ENOTFOUND'), [])),
    ).rejects.toMatchObject({ code: 'OUTBOUND_UNREACHABLE' })
  })

  it.each(['ftp://example.com/', 'file:///etc/passwd', 'not an address', '/relative'])(
    'refuses %s',
    async (url) => {
      await expect(send({ url })).rejects.toMatchObject({ code: 'OUTBOUND_URL', retryable: false })
    },
  )
})

describe('an address that a tenant gave', () => {
  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://[::1]/',
    'http://[::ffff:10.0.0.1]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/',
    'https://192.168.1.1/',
  ])('is refused when it is written out as %s', async (url) => {
    await expect(send({ url, trust: 'tenant' })).rejects.toMatchObject({
      code: 'OUTBOUND_ADDRESS_REFUSED',
      status: 403,
      retryable: false,
    })
  })

  it('is refused when its name resolves to a private address, even next to a public one', async () => {
    for (const addresses of [['10.1.2.3'], ['93.184.216.34', '127.0.0.1'], ['::1']]) {
      const url = 'http://rebind.example/'
      await expect(send({ url, trust: 'tenant' }, resolvesTo(...addresses))).rejects.toMatchObject({
        code: 'OUTBOUND_ADDRESS_REFUSED',
      })
    }
  })

  it('is connected to where it resolved, and resolved only once', async () => {
    const port = await receive((request, response) => void response.end(request.headers.host))
    let asked = 0
    const resolve: ResolveName = (name, done) => {
      asked += 1
      resolvesTo('127.0.0.1')(name, done)
    }
    const { body } = await send({ url: `http://inside.example:${port}/` }, resolve)
    expect(body).toBe(`inside.example:${port}`)
    expect(asked).toBe(1)
  })
})

describe('a public address', () => {
  it.each([
    ['8.8.8.8', true],
    ['172.15.255.255', true],
    ['172.16.0.0', false],
    ['172.32.0.0', true],
    ['100.64.0.1', false],
    ['168.63.129.16', false],
    ['224.0.0.1', false],
    ['255.255.255.255', false],
    ['0.0.0.0', false],
    ['2606:4700::1111', true],
    ['::', false],
    ['fe80::1', false],
    ['fc00::1', false],
    ['64:ff9b::a00:1', false],
    ['2002:a00:1::', false],
    ['2001:0:a00:1::', false],
    ['2001:db8::1', false],
    ['2001:4860:4860::8888', true],
  ])('%s: %s', (address, isPublic) => {
    expect(isPublicAddress(address)).toBe(isPublic)
  })
})
