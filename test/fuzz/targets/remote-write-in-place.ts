/**
 * Remote write 1.0 where it is uncompressed: the walk of whole batches and the search among keys,
 * against protobufjs and against a second stage that is told the same message series by series.
 */
import { compressSync, uncompressSync } from 'snappy'
import type { Prng } from '../../../src/core/prng.ts'
import type { Staging } from '../../../src/domain/metrics/staging.ts'
import type { StagedWrite } from '../../../src/domain/metrics/metrics.ts'
import {
  BLOCK_BYTES,
  ENDS,
  linearMemory,
  SLACK_BYTES,
  STARTS,
  Stretch,
  TIMES,
  VALUES,
} from '../../../src/machinery/wasm/linear-memory.ts'
import { readLabels } from '../../../src/machinery/wire/labels.ts'
import {
  readWriteRequest,
  type RemoteWriteVisitor,
} from '../../../src/machinery/wire/remote-write.ts'
import { uncompressSnappy } from '../../../src/machinery/wire/snappy.ts'
import { openOracle } from '../../machinery/wire/oracle.ts'
import { openBench, PLATFORM, type Bench } from '../../domain/metrics/writing.ts'
import { judge } from '../differential.ts'
import { mutated } from '../mutate.ts'
import { attempt, attemptOther, Disagreement, type FuzzTarget } from '../target.ts'
import {
  asRead,
  expectedHistogram,
  expectedSample,
  openToldWrite,
  type DecodedWrite,
} from '../told-write.ts'
import { writeMessage, WRITTEN_AT_MS } from '../write-message.ts'

const LIMIT_BYTES = 2 ** 26
const PAGE_BYTES = 2 ** 16
const PLACES = 16 * BLOCK_BYTES
/** Stages that know more series than this begin anew. */
const MESSAGES_PER_STAGE = 300

export function openTarget(): FuzzTarget {
  const { type, decode } = openOracle('remote-write.proto', 'WriteRequest', asRead)
  const unlabelled = openOracle('remote-write.proto', 'WriteRequest', (definitions) =>
    asRead(definitions).replace('repeated Label labels = 1', 'repeated bytes labels = 1'),
  )
  const places = new Stretch()
  places.reserve(PLACES - SLACK_BYTES)
  let other: Uint8Array = new Uint8Array(0)
  let twins = openTwins()
  let messages = 0
  return {
    run(prng) {
      const sound = writeMessage(prng)
      const message = changed(prng, sound, other)
      other = sound.subarray(0, 4_096)
      const placed = place(prng, message, places)
      if (placed === undefined) return 'rejected'
      const { bytes, plain } = placed
      const ours = attempt(() => told(bytes))
      const theirs = attemptOther(() => expected(decode(plain) as unknown as DecodedWrite))
      const isUnread = 'value' in ours && 'refused' in theirs
      if (isUnread && 'value' in attemptOther(() => unlabelled.decode(plain))) {
        return 'differs: labels of a series without samples'
      }
      const verdict = judge(plain, type, ours, theirs)
      messages += 1
      if (messages % MESSAGES_PER_STAGE === 0) twins = openTwins()
      twins.check(bytes, plain, 'value' in ours ? ours.value.length : undefined)
      return verdict
    },
  }
}

/** Most damage makes a message unreadable; a single bit often makes another message of it. */
function changed(prng: Prng, sound: Uint8Array, other: Uint8Array): Uint8Array {
  const way = prng.below(3)
  if (way === 0 || sound.length === 0) return sound
  if (way === 1) return mutated(prng, sound, other)
  const copy = Buffer.from(sound)
  copy[prng.below(copy.length)]! ^= 1 << prng.below(8)
  return copy
}

/**
 * Brings a message to the linear memory: through snappy, or to the end of a page, before bytes that
 * go on as a message would. Undefined where neither reader takes the block.
 */
function place(
  prng: Prng,
  message: Uint8Array,
  places: Stretch,
): { bytes: Uint8Array; plain: Uint8Array } | undefined {
  if (prng.below(2) === 0 && message.length <= PLACES / 2) {
    const pages = Math.ceil(message.length / PAGE_BYTES) + prng.below(3)
    const isLast = prng.below(4) === 0
    const end = places.at + (isLast ? PLACES - SLACK_BYTES : pages * PAGE_BYTES)
    const start = end - message.length
    const follower = isLast ? new Uint8Array(SLACK_BYTES) : message.subarray(0, 200)
    linearMemory.bytes.set(message, start)
    linearMemory.bytes.set(follower, end)
    return { bytes: linearMemory.bytes.subarray(start, end), plain: message }
  }
  const sound = compressSync(Buffer.from(message)) as Buffer
  const block = prng.below(8) === 0 ? mutated(prng, sound, sound) : sound
  const ours = attempt(() => uncompressSnappy(block, LIMIT_BYTES))
  const theirs = attemptOther(() => new Uint8Array(uncompressSync(Buffer.from(block)) as Buffer))
  if ('value' in ours !== 'value' in theirs) {
    throw new Disagreement(`snappy: ${JSON.stringify([ours, theirs]).slice(0, 400)}`, block)
  }
  if (!('value' in ours && 'value' in theirs)) return undefined
  if (Buffer.compare(ours.value, theirs.value) !== 0) throw new Disagreement('other bytes', block)
  return { bytes: ours.value, plain: theirs.value }
}

/** Reads in place, batches taken apart. */
function told(bytes: Uint8Array): unknown[] {
  const { told: write, visitor } = openToldWrite()
  readWriteRequest(bytes, {
    ...visitor,
    batch(message, base, count) {
      if (base !== message.byteOffset) throw new Disagreement('another base', message)
      const { words, doubles } = linearMemory
      for (let index = 0; index < count; index += 1) {
        const [start, end] = [words[STARTS / 4 + index]!, words[ENDS / 4 + index]!]
        const labels = readLabels(message, start, end)
        write.points.push([labels, doubles[VALUES / 8 + index], doubles[TIMES / 8 + index], 0])
      }
    },
  })
  return write.points
}

function expected({ timeseries }: DecodedWrite): unknown[] {
  return timeseries.flatMap(({ labels: given, samples, histograms }) => {
    const labels = given.map(({ name = '', value = '' }) => ({ name, value }))
    return [
      ...samples.map((sample) => expectedSample(labels, sample)),
      ...histograms.map((histogram) => [labels, expectedHistogram(histogram)]),
    ]
  })
}

interface Twins {
  /** `sent` is how many samples there are, where that is known. */
  check(bytes: Uint8Array, plain: Uint8Array, sent: number | undefined): void
}

/** Two stages that get the same messages must know the same series by the same samples. */
function openTwins(): Twins {
  const inPlace = openBench()
  const oneByOne = openBench()
  const pairs = new SlotPairs()
  return {
    check(bytes, plain, sent) {
      const ours = written(inPlace, bytes, true)
      const theirs = written(oneByOne, plain, false)
      const differ = (what: string, left: unknown, right: unknown): never => {
        const shown = JSON.stringify([left, right])
        throw new Disagreement(`${what}: ${shown.slice(0, 2_000)}`, plain)
      }
      if ('refused' in ours || 'refused' in theirs) {
        if (JSON.stringify(ours) !== JSON.stringify(theirs)) differ('refusals', ours, theirs)
        return
      }
      const [here, there] = [ours.value, theirs.value]
      if (here.slots.length !== there.slots.length) differ('entries', here, there)
      for (const [at, slot] of here.slots.entries()) {
        if (!pairs.agree(slot, there.slots[at]!)) differ(`series of entry ${at}`, here, there)
      }
      for (const key of ['entries', 'outcome', 'gains'] as const) {
        if (here[key] !== there[key]) differ(key, here[key], there[key])
      }
      if (sent !== undefined && sent !== here.received) {
        differ('sent and received', sent, here.received)
      }
    },
  }
}

interface Written {
  readonly slots: number[]
  readonly entries: string
  readonly outcome: string
  readonly received: number
  readonly gains: string
}

function written(bench: Bench, bytes: Uint8Array, isInPlace: boolean) {
  return attempt((): Written => {
    const arrival = { receivedAtMs: WRITTEN_AT_MS }
    const staged = bench.metrics.stage(PLATFORM, isInPlace ? bytes : undefined, arrival)
    try {
      readWriteRequest(bytes, isInPlace ? staged : withoutBatches(staged))
    } catch (error) {
      staged.abandon()
      throw error
    }
    staged.admit()
    const { count, slots, timesMs, values, startsMs, flags } = (staged as unknown as Staging)
      .entries
    const columns = [timesMs, values, startsMs, flags].map((column) =>
      Array.from(column.subarray(0, count), shown),
    )
    const entries = JSON.stringify(columns)
    const named = [...slots.subarray(0, count)]
    const outcome = staged.apply(WRITTEN_AT_MS)
    const gains = Object.entries(bench.gains(WRITTEN_AT_MS)).toSorted(([a], [b]) =>
      a < b ? -1 : 1,
    )
    return {
      slots: named,
      entries,
      outcome: JSON.stringify(outcome),
      received: outcome.received,
      gains: JSON.stringify(gains),
    }
  })
}

/** JSON knows neither NaN nor the infinite. */
const shown = (value: number): string => (Object.is(value, -0) ? '-0' : String(value))

/** Tells a stage what is in a message as if it could take no batch. */
function withoutBatches(staged: StagedWrite): RemoteWriteVisitor {
  return {
    series: (bytes, start, end) => staged.series(bytes, start, end),
    sample: (value, atMs) => staged.sample(value, atMs),
    sampleSince: (value, atMs, startMs) => staged.sampleSince(value, atMs, startMs),
    stale: (atMs) => staged.stale(atMs),
    nativeHistogram: (bytes, start, end, histogram) =>
      staged.nativeHistogram(bytes, start, end, histogram),
  }
}

/** Two stages number series as they meet them: each number here is one number there. */
class SlotPairs {
  readonly #there = new Map<number, number>()
  readonly #here = new Map<number, number>()

  agree(here: number, there: number): boolean {
    if (!this.#there.has(here) && !this.#here.has(there)) {
      this.#there.set(here, there)
      this.#here.set(there, here)
    }
    return this.#there.get(here) === there && this.#here.get(there) === here
  }
}
