/** The door with its real worker thread, a real log and a receiver on the loopback. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { tenantId } from '../../../../src/core/ids.ts'
import {
  openForwarding,
  type ForwardDeps,
  type Forwarding,
  type ForwardTarget,
} from '../../../../src/edges/engines/forward/forward.ts'
import { startForwardThread } from '../../../../src/edges/engines/forward/forward-thread.ts'
import { systemClock } from '../../../../src/machinery/runtime/clock.ts'
import {
  memoryCounters,
  type MemoryCounters,
} from '../../../../src/machinery/runtime/memory-counters.ts'
import { openDatabase, type Database } from '../../../../src/machinery/storage/database.ts'
import { memoryLog } from '../../../machinery/support/memory-log.ts'
import { temporaryDirectories } from '../../../machinery/support/temporary-directory.ts'
import { startEngineServer, type EngineServer } from './engine-server.ts'
import { TARGET } from './outlet-run.ts'
import { openSource, type Source } from './source.ts'

const directory = temporaryDirectories()
const ACME = { tenantId: tenantId('acme') }
const START_MS = Date.now()
let source: Source
let server: EngineServer
let db: Database
let counters: MemoryCounters
let forwarding: Forwarding
let kill: () => Promise<void>
let atMs = START_MS

function open(more: Partial<ForwardDeps> = {}): Forwarding {
  return openForwarding({
    db,
    wal: source.wal,
    logDirectory: source.directory,
    spillDirectory: directory(),
    metrics: source.metrics,
    tenants: { active: () => [ACME as never], generation: () => 1 },
    engineOf: () => ({ name: 'engine', type: 'prometheus' }),
    accountOf: () => 1,
    clock: systemClock(),
    counters,
    log: memoryLog(),
    version: 'test',
    seed: 1,
    translation: 'UnderscoreEscapingWithSuffixes',
    ...more,
  })
}

function write(): void {
  atMs += 1
  source.write([{ labels: { __name__: 'up', tenant_id: 'acme' }, samples: [[atMs, 1]] }], atMs)
}

async function until(what: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1_200 && !what(); turn += 1) {
    forwarding.poll()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  expect(what()).toBe(true)
}

/** After what nobody needs was deleted; that is done beside. */
function segments(): number {
  void source.wal.collect()
  return source.wal.segmentCount()
}

const target = (): ForwardTarget => ({ ...TARGET, url: server.url, flushAfterMs: 10 })
const arrived = (): number => server.engine.count()

beforeEach(async () => {
  source = openSource(directory(), { segmentBytes: 1_000 })
  source.name('acme')
  server = await startEngineServer('prometheus')
  db = openDatabase({ path: ':memory:', kind: 'control' })
  counters = memoryCounters()
})

afterEach(async () => {
  await forwarding.stop()
  await server.stop()
  source.close()
  db.close()
})

describe('forwarding', () => {
  it('begins at the end of the log, goes on where it stood, and holds nothing back that it has sent', async () => {
    write()
    forwarding = open()
    await forwarding.follow([target()])
    for (let count = 0; count < 20; count += 1) write()
    await until(() => arrived() === 20)
    await until(() => forwarding.status()[0]!.lagBytes === 0)
    await forwarding.stop()
    await until(() => segments() === 1)
    for (let count = 0; count < 20; count += 1) write()
    const asked = server.asked.length
    await forwarding.follow([target()])
    await until(() => arrived() === 40)
    expect(server.asked.slice(asked).flatMap(({ got }) => got)).toHaveLength(20)
    expect(server.engine.outOfOrder).toBe(0)
  }, 60_000)

  it('starts a worker again that died, and loses nothing', async () => {
    forwarding = open({
      startThread(data, events) {
        let isDead = false
        const thread = startForwardThread(data, {
          ...events,
          onMessage: (message) => {
            if (!isDead) events.onMessage(message)
          },
        })
        kill = async () => {
          isDead = true
          await thread.close()
          events.onDeath(new Error('killed'))
        }
        return thread
      },
    })
    await forwarding.follow([target()])
    for (let count = 0; count < 10; count += 1) write()
    await until(() => arrived() === 10)
    await kill()
    for (let count = 0; count < 10; count += 1) write()
    await until(() => arrived() === 20)
    expect(server.engine.outOfOrder).toBe(0)
    expect(counters.read('tenantry_forward_worker_deaths_total')).toBe(1)
  }, 60_000)

  it('of a target that is gone holds nothing back', async () => {
    forwarding = open()
    await forwarding.follow([{ ...target(), url: 'http://127.0.0.1:9/' }])
    for (let count = 0; count < 40; count += 1) write()
    expect(segments()).toBeGreaterThan(3)
    await forwarding.follow([])
    const other = source.wal.openReader('other', Infinity)
    other.advance(source.wal.endPosition())
    await until(() => segments() === 1)
    expect(forwarding.status()).toEqual([])
  }, 60_000)
})
