/**
 * `npm run bench -- wire`: remote-write decoding alone, on one thread: snappy, and the walk over
 * the bytes with a visitor that only counts; then the same with strings made of every series'
 * labels, as for series never met before. CPU time of the process.
 */
import { readLabels } from '../../src/machinery/wire/labels.ts'
import { readWriteRequest, type RemoteWriteVisitor } from '../../src/machinery/wire/remote-write.ts'
import { uncompressSnappy } from '../../src/machinery/wire/snappy.ts'
import { MIB } from '../../src/core/units.ts'
import { report } from './figure.ts'
import { REMOTE_WRITE } from './ingest-formats.ts'
import { INGEST_PAYLOADS, openPayloads } from './payloads.ts'

class CountingVisitor implements RemoteWriteVisitor {
  samples = 0
  labelBytes = 0
  sum = 0
  series(_bytes: Uint8Array, labelsStart: number, labelsEnd: number): void {
    this.labelBytes += labelsEnd - labelsStart
  }
  sample(value: number, timestampMs: number): void {
    this.samples += 1
    this.sum += value + timestampMs
  }
  sampleSince(value: number, timestampMs: number): void {
    this.sample(value, timestampMs)
  }
  stale(): void {}
  nativeHistogram(): void {}
}

class ReadingVisitor extends CountingVisitor {
  labels = 0
  override series(bytes: Uint8Array, labelsStart: number, labelsEnd: number): void {
    this.labels += readLabels(bytes, labelsStart, labelsEnd).length
  }
}

const REPEATS = 10
const payloads = openPayloads(INGEST_PAYLOADS)
const round = payloads.nextRound()
const bodies = REMOTE_WRITE.bodies(round)
const messageBytes = total(round.messages)

report({ name: 'bytes a sample, uncompressed', value: messageBytes / round.samples, unit: 'bytes' })
report({ name: 'bytes a sample, snappy', value: total(bodies) / round.samples, unit: 'bytes' })
measure('snappy', () => {
  for (const body of bodies) uncompressSnappy(body, 64 * MIB)
})
const walker = new CountingVisitor()
measure('walk', () => {
  for (const message of round.messages) readWriteRequest(message, walker)
})
const both = new CountingVisitor()
measure('snappy and walk', () => {
  for (const body of bodies) readWriteRequest(uncompressSnappy(body, 64 * MIB), both)
})
const reader = new ReadingVisitor()
measure('snappy, walk and label strings', () => {
  for (const body of bodies) readWriteRequest(uncompressSnappy(body, 64 * MIB), reader)
})
verify(walker)
verify(both)
verify(reader)

/** The first pass is not measured: it is compiled in it. */
function measure(name: string, call: () => void): void {
  call()
  const start = process.cpuUsage()
  for (let index = 0; index < REPEATS; index += 1) call()
  const { user, system } = process.cpuUsage(start)
  const cpuSeconds = (user + system) / 1_000_000
  const mib = (REPEATS * messageBytes) / MIB
  report({ name: `${name}, uncompressed bytes`, value: mib / cpuSeconds, unit: 'MiB/CPU-s' })
  const samples = REPEATS * round.samples
  report({ name: `${name}, samples`, value: samples / cpuSeconds, unit: 'samples/CPU-s' })
}

function verify(visitor: CountingVisitor): void {
  if (visitor.samples === (REPEATS + 1) * round.samples) return
  process.stderr.write(`counted ${visitor.samples} samples\n`)
  process.exit(1)
}

function total(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0)
}
