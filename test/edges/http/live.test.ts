import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HTTP_LIMITS } from '../../../src/edges/http/limits.ts'
import { openLive, type Live } from '../../../src/edges/http/live.ts'
import { openSimClock, type SimClock } from '../../../src/machinery/runtime/sim-clock.ts'
import { openHttp, type HttpWorld } from './harness.ts'

const T0 = 1_700_000_000_000
const event = (tick: number, asOfMs: number): string =>
  `id: ${String(tick)}\nevent: tick\ndata: {"asOfMs":${String(asOfMs)}}\n\n`

describe('the live line', () => {
  let clock: SimClock
  let live: Live
  let current: boolean
  let gone: AbortController

  beforeEach(() => {
    clock = openSimClock(T0)
    live = openLive({ clock })
    current = true
    gone = new AbortController()
  })

  const open = (lastEventId?: string) => {
    const stream = live.open({ lastEventId, isCurrent: () => current, signal: gone.signal })
    if (stream === undefined) throw new Error('refused')
    const reader = stream.pipeThrough(new TextDecoderStream()).getReader()
    return { read: async () => (await reader.read()).value, cancel: () => reader.cancel() }
  }

  it('tells of every tick, and of the newest at once', async () => {
    live.announce(T0)
    const line = open()
    expect(await line.read()).toBe('retry: 1000\n\n')
    expect(await line.read()).toBe(event(1, T0))
    live.announce(T0 + 5_000)
    expect(await line.read()).toBe(event(2, T0 + 5_000))
  })

  it('resumes: says nothing to who has seen the newest, and the newest to who has not', async () => {
    live.announce(T0)
    live.announce(T0 + 5_000)
    const upToDate = open('2')
    const behind = open('1')
    const ofAnotherProcess = open('4711')
    for (const line of [upToDate, behind, ofAnotherProcess]) await line.read()
    expect(await behind.read()).toBe(event(2, T0 + 5_000))
    expect(await ofAnotherProcess.read()).toBe(event(2, T0 + 5_000))
    live.announce(T0 + 10_000)
    expect(await upToDate.read()).toBe(event(3, T0 + 10_000))
  })

  it('beats while somebody listens, and leaves no timer behind', async () => {
    const line = open()
    await line.read()
    await clock.advance(HTTP_LIMITS.liveHeartbeatMs)
    expect(await line.read()).toBe(': \n\n')
    await line.cancel()
    expect(live.clients()).toBe(0)
    expect(clock.pending()).toBe(0)
  })

  it('cuts off who lost their key', async () => {
    const line = open()
    await line.read()
    current = false
    live.announce(T0)
    expect(await line.read()).toBeUndefined()
    expect(live.clients()).toBe(0)
  })

  it('cuts off who does not read', () => {
    live.open({ lastEventId: undefined, isCurrent: () => true, signal: gone.signal })
    let ticks = 0
    while (live.clients() > 0 && ticks < 10_000) {
      live.announce(T0 + ticks)
      ticks += 1
    }
    expect(live.clients()).toBe(0)
    expect(ticks).toBeLessThan(HTTP_LIMITS.liveUnreadBytes / 40)
  })

  it('ends when the server drains, and is bounded', () => {
    for (let count = 0; count < HTTP_LIMITS.liveClients; count += 1) open()
    expect(() => open()).toThrow('refused')
    gone.abort()
    expect(live.clients()).toBe(0)
  })
})

describe('GET /api/v1/live', () => {
  let world: HttpWorld
  beforeEach(async () => {
    world = await openHttp()
  })
  afterEach(() => world.close())

  it('is a stream of events that ends with the reader', async () => {
    world.live.announce(T0)
    const stop = new AbortController()
    const response = await fetch(`${world.url}/api/v1/live`, {
      headers: { authorization: `Bearer ${world.operator}`, 'last-event-id': '0' },
      signal: stop.signal,
    })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    while (!text.includes('event: tick')) text += (await reader?.read())?.value ?? ''
    expect(text).toBe(`retry: 1000\n\n${event(1, T0)}`)
    expect(world.live.clients()).toBe(1)
    stop.abort()
    while (world.live.clients() > 0) await new Promise((resolve) => setImmediate(resolve))
  })

  it('holds nothing open for a HEAD', async () => {
    const reply = await world.ask('/api/v1/live', { method: 'HEAD', key: world.operator })
    expect(reply.status).toBe(200)
    expect(world.live.clients()).toBe(0)
  })
})
