/** The forwarder against a server that answers as Mimir, Prometheus and VictoriaMetrics do. */
import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ForwardLimits } from '../../../../src/edges/engines/forward/forward-limits.ts'
import type { ForwardTarget } from '../../../../src/edges/engines/forward/forward-target.ts'
import { openPoster, type WritePoster } from '../../../../src/edges/engines/forward/post-write.ts'
import { openSimClock } from '../../../../src/machinery/runtime/sim-clock.ts'
import { systemClock } from '../../../../src/machinery/runtime/clock.ts'
import { temporaryDirectories } from '../../../machinery/support/temporary-directory.ts'
import { startEngineServer, type EngineServer, type Manner } from './engine-server.ts'
import { NOW_MS, runOutlet, type OutletRun } from './outlet-run.ts'
import { openSource, type Source } from './source.ts'

const directory = temporaryDirectories()
const TENANTS = ['acme', 'bolt']
let server: EngineServer
let source: Source
let run: OutletRun
let poster: WritePoster

/** The simulated clock goes on while the real network does. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 2_000; turn += 1) {
    await run.pass(50)
    await new Promise((resolve) => setTimeout(resolve, 2))
    if (run.report().position === source.wal.endPosition()) return
  }
  throw new Error(`not settled: ${JSON.stringify(run.progress)}`)
}

async function until(what: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2_000 && !what(); turn += 1) {
    await run.pass(50)
    await new Promise((resolve) => setTimeout(resolve, 2))
    run.report()
  }
  expect(what()).toBe(true)
}

async function start(
  manner: Manner,
  type: ForwardTarget['type'],
  target: Partial<ForwardTarget> = {},
  limits: Partial<ForwardLimits> = {},
) {
  server = await startEngineServer(manner)
  poster = openPoster({
    maxInFlight: 8,
    readAccess: () => Promise.resolve({ headers: { 'x-zone': 'eu' }, tls: undefined }),
    clock: systemClock(),
    userAgent: 'tenantry/test',
  })
  run = runOutlet(source, poster, {
    tenants: TENANTS,
    clock: openSimClock(NOW_MS),
    limits,
    target: { type, url: `${server.url}/api/v1/push`, ...target },
  })
}

function write(tenant: string, names: readonly string[], atMs = NOW_MS): void {
  source.write(
    names.map((name) => ({ labels: { __name__: name, tenant_id: tenant }, samples: [[atMs, 1]] })),
    atMs,
  )
}

const outcomes = () => run.totals.of('engine').outcomes
const names = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`)

beforeEach(() => {
  source = openSource(directory())
  for (const tenant of TENANTS) source.name(tenant)
})

afterEach(async () => {
  poster.close()
  await server.stop()
  source.close()
})

describe('Mimir', () => {
  it('is sent one tenant a request, named by the header, in 1.0 and snappy', async () => {
    await start('mimir', 'mimir')
    write('acme', ['a', 'b'])
    write('bolt', ['a'])
    await settle()
    const asked = server.asked.map(({ tenant, got }) => `${tenant} ${got.length}`)
    expect(asked.toSorted()).toEqual(['acme 2', 'bolt 1'])
    expect(server.asked[0]?.headers).toMatchObject({
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
      'user-agent': 'tenantry/test',
      'x-zone': 'eu',
    })
    expect(outcomes()).toEqual({ sent: 3 })
  })

  it('that holds one tenant for long takes no memory from others, and gets all of it later', async () => {
    await start('mimir', 'mimir', {}, { queueBytes: 12_000, heldTenantBytes: 1_000 })
    server.budgets.set('acme', 0)
    for (let round = 0; round < 30; round += 1) {
      write('acme', names(20), NOW_MS + 100 * round)
      write('bolt', names(5), NOW_MS + 100 * round)
    }
    await until(() => outcomes().sent === 150)
    expect(run.progress.queuedSamples).toBe(600)
    server.budgets.set('acme', 100_000)
    await settle()
    expect(outcomes()).toEqual({ sent: 750 })
    expect(server.engine.outOfOrder).toBe(0)
    expect(server.engine.count()).toBe(750)
  })

  it('that holds one tenant keeps nobody from forgetting series, when there are many', async () => {
    await start('mimir', 'mimir', {}, { series: 50 })
    server.budgets.set('acme', 0)
    write('acme', names(30))
    await until(() => server.asked.length > 0)
    for (let round = 1; round < 10; round += 1) {
      const own = names(30).map((name) => `${name}_${round}`)
      write('bolt', own, NOW_MS + 100 * round)
      await run.pass(500)
    }
    await until(() => outcomes().sent === 270)
    expect(run.progress.series).toBeLessThan(150)
    server.budgets.set('acme', 100_000)
    await settle()
    expect(outcomes()).toEqual({ sent: 300 })
    expect(server.engine.count()).toBe(300)
  })

  it('keeps what is good of a request that it answers with 400, which is not sent again', async () => {
    await start('mimir', 'mimir')
    server.refused.add('bad')
    write('acme', ['a', 'bad', 'c'])
    await settle()
    expect(server.asked).toHaveLength(1)
    expect(server.engine.count()).toBe(2)
    expect(outcomes()).toEqual({ uncertain: 3 })
    expect(run.progress.lastError?.text).toContain('err-mimir-label-invalid')
  })

  it('holds one tenant that is over its rate while others go on', async () => {
    await start('mimir', 'mimir')
    server.budgets.set('acme', 0)
    write('acme', ['a'])
    await until(() => server.asked.length > 0)
    write('bolt', ['a'])
    await until(() => outcomes().sent === 1)
    expect(server.engine.series.size).toBe(1)
    const before = server.asked.filter(({ tenant }) => tenant === 'acme').length
    expect(before).toBeLessThan(4)
    server.budgets.set('acme', 100)
    await settle()
    expect(outcomes()).toEqual({ sent: 2 })
  })
})

describe('Prometheus', () => {
  it('is sent 2.0, and tells how much of a request it kept', async () => {
    await start('prometheus', 'prometheus')
    server.refused.add('bad')
    write('acme', ['a', 'bad', 'c'])
    write('bolt', ['d'])
    await settle()
    expect(server.asked[0]?.headers['content-type']).toBe(
      'application/x-protobuf;proto=io.prometheus.write.v2.Request',
    )
    expect(outcomes()).toEqual({ sent: 3, refused: 1 })
    expect(server.engine.count()).toBe(3)
  })

  it('of an older kind answers 415: from then on it is sent 1.0', async () => {
    await start('prometheus-2', 'prometheus')
    write('acme', ['a', 'b'])
    await settle()
    write('acme', ['c'], NOW_MS + 1_000)
    await settle()
    expect(outcomes()).toEqual({ sent: 3 })
    expect(run.progress.version).toBe('1.0')
  })

  it('that takes all or nothing is sent halves until the bad sample is alone', async () => {
    await start('prometheus-2', 'prometheus', { shards: 1 })
    server.refused.add('m5')
    write('acme', names(16))
    await settle()
    expect(outcomes()).toEqual({ sent: 15, refused: 1 })
    expect(server.engine.count()).toBe(15)
    expect(server.engine.outOfOrder).toBe(0)
  })
})

describe('a receiver that reads 2.0 as 1.0 and answers that all is well', () => {
  it('says nothing of what it wrote: it is sent the same as 1.0', async () => {
    await start('victoriametrics', 'prometheus')
    write('acme', ['a', 'b'])
    await settle()
    expect(server.engine.count()).toBe(2)
    expect(outcomes()).toEqual({ sent: 2 })
    expect(run.progress.version).toBe('1.0')
  })
})

describe('VictoriaMetrics', () => {
  it('is sent 1.0, the tenant told by the label', async () => {
    await start('victoriametrics', 'victoriametrics', { shards: 1 })
    write('acme', ['a'])
    write('bolt', ['b'])
    await settle()
    expect(server.asked).toHaveLength(1)
    expect(server.asked[0]?.tenant).toBeNull()
    expect(server.asked[0]?.got.map(({ labels }) => labels['tenant_id'])).toEqual(['acme', 'bolt'])
  })

  it('as a cluster is told the account by labels, or in the address', async () => {
    await start('victoriametrics', 'victoriametrics-cluster', { shards: 1 })
    write('bolt', ['a'])
    await settle()
    expect(server.asked[0]?.got[0]?.labels).toMatchObject({
      vm_account_id: '2',
      vm_project_id: '0',
    })
    await server.stop()
    poster.close()
    const url = '/insert/{account}/prometheus/api/v1/write'
    await start('victoriametrics', 'victoriametrics-cluster')
    run = runOutlet(source, poster, {
      tenants: TENANTS,
      target: { type: 'victoriametrics-cluster', url: server.url + url },
    })
    write('bolt', ['a'], NOW_MS + 1_000)
    await settle()
    expect(server.asked.map(({ path }) => path)).toEqual(['/insert/2/prometheus/api/v1/write'])
    expect(server.asked[0]?.got[0]?.labels).toEqual({ __name__: 'a', tenant_id: 'bolt' })
  })
})

describe('an engine in trouble', () => {
  it.each([
    [
      '5xx',
      (response: ServerResponse) => {
        response.statusCode = 503
        response.end('overloaded')
      },
    ],
    ['a reset', (response: ServerResponse) => response.destroy()],
    [
      'garbage',
      (response: ServerResponse) => {
        response.socket?.end('no HTTP at all\r\n\r\n')
      },
    ],
    [
      'a wrong key',
      (response: ServerResponse) => {
        response.statusCode = 401
        response.end('no')
      },
    ],
    [
      'a wrong address',
      (response: ServerResponse) => {
        response.statusCode = 404
        response.end('not here')
      },
    ],
  ])('is sent everything again after %s', async (_, fail) => {
    await start('prometheus', 'prometheus')
    let failures = 3
    server.intercept = (_asked, response) => {
      failures -= 1
      if (failures < 0) return false
      fail(response)
      return true
    }
    write('acme', names(10))
    await settle()
    expect(outcomes()).toEqual({ sent: 10 })
    expect(run.totals.of('engine').retried).toBeGreaterThan(0)
    expect(server.engine.count()).toBe(10)
  })

  it('is waited for as long as it asks', async () => {
    await start('prometheus', 'prometheus', { shards: 1 })
    let refusals = 0
    server.intercept = (_asked, response) => {
      refusals += 1
      if (refusals > 1) return false
      response.statusCode = 503
      response.setHeader('retry-after', '60')
      response.end()
      return true
    }
    write('acme', ['a'])
    await until(() => refusals === 1)
    const sinceMs = run.clock.nowMs()
    await settle()
    expect(run.clock.nowMs() - sinceMs).toBeGreaterThan(59_000)
    expect(outcomes()).toEqual({ sent: 1 })
  })

  it('that says too large is sent halves', async () => {
    await start('prometheus', 'prometheus', { shards: 1 })
    server.intercept = ({ got }, response) => {
      if (got.length <= 3) return false
      response.statusCode = 413
      response.end()
      return true
    }
    write('acme', names(10))
    await settle()
    expect(outcomes()).toEqual({ sent: 10 })
  })
})

describe('a target that lags', () => {
  it('beyond its bytes loses the oldest, counted by tenant, and goes on', async () => {
    await start('prometheus', 'prometheus', { shards: 1, maxLagBytes: 2_000 })
    server.intercept = (_asked, response) => {
      response.statusCode = 503
      response.end()
      return true
    }
    for (let round = 0; round < 40; round += 1) {
      write(round % 2 === 0 ? 'acme' : 'bolt', ['a', 'b'], NOW_MS + 100 * round)
      await run.pass(100)
    }
    await until(() => (outcomes().dropped ?? 0) > 0)
    server.intercept = () => false
    await settle()
    const { dropped } = run.totals.of('engine')
    const { sent = 0, dropped: droppedSamples = 0 } = outcomes()
    expect(sent + droppedSamples).toBe(80)
    expect(sent).toBeGreaterThan(0)
    expect(dropped.map(({ tenantId }) => tenantId).toSorted()).toEqual(TENANTS)
    expect(dropped.reduce((sum, { samples }) => sum + samples, 0)).toBe(droppedSamples)
    const times = [...server.engine.series.values()].flat().map(({ atMs }) => atMs)
    expect(Math.max(...times)).toBe(NOW_MS + 3_900)
  })

  it('beyond its age loses the oldest', async () => {
    await start('prometheus', 'prometheus', { shards: 1, maxLagMs: 10_000 })
    server.intercept = (_asked, response) => {
      response.destroy()
      return true
    }
    write('acme', ['a'])
    await until(() => (outcomes().dropped ?? 0) === 1)
    server.intercept = () => false
    write('acme', ['a'], run.clock.nowMs())
    await settle()
    expect(outcomes()).toEqual({ dropped: 1, sent: 1 })
  })
})
