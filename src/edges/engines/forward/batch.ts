/**
 * Samples of one lane in the order in which they were accepted, as columns; and which stretches of
 * the log they came from, so that a position is passed only when all of it was settled.
 */
import type { Epoch } from './epochs.ts'
import type { Spilled } from './spill.ts'

export const SAMPLE = 0
export const STALE = 1
export const NATIVE = 2

const FIRST_SAMPLES = 32
/** Of one sample in the columns. */
const SAMPLE_BYTES = 29
/** What is left in memory of one that waits on the disk. */
const SPILLED_BYTES = 256

export class Batch {
  series = new Int32Array(FIRST_SAMPLES)
  kinds = new Uint8Array(FIRST_SAMPLES)
  values = new Float64Array(FIRST_SAMPLES)
  timesMs = new Float64Array(FIRST_SAMPLES)
  startsMs = new Float64Array(FIRST_SAMPLES)
  /** Messages of native histograms, by place. */
  readonly natives = new Map<number, Uint8Array>()
  readonly epochs: { readonly epoch: Epoch; samples: number }[] = []
  count = 0
  bytes = 0
  #toldBytes = 0
  readonly openedAtMs: number
  /** Of its newest sample: where its record ends and when that was received. */
  endPosition = 0
  receivedAtMs = 0
  /** What is left to send: half-open, in order. Set when it is closed. */
  ranges: [from: number, to: number][] = []
  /** Where its request lies, when it waits on the disk: then the columns are empty. */
  spilled: Spilled | null = null

  constructor(openedAtMs: number) {
    this.openedAtMs = openedAtMs
  }

  push(series: number, kind: number, timeMs: number, value: number, startMs: number): void {
    const at = this.count
    if (at === this.series.length) this.#grow()
    this.series[at] = series
    this.kinds[at] = kind
    this.values[at] = value
    this.timesMs[at] = timeMs
    this.startsMs[at] = startMs
    this.count = at + 1
    this.bytes += SAMPLE_BYTES
  }

  pushNative(series: number, timeMs: number, startMs: number, message: Uint8Array): void {
    this.natives.set(this.count, message)
    this.push(series, NATIVE, timeMs, 0, startMs)
    this.bytes += message.length
  }

  note(epoch: Epoch): void {
    const last = this.epochs.at(-1)
    if (last?.epoch === epoch) last.samples += 1
    else this.epochs.push({ epoch, samples: 1 })
    epoch.outstanding += 1
    this.endPosition = epoch.recordEnd
    this.receivedAtMs = epoch.receivedAtMs
  }

  close(): void {
    this.ranges = [[0, this.count]]
  }

  /** Tells how many bytes came since the last call. */
  newBytes(): number {
    const came = this.bytes - this.#toldBytes
    this.#toldBytes = this.bytes
    return came
  }

  /** Tells whether none of it was settled yet. */
  isWhole(): boolean {
    return this.ranges.length === 1 && this.ranges[0]![0] === 0 && this.ranges[0]![1] === this.count
  }

  /** Lets go of the columns: the request lies elsewhere. Tells how many bytes that frees. */
  spill(spilled: Spilled): number {
    const before = this.bytes
    this.spilled = spilled
    this.series = new Int32Array(0)
    this.kinds = new Uint8Array(0)
    this.values = new Float64Array(0)
    this.timesMs = new Float64Array(0)
    this.startsMs = new Float64Array(0)
    this.natives.clear()
    this.bytes = SPILLED_BYTES
    return before - this.bytes
  }

  /** Says that all of it is settled. */
  settle(): void {
    for (const { epoch, samples } of this.epochs) epoch.outstanding -= samples
    this.ranges = []
  }

  #grow(): void {
    const length = 2 * this.series.length
    this.series = into(new Int32Array(length), this.series)
    this.kinds = into(new Uint8Array(length), this.kinds)
    this.values = into(new Float64Array(length), this.values)
    this.timesMs = into(new Float64Array(length), this.timesMs)
    this.startsMs = into(new Float64Array(length), this.startsMs)
  }
}

function into<Column extends { set(from: Column): void }>(larger: Column, column: Column): Column {
  larger.set(column)
  return larger
}
