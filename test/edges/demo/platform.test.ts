import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { faultSchedule } from '../../../src/edges/demo/faults.ts'
import {
  openPlatformProcess,
  type PlatformProcess,
} from '../../../src/edges/demo/platform-process.ts'
import { PROMPT_BYTES } from '../../../src/edges/demo/shape.ts'
import { openTraffic, type Traffic, type TrafficCounts } from '../../../src/edges/demo/traffic.ts'
import { systemClock } from '../../../src/machinery/runtime/clock.ts'
import { modulePath } from '../../../src/machinery/runtime/paths.ts'
import { openSimClock } from '../../../src/machinery/runtime/sim-clock.ts'
import { listLog } from '../../domain/routing/harness.ts'
import { readPoints, type Point } from './otlp-points.ts'

const clock = systemClock()

/** What a collector receives: the newest points by series, and the keys that were sent along. */
interface Collector {
  readonly url: string
  readonly latest: Map<string, Point>
  readonly keys: Set<string>
  close(): void
}

async function openCollector(): Promise<Collector> {
  const latest = new Map<string, Point>()
  const keys = new Set<string>()
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      keys.add(String(request.headers.authorization))
      const raw = Buffer.concat(chunks)
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw
      for (const point of readPoints(body)) {
        latest.set(JSON.stringify([point.instanceId, point.metric, point.attributes]), point)
      }
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${String(port)}/v1/metrics`,
    latest,
    keys,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

describe('the sample platform', () => {
  let collector: Collector
  const lines: string[] = []
  const restartClock = openSimClock(0)
  let platform: PlatformProcess
  let traffic: Traffic

  beforeEach(async () => {
    collector = await openCollector()
    const startMs = clock.nowMs()
    const config = {
      metricsUrl: collector.url,
      collectorKey: 'secret',
      exportEveryMs: 3_600_000,
      seed: 7,
      startMs,
    }
    platform = openPlatformProcess(config, { clock: restartClock, log: listLog(lines) })
    const faults = faultSchedule({ seed: 7, startMs })
    traffic = openTraffic({ clock, faults, seed: 7, port: () => platform.port() })
  })
  afterEach(async () => {
    traffic.stop()
    await platform.stop()
    collector.close()
  })

  it('is started again when it dies, serves, and reports every request with its last breath', async () => {
    await platform.start()
    const first = platform.pid() ?? expect.fail('it runs')
    process.kill(first, 'SIGKILL')
    await until(() => platform.port() === null)
    expect(lines).toEqual([expect.stringContaining('started again')])
    await restartClock.advance(5_000)
    await until(() => platform.port() !== null)
    expect(platform.pid()).not.toBe(first)

    traffic.start()
    await until(() => traffic.counts().answered >= 20)
    traffic.stop()
    await platform.stop()
    expectReported(collector, traffic.counts())
  })
})

function expectReported({ latest, keys }: Collector, counts: Readonly<TrafficCounts>): void {
  const pointsOf = (metric: string): Point[] =>
    [...latest.values()].filter((point) => point.metric === metric)
  const total = (points: readonly Point[]): number =>
    points.reduce((sum, point) => sum + point.value, 0)
  const requests = pointsOf('http.server.request.duration')
  expect(total(requests)).toBeGreaterThanOrEqual(counts.answered)
  expect(total(requests)).toBeLessThanOrEqual(counts.sent)
  expect(counts.skipped).toBe(0)
  expect(requests[0]?.bounds).toContain(0.2)
  expect(new Set(requests.map((point) => point.instanceId))).toEqual(new Set(['code-agent-0']))
  expect(total(pointsOf('process.cpu.time'))).toBeGreaterThan(0)
  expect(pointsOf('process.memory.usage')).toHaveLength(12)
  const network = pointsOf('process.network.io')
  expect(network).toHaveLength(24)
  const bytes = (direction: string): number =>
    total(network.filter(({ attributes }) => attributes['network.io.direction'] === direction))
  expect(bytes('receive') / total(requests)).toBeGreaterThan(PROMPT_BYTES / 2)
  expect(bytes('receive') / total(requests)).toBeLessThan(1.5 * PROMPT_BYTES)
  expect(bytes('transmit')).toBeGreaterThan(total(requests))
  expect(pointsOf('container.filesystem.usage')).toHaveLength(12)
  expect(pointsOf('http.server.active_requests').length).toBeGreaterThan(0)
  expect(keys).toEqual(new Set(['Bearer secret']))
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await clock.sleep(5)
}

describe('the process of the sample platform', () => {
  it('ends when its parent is gone', async () => {
    const child = fork(modulePath('edges/demo/platform'), [], { execArgv: [] })
    await once(child, 'message')
    const ended = once(child, 'exit')
    child.disconnect()
    expect(await ended).toEqual([0, null])
  })
})
