/**
 * `npm run bench -- versions`: the same series by remote write 1.0 and 2.0, on one thread:
 * uncompressing, walking, recognising and counting. CPU time of the process. A round goes to one
 * metrics stage in both versions, so that both find the same series; what is read back must be what
 * the counters gained.
 */
import { compressSync } from 'snappy'
import { MIB } from '../../src/core/units.ts'
import { openMetrics, type StagedWrite } from '../../src/domain/metrics/metrics.ts'
import { memoryCounters } from '../../src/machinery/runtime/memory-counters.ts'
import { openBulkInline } from '../../src/machinery/storage/bulk-writer.ts'
import { readWriteRequest2 } from '../../src/machinery/wire/remote-write-2.ts'
import { readWriteRequest } from '../../src/machinery/wire/remote-write.ts'
import { uncompressSnappy } from '../../src/machinery/wire/snappy.ts'
import { fakeResolver, silentLog } from '../domain/metrics/writing.ts'
import { toVersion2 } from '../machinery/wire/to-version-2.ts'
import { report } from './figure.ts'
import { INGEST_PAYLOADS, openPayloads } from './payloads.ts'

const ROUNDS = 16
/** Rounds that are not measured: the code is compiled and all series are taken in. */
const WARM_ROUNDS = 4

interface Version {
  readonly name: string
  readonly read: (message: Uint8Array, staged: StagedWrite) => void
  bytes: number
  samples: number
  cpuUs: number
}

const metrics = openMetrics({
  resolver: fakeResolver().resolver,
  bulk: openBulkInline({ directory: ':memory:' }),
  counters: memoryCounters(),
  log: silentLog,
})
const context = { boundTenant: null, namedTenant: null }
const first: Version = { name: '1.0', read: readWriteRequest, bytes: 0, samples: 0, cpuUs: 0 }
const second: Version = { name: '2.0', read: readWriteRequest2, bytes: 0, samples: 0, cpuUs: 0 }

const payloads = openPayloads({ ...INGEST_PAYLOADS, churnRatio: 0 })
let gained = 0
let expected = 0
for (let round = 0; round < ROUNDS; round += 1) {
  const sent = payloads.nextRound()
  expected = sent.gained
  const version = round % 2 === 0 ? first : second
  const messages = version === first ? sent.messages : sent.messages.map(toVersion2)
  const bodies = messages.map((message) => compressSync(message))
  // What making the payloads left behind is not collected at the reader's expense
  globalThis.gc?.()
  const cpuUs = spend(() => {
    for (const body of bodies) write(version, body, sent.timestampMs)
  })
  const { count, amounts } = metrics.drain(sent.timestampMs)
  for (let index = 0; index < count; index += 1) gained += amounts[index]!
  if (round < WARM_ROUNDS) continue
  version.cpuUs += cpuUs
  version.samples += sent.samples
  version.bytes += bodies.reduce((sum, body) => sum + body.length, 0)
}
for (const { name, bytes, samples, cpuUs } of [first, second]) {
  const nanoseconds = (1_000 * cpuUs) / samples
  report({ name: `${name}, uncompressed to counted`, value: nanoseconds, unit: 'ns/sample' })
  report({ name: `${name}, snappy`, value: bytes / samples, unit: 'bytes a sample' })
}
if (gained !== expected) {
  process.stderr.write(`the gains read back are ${gained}, sent were ${expected}\n`)
  process.exitCode = 1
}

function write({ read }: Version, body: Uint8Array, receivedAtMs: number): void {
  const message = uncompressSnappy(body, 64 * MIB)
  const staged = metrics.stage(context, message)
  read(message, staged)
  staged.apply(receivedAtMs)
}

function spend(call: () => void): number {
  const start = process.cpuUsage()
  call()
  const { user, system } = process.cpuUsage(start)
  return user + system
}
