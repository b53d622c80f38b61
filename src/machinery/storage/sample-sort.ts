/**
 * Puts samples into the order of their times, however many there are: what fits into memory is
 * sorted there, what does not goes to a temporary file in sorted runs, which are merged as they are
 * read. Samples of one time keep the order in which they came.
 */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assert } from '../../core/assert.ts'

/** 24 MB of numbers, and as much while they are sorted. */
const SAMPLES_IN_MEMORY = 1 << 20
/** Of each run, while they are merged. */
const SAMPLES_READ_AT_ONCE = 4_096
const NUMBERS = 3
const SAMPLE_BYTES = NUMBERS * Float64Array.BYTES_PER_ELEMENT
const DIGIT_BITS = 16
const DIGITS = 1 << DIGIT_BITS

export interface TimedSample {
  timeMs: number
  series: number
  value: number
}

export interface SampleSort {
  /** Takes a sample. Units: the time is a multiple of half a millisecond. */
  add(timeMs: number, series: number, value: number): void
  /** Gives all samples back. Once, and no `add` after it. Ownership: one object is reused. */
  sorted(): Generator<TimedSample, void>
  /** Lets go of what was written. */
  close(): void
}

/** Opens an empty sort. Throws what the machine says when the temporary directory is full. */
export function openSampleSort({ inMemory = SAMPLES_IN_MEMORY } = {}): SampleSort {
  return new Sort(inMemory)
}

class Sort implements SampleSort {
  readonly #capacity: number
  #samples: Float64Array<ArrayBuffer>
  #count = 0
  #file = -1
  #written = 0
  /** Where each run begins in the file, in samples; one more where the last one ends. */
  readonly #runs = [0]

  constructor(capacity: number) {
    this.#capacity = capacity
    this.#samples = new Float64Array(NUMBERS * Math.min(capacity, 4_096))
  }

  add(timeMs: number, series: number, value: number): void {
    if (this.#count === this.#capacity) this.#spill()
    const at = this.#count * NUMBERS
    if (at === this.#samples.length) {
      const wider = new Float64Array(Math.min(2 * at, this.#capacity * NUMBERS))
      wider.set(this.#samples)
      this.#samples = wider
    }
    this.#samples[at] = timeMs
    this.#samples[at + 1] = series
    this.#samples[at + 2] = value
    this.#count += 1
  }

  *sorted(): Generator<TimedSample, void> {
    const runs: Run[] = []
    for (let run = 0; run + 1 < this.#runs.length; run += 1) {
      runs.push(new FileRun(this.#file, this.#runs[run]!, this.#runs[run + 1]!))
    }
    runs.push(new MemoryRun(this.#sort()))
    yield* merged(runs)
  }

  close(): void {
    if (this.#file < 0) return
    closeSync(this.#file)
    this.#file = -1
  }

  #sort(): Float64Array {
    const samples = this.#samples.subarray(0, this.#count * NUMBERS)
    return isSorted(samples) ? samples : byTime(samples)
  }

  #spill(): void {
    if (this.#file < 0) {
      const directory = mkdtempSync(join(tmpdir(), 'tenantry-sort-'))
      this.#file = openSync(join(directory, 'runs'), 'w+')
      // Nameless already: it is gone with the process, however that ends.
      rmSync(directory, { recursive: true })
    }
    const samples = this.#sort()
    const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)
    for (let at = 0; at < bytes.length;) {
      at += writeSync(this.#file, bytes, at, bytes.length - at, this.#written * SAMPLE_BYTES + at)
    }
    this.#written += this.#count
    this.#runs.push(this.#written)
    this.#count = 0
  }
}

/** Samples in order, of which the next one is looked at. */
interface Run {
  /** Infinity at the end. */
  readonly timeMs: number
  readonly series: number
  readonly value: number
  next(): void
}

class MemoryRun implements Run {
  timeMs = Infinity
  series = 0
  value = 0
  readonly #samples: Float64Array
  #at = -NUMBERS

  constructor(samples: Float64Array) {
    this.#samples = samples
    this.next()
  }

  next(): void {
    this.#at += NUMBERS
    this.timeMs = this.#samples[this.#at] ?? Infinity
    this.series = this.#samples[this.#at + 1] ?? 0
    this.value = this.#samples[this.#at + 2] ?? 0
  }
}

class FileRun implements Run {
  timeMs = Infinity
  series = 0
  value = 0
  readonly #file: number
  readonly #buffer = new Float64Array(NUMBERS * SAMPLES_READ_AT_ONCE)
  readonly #bytes = new Uint8Array(this.#buffer.buffer)
  #from: number
  readonly #to: number
  #at = 0
  #filled = 0

  constructor(file: number, from: number, to: number) {
    this.#file = file
    this.#from = from
    this.#to = to
    this.next()
  }

  next(): void {
    if (this.#at === this.#filled) this.#fill()
    if (this.#at === this.#filled) {
      this.timeMs = Infinity
      return
    }
    this.timeMs = this.#buffer[this.#at]!
    this.series = this.#buffer[this.#at + 1]!
    this.value = this.#buffer[this.#at + 2]!
    this.#at += NUMBERS
  }

  #fill(): void {
    const samples = Math.min(SAMPLES_READ_AT_ONCE, this.#to - this.#from)
    this.#at = 0
    this.#filled = samples * NUMBERS
    for (let read = 0; read < samples * SAMPLE_BYTES;) {
      const position = this.#from * SAMPLE_BYTES + read
      const left = samples * SAMPLE_BYTES - read
      const got = readSync(this.#file, this.#bytes, read, left, position)
      assert(got > 0, 'a run that is as long as it was written')
      read += got
    }
    this.#from += samples
  }
}

/** Merges runs by a heap whose first one has the earliest sample; of equal ones the first run. */
function* merged(runs: readonly Run[]): Generator<TimedSample, void> {
  const heap = runs
    .map((run, order) => ({ run, order }))
    .filter(({ run }) => run.timeMs !== Infinity)
    .toSorted((left, right) => left.run.timeMs - right.run.timeMs || left.order - right.order)
  const sample = { timeMs: 0, series: 0, value: 0 }
  while (heap.length > 0) {
    const { run } = heap[0]!
    sample.timeMs = run.timeMs
    sample.series = run.series
    sample.value = run.value
    yield sample
    run.next()
    if (run.timeMs === Infinity) {
      const last = heap.pop()!
      if (heap.length > 0) heap[0] = last
    }
    sink(heap)
  }
}

type Heap = { readonly run: Run; readonly order: number }[]

function sink(heap: Heap): void {
  for (let at = 0; ;) {
    let first = at
    for (const child of [2 * at + 1, 2 * at + 2]) {
      if (child < heap.length && isBefore(heap[child]!, heap[first]!)) first = child
    }
    if (first === at) return
    ;[heap[at], heap[first]] = [heap[first]!, heap[at]!]
    at = first
  }
}

function isBefore(left: Heap[number], right: Heap[number]): boolean {
  const { timeMs } = right.run
  return left.run.timeMs < timeMs || (left.run.timeMs === timeMs && left.order < right.order)
}

function isSorted(samples: Float64Array): boolean {
  for (let at = NUMBERS; at < samples.length; at += NUMBERS) {
    if (samples[at]! < samples[at - NUMBERS]!) return false
  }
  return true
}

/** Sorts by counting digits of the time, the lowest first: stable, and three passes for 4,000
 *  years. */
function byTime(samples: Float64Array): Float64Array {
  const count = samples.length / NUMBERS
  let [least, most] = [Infinity, -Infinity]
  for (let at = 0; at < samples.length; at += NUMBERS) {
    least = Math.min(least, samples[at]!)
    most = Math.max(most, samples[at]!)
  }
  let from: Float64Array = samples
  let to: Float64Array = new Float64Array(samples.length)
  const span = 2 * (most - least)
  for (let unit = 1; unit <= span; unit *= DIGITS) {
    const digitAt = (at: number): number => Math.floor((2 * (from[at]! - least)) / unit) % DIGITS
    const places = new Uint32Array(DIGITS + 1)
    for (let i = 0; i < count; i += 1) places[digitAt(i * NUMBERS) + 1]! += 1
    for (let digit = 0; digit < DIGITS; digit += 1) places[digit + 1]! += places[digit]!
    for (let i = 0; i < count; i += 1) {
      const at = i * NUMBERS
      const digit = digitAt(at)
      const place = places[digit]! * NUMBERS
      places[digit]! += 1
      to[place] = from[at]!
      to[place + 1] = from[at + 1]!
      to[place + 2] = from[at + 2]!
    }
    ;[from, to] = [to, from === samples ? new Float64Array(samples.length) : from]
  }
  return from
}
