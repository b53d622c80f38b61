/** Posting a write to a server that does not answer, or not to the end. */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { FORWARD_LIMITS } from '../../../../src/edges/engines/forward/forward-limits.ts'
import { openPoster } from '../../../../src/edges/engines/forward/post-write.ts'
import { openSimClock } from '../../../../src/machinery/runtime/sim-clock.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0).toReversed()) close()
})

async function postTo(listener: RequestListener) {
  const clock = openSimClock(0)
  let asked: () => void = () => undefined
  const wasAsked = new Promise<void>((resolve) => (asked = resolve))
  const server: Server = createServer((request, response) => {
    listener(request, response)
    asked()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const poster = openPoster({
    maxInFlight: 1,
    readAccess: () =>
      Promise.resolve({ headers: { authorization: 'Bearer secret' }, tls: undefined }),
    clock,
    userAgent: 'test',
  })
  closing.push(() => {
    poster.close()
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const answer = poster.post({
    url: `http://127.0.0.1:${String(port)}/api/v1/write`,
    body: Uint8Array.of(1, 2, 3),
    version: '1.0',
    tenantId: 'acme',
  })
  await wasAsked
  return { clock, answer }
}

describe('a write', () => {
  it('shows the key and the tenant, and tells the beginning of the answer', async () => {
    const seen: unknown[] = []
    const { answer } = await postTo(({ headers }, response) => {
      seen.push(headers.authorization, headers['x-scope-orgid'], headers['content-encoding'])
      response.writeHead(400, { 'x-answer': 'yes' }).end('x'.repeat(100_000))
    })
    const { status, headers, text } = await answer
    expect(seen).toEqual(['Bearer secret', 'acme', 'snappy'])
    expect([status, headers['x-answer'], text.length]).toEqual([
      400,
      'yes',
      FORWARD_LIMITS.answerCharacters,
    ])
  })

  it.each([
    ['never answers', () => undefined],
    [
      'hangs in the middle of its answer',
      (_request, response) => response.writeHead(200).write('o'),
    ],
  ] satisfies [string, RequestListener][])(
    'to a server that %s ends at the deadline',
    async (_what, listener) => {
      const { clock, answer } = await postTo(listener)
      await clock.advance(FORWARD_LIMITS.requestTimeoutMs)
      expect(await answer).toMatchObject({
        status: 0,
        text: expect.stringMatching(/within 30 s|aborted/),
      })
    },
  )

  it('to a server that hangs up has no answer', async () => {
    const { answer } = await postTo((request) => request.socket.destroy())
    expect(await answer).toMatchObject({ status: 0 })
  })
})
