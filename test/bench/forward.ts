/**
 * `npm run bench -- forward`: what forwarding costs. The worker's part alone: the log read, what was accepted found out, encoded and
 * compressed, 100,000 series with ten labels, one tenant a request and all together, with an engine that answers at once and keeps
 * nothing. Then what the main thread has of it: the CPU time of writes that are only accepted, beside a door that forwards them. CPU time
 * of the process; the samples that came out are counted.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openForwarding, type ForwardTarget } from '../../src/edges/engines/forward/forward.ts'
import { Outlet } from '../../src/edges/engines/forward/outlet.ts'
import { openSpill } from '../../src/edges/engines/forward/spill.ts'
import { openPrng } from '../../src/core/prng.ts'
import { tenantId } from '../../src/core/ids.ts'
import { compressSync } from 'snappy'
import { MIB } from '../../src/core/units.ts'
import { uncompressSnappy } from '../../src/machinery/wire/snappy.ts'
import { walkRecord } from '../../src/forward-record.ts'
import { systemClock } from '../../src/machinery/runtime/clock.ts'
import { memoryCounters } from '../../src/machinery/runtime/memory-counters.ts'
import { openDatabase } from '../../src/machinery/storage/database.ts'
import { openLogFollower } from '../../src/machinery/storage/wal-follow.ts'
import { compressSnappy } from '../../src/machinery/wire/write-request.ts'
import { TARGET } from '../edges/engines/forward/outlet-run.ts'
import { kept, openSource, type Source } from '../edges/engines/forward/source.ts'
import { memoryLog } from '../machinery/support/memory-log.ts'
import { progress, report } from './figure.ts'
import { INGEST_PAYLOADS, openPayloads, tenantName } from './payloads.ts'

const ROUNDS = 10
const OPTIONS = { ...INGEST_PAYLOADS, startMs: Date.now() - 1_000_000 }
const TENANTS = Array.from({ length: OPTIONS.tenants }, (_, index) => tenantName(index))
const clock = systemClock()
const directories: string[] = []

/** A log that is written round by round: what is made for a write is made outside of it. */
function filledSource(): { source: Source; prepare: () => () => number } {
  const directory = mkdtempSync(join(tmpdir(), 'tenantry-bench-'))
  directories.push(directory)
  const source = openSource(directory, { segmentBytes: 64 * 2 ** 20 })
  for (const tenant of TENANTS) source.name(tenant)
  const payloads = openPayloads(OPTIONS)
  const prepare = (): (() => number) => {
    const { messages, timestampMs } = payloads.nextRound()
    const bodies = messages.map((message) => compressSync(message))
    return () => {
      let accepted = 0
      for (const body of bodies) {
        const message = uncompressSnappy(body, 64 * MIB)
        accepted += kept(source.writeBody('remote-write', body, message, timestampMs)).attributed
      }
      return accepted
    }
  }
  return { source, prepare }
}

async function measureWorker(name: string, target: Partial<ForwardTarget>): Promise<void> {
  const { source, prepare } = filledSource()
  const outlet = openOutlet(source, target)
  let accepted = 0
  // The first round meets all series; it is not measured
  const first = prepare()()
  await drain(outlet, source)
  outlet.progress()
  for (let round = 0; round < ROUNDS; round += 1) accepted += prepare()()
  const start = process.cpuUsage()
  await drain(outlet, source)
  const { user, system } = process.cpuUsage(start)
  const { counts, series } = outlet.progress()
  const sent = counts.outcomes.sent ?? 0
  if (sent !== accepted || first === 0) {
    process.stderr.write(`${name}: ${sent} samples came out, ${accepted} were accepted\n`)
    process.exit(1)
  }
  const cpuSeconds = (user + system) / 1_000_000
  report({ name: `forward, ${name}`, value: sent / cpuSeconds, unit: 'samples/CPU-s' })
  report({ name: `series known, ${name}`, value: series, unit: 'series' })
  report({ name: `bytes a sample sent, ${name}`, value: counts.sentBytes / sent, unit: 'bytes' })
  source.close()
}

function openOutlet(source: Source, target: Partial<ForwardTarget>): Outlet {
  const engine = { ...TARGET, maxSamplesPerSend: 2_000, maxInFlight: 16, ...target }
  const written = (samples: number) => ({
    'x-prometheus-remote-write-samples-written': String(samples),
    'x-prometheus-remote-write-histograms-written': '0',
  })
  const outlet = new Outlet({
    target: engine,
    start: {
      position: source.wal.endPosition(),
      state: { registry: source.metrics.knownRegistry(), clusters: '' },
    },
    startedAtPosition: 0,
    clock,
    follower: openLogFollower(source.directory),
    walk: walkRecord,
    poster: {
      post: () => Promise.resolve({ status: 204, headers: written(2_000), text: '' }),
      close: () => undefined,
    },
    compress: compressSnappy,
    random: openPrng(1),
    spill: openSpill(join(source.directory, 'bench.spill')),
    translation: 'UnderscoreEscapingWithSuffixes',
  })
  outlet.setTenants(
    new Map(
      TENANTS.map((tenant) => [tenant, { tenantId: tenant, target: engine.name, accountId: null }]),
    ),
  )
  return outlet
}

async function drain(outlet: Outlet, source: Source): Promise<void> {
  const end = source.wal.endPosition()
  for (;;) {
    outlet.setEnd(end)
    const hasMore = outlet.turn()
    if (outlet.position() === end) return
    await clock.sleep(hasMore ? 0 : 5)
  }
}

/** The main thread's CPU time a sample, of writes alone and with a door that forwards them meanwhile. */
async function measureMainThread(): Promise<void> {
  const figures = { alone: Infinity, beside: Infinity }
  for (let turn = 0; turn < 3; turn += 1) {
    figures.beside = Math.min(figures.beside, await measureWrites(true))
    figures.alone = Math.min(figures.alone, await measureWrites(false))
  }
  const { alone, beside } = figures
  report({ name: 'main thread, accepted alone', value: alone, unit: 'ns/sample' })
  report({
    name: 'main thread, accepted and forwarded',
    value: beside,
    unit: 'ns/sample',
    peer: 'alone',
    peerValue: alone,
    ratio: beside / alone,
  })
}

async function measureWrites(forwards: boolean): Promise<number> {
  const { source, prepare } = filledSource()
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => response.writeHead(204).end())
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const forwarding = openForwarding({
    db: openDatabase({ path: ':memory:', kind: 'control' }),
    wal: source.wal,
    logDirectory: source.directory,
    spillDirectory: source.directory,
    metrics: source.metrics,
    tenants: {
      active: () => TENANTS.map((tenant) => ({ tenantId: tenantId(tenant) }) as never),
      generation: () => 1,
    },
    engineOf: () => ({ name: 'engine', type: 'victoriametrics' }),
    accountOf: () => 1,
    clock,
    counters: memoryCounters(),
    log: memoryLog(),
    version: 'bench',
    seed: 1,
    translation: 'UnderscoreEscapingWithSuffixes',
  })
  const target: ForwardTarget = {
    ...TARGET,
    type: 'victoriametrics',
    url,
    maxSamplesPerSend: 2_000,
  }
  if (forwards) await forwarding.follow([target])
  prepare()()
  let cpuMicroseconds = 0
  let samples = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const write = prepare()
    const start = process.threadCpuUsage()
    samples += write()
    if (forwards) forwarding.poll()
    const { user, system } = process.threadCpuUsage(start)
    cpuMicroseconds += user + system
    // The worker runs beside; the engine in this thread answers outside of what is measured
    await clock.sleep(forwards ? 500 : 0)
  }
  await forwarding.stop()
  server.close()
  server.closeAllConnections()
  source.close()
  return (cpuMicroseconds * 1_000) / samples
}

progress('the worker alone')
await measureWorker('1.0, all tenants in a request', { type: 'victoriametrics' })
await measureWorker('2.0, all tenants in a request', { type: 'prometheus' })
await measureWorker('1.0, one tenant a request', { type: 'mimir' })
progress('the main thread')
await measureMainThread()
for (const directory of directories) rmSync(directory, { recursive: true, force: true })
