/**
 * Makes remote-write 1.0 messages that are mostly as senders write them, so that long runs of series
 * are walked at once, with everything that ends such a run in between: stale markers, long labels,
 * fields that nobody knows, series of several samples, native histograms, replicas, times of any
 * length.
 */
import type { Prng } from '../../src/core/prng.ts'
import { openProtoWriter, type ProtoWriter } from '../../src/machinery/wire/encode.ts'

/** What a receiver's clock says while messages are counted. */
export const WRITTEN_AT_MS = 1_700_000_000_200

const STALE_BITS = 0x7ff0_0000_0000_0002n
const OTHER_NANS = [0x7ff8_0000_0000_0001n, 0x7ff0_0000_0000_0001n, 0xfff0_0000_0000_0002n]
const NAMES = ['http_requests_total', 'up', 'process_resident_memory_bytes', 'größe', 'queue_depth']
const TENANTS = ['acme', 'globex', '', 'no such one']
const ODD_TIMES = [0, -1, 1, 2 ** 42 - 1, 2 ** 49 - 1, 2 ** 49, 2 ** 53 - 1]
const LENGTHS = [100, 123, 124, 125, 126, 127, 128, 129, 250, 1_000, 4_096, 4_097, 17_000, 66_000]

const pick = <V>(prng: Prng, values: readonly V[]): V => values[prng.below(values.length)]!
const once = (prng: Prng, times: number): boolean => prng.below(times) === 0

/** The writer of one fuzz run: it is used again and again. */
const writer = openProtoWriter()

/** Makes a message of a few series, of some more than a batch holds, or of thousands. */
export function writeMessage(prng: Prng): Uint8Array {
  const series = countOf(prng)
  const oddity = once(prng, 3) ? 4 : once(prng, 2) ? 40 : 1_000_000
  const replicas = once(prng, 12)
  for (let index = 0; index < series; index += 1) {
    if (once(prng, oddity)) writeOther(prng)
    if (once(prng, oddity)) oddSeries(prng, replicas)
    else writer.message(1, () => plainSeries(prng, index, replicas))
  }
  return writer.take()
}

function countOf(prng: Prng): number {
  if (once(prng, 400)) return 1_000 + prng.below(3_000)
  return once(prng, 12) ? 250 + prng.below(20) : prng.below(14)
}

function plainSeries(prng: Prng, index: number, replicas: boolean): void {
  labels(prng, once(prng, 6) ? prng.below(index + 1) : index, replicas)
  writer.message(2, () => sample(prng, 40))
}

/** The same index has the same labels, so that a series stands in a batch twice. */
function labels(prng: Prng, index: number, replicas: boolean): void {
  label('__name__', NAMES[index % NAMES.length]!)
  if (replicas) label('__replica__', once(prng, 3) ? 'b' : 'a')
  if (replicas) label('cluster', 'eu')
  label('instance', `a:${index}`)
  label('tenant_id', TENANTS[index % TENANTS.length]!)
}

function label(name: string, value: string): void {
  writer.message(1, () => {
    writer.text(1, name)
    writer.text(2, value)
  })
}

function sample(prng: Prng, oddity: number): void {
  if (!once(prng, oddity)) {
    writer.double(1, prng.below(1_000_000) / 4)
    writer.varint(2, WRITTEN_AT_MS - prng.below(100_000))
    return
  }
  const parts = [
    () => writer.fixed64(1, once(prng, 2) ? STALE_BITS : pick(prng, OTHER_NANS)),
    () => writer.double(1, pick(prng, [0, -0, Infinity, 5e-324, -1])),
    () => writer.varint(2, pick(prng, ODD_TIMES)),
    () => writer.varint(2, WRITTEN_AT_MS),
    () => unknownField(prng, writer),
  ]
  for (let count = prng.below(4); count > 0; count -= 1) pick(prng, parts)()
}

/** Fields in any order and number. */
function oddSeries(prng: Prng, replicas: boolean): void {
  writer.message(1, () => {
    if (once(prng, 4)) unknownField(prng, writer)
    if (once(prng, 8)) writer.message(2, () => sample(prng, 2))
    if (!once(prng, 8)) labels(prng, prng.below(40), replicas)
    if (once(prng, 3)) longLabel(prng)
    if (once(prng, 6)) unknownField(prng, writer)
    for (let count = prng.below(4); count > 0; count -= 1) writer.message(2, () => sample(prng, 3))
    if (once(prng, 4)) writer.message(4, () => histogram(prng))
    if (once(prng, 4)) writer.message(3, () => writer.double(2, 1))
    if (once(prng, 8)) label('zone', 'last')
  })
}

function longLabel(prng: Prng): void {
  const letter = pick(prng, ['x', 'ä', '日'])
  const text = letter.repeat(pick(prng, LENGTHS) / Buffer.byteLength(letter))
  if (once(prng, 4)) label(text.slice(0, 2_000), 'v')
  else label('path', text)
}

function histogram(prng: Prng): void {
  const count = prng.below(100)
  writer.varint(1, count)
  writer.double(3, count / 8)
  writer.varint(4, 6)
  writer.varint(6, 0)
  writer.message(11, () => {
    writer.varint(1, 0)
    writer.varint(2, 1)
  })
  writer.varint(12, 2 * count)
  writer.varint(15, WRITTEN_AT_MS - prng.below(1_000))
}

/** What is no series: metadata, and fields of a later version. */
function writeOther(prng: Prng): void {
  if (once(prng, 2)) writer.message(3, () => writer.text(2, 'http_requests_total'))
  else unknownField(prng, writer)
}

function unknownField(prng: Prng, to: ProtoWriter): void {
  const field = 20 + prng.below(400)
  const kinds = [
    () => to.varint(field, prng.below(1_000_000)),
    () => to.fixed64(field, 1),
    () => to.fixed32(field, 1),
    () => to.bytes(field, Buffer.alloc(prng.below(300), 0x0a)),
  ]
  pick(prng, kinds)()
}
