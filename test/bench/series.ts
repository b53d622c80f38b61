/**
 * `npm run bench -- series`: recognising and counting series alone, on one thread, with
 * remote-write messages as `ingest` sends them, but without churn, then taking in new series. CPU
 * time of the process, in parts: walking the bytes with a visitor that does nothing; recognising
 * the series (hash, byte check, columns); counting (rules, gain, cell). Each message is copied
 * before, as uncompressing would leave it in the cache. The gains read back must be what the
 * payload's counters gained.
 */
import { openMetrics } from '../../src/domain/metrics/metrics.ts'
import { memoryCounters } from '../../src/machinery/runtime/memory-counters.ts'
import { openBulkInline } from '../../src/machinery/storage/bulk-writer.ts'
import { linearMemory, Stretch } from '../../src/machinery/wasm/linear-memory.ts'
import { readWriteRequest, type RemoteWriteVisitor } from '../../src/machinery/wire/remote-write.ts'
import { fakeResolver, silentLog } from '../domain/metrics/writing.ts'
import { report } from './figure.ts'
import { INGEST_PAYLOADS, openPayloads } from './payloads.ts'

const ROUNDS = 20
/** Rounds that are not measured: the code is compiled and all series are taken in. */
const WARM_ROUNDS = 4

const metrics = openMetrics({
  resolver: fakeResolver().resolver,
  bulk: openBulkInline({ directory: ':memory:' }),
  counters: memoryCounters(),
  log: silentLog,
})
const context = { boundTenant: null, namedTenant: null }
const nothing: RemoteWriteVisitor = {
  series: () => undefined,
  sample: () => undefined,
  sampleSince: () => undefined,
  stale: () => undefined,
  nativeHistogram: () => undefined,
  batch: () => undefined,
}
const body = new Stretch()

interface Spent {
  walkUs: number
  recogniseUs: number
  countUs: number
  drainUs: number
  checkpointUs: number
}

/** Sends one round and returns what the counters gained. */
function send(
  { messages, timestampMs }: { messages: readonly Uint8Array[]; timestampMs: number },
  spent: Spent,
): number {
  for (const message of messages) {
    body.reserve(message.length)
    linearMemory.bytes.set(message, body.at)
    const bytes = linearMemory.bytes.subarray(body.at, body.at + message.length)
    spent.walkUs += cpuUs(() => readWriteRequest(bytes, nothing))
    const staged = metrics.stage(context, bytes)
    spent.recogniseUs += cpuUs(() => readWriteRequest(bytes, staged))
    spent.countUs += cpuUs(() => staged.apply(timestampMs))
  }
  let gained = 0
  spent.drainUs += cpuUs(() => {
    const { count, amounts } = metrics.drain(timestampMs)
    for (let index = 0; index < count; index += 1) gained += amounts[index]!
  })
  spent.checkpointUs += cpuUs(() => {
    for (const { rows } of metrics.checkpoint().writes) for (const _ of rows);
  })
  metrics.confirm(true)
  return gained
}

function knownSeries(): void {
  const payloads = openPayloads({ ...INGEST_PAYLOADS, churnRatio: 0 })
  const spent = nothingSpent()
  let samples = 0
  let read = 0
  let expected = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const sent = payloads.nextRound()
    expected = sent.gained
    const isWarm = round >= WARM_ROUNDS
    read += send(sent, isWarm ? spent : nothingSpent())
    if (isWarm) samples += sent.samples
  }
  const perSample = (us: number): number => (us * 1_000) / samples
  const seriesUs = spent.recogniseUs - spent.walkUs + spent.countUs
  report({ name: 'walk', value: perSample(spent.walkUs), unit: 'ns/sample' })
  report({
    name: 'recognise',
    value: perSample(spent.recogniseUs - spent.walkUs),
    unit: 'ns/sample',
  })
  report({ name: 'count', value: perSample(spent.countUs), unit: 'ns/sample' })
  report({
    name: 'recognise and count',
    value: perSample(seriesUs),
    unit: 'ns/sample',
    must: '<= 350',
  })
  const perRoundMs = (us: number): number => us / (ROUNDS - WARM_ROUNDS) / 1_000
  report({ name: 'drain', value: perRoundMs(spent.drainUs), unit: 'ms' })
  report({ name: 'checkpoint taken', value: perRoundMs(spent.checkpointUs), unit: 'ms' })
  if (read === expected) return
  process.stderr.write(`the gains read back are ${read}, sent were ${expected}\n`)
  process.exitCode = 1
}

function newSeries(): void {
  const sent = openPayloads({ ...INGEST_PAYLOADS, seed: 2 }).nextRound()
  const spent = nothingSpent()
  send(sent, spent)
  const takenUs = spent.recogniseUs - spent.walkUs
  report({
    name: 'take in a new series',
    value: takenUs / sent.samples,
    unit: 'us/series',
    must: '<= 5',
  })
}

function nothingSpent(): Spent {
  return { walkUs: 0, recogniseUs: 0, countUs: 0, drainUs: 0, checkpointUs: 0 }
}

function cpuUs(call: () => void): number {
  const start = process.cpuUsage()
  call()
  const { user, system } = process.cpuUsage(start)
  return user + system
}

knownSeries()
newSeries()
