/**
 * The key under which a series of native histograms is recognised: its labels as they are, then one
 * more field that says which bounds it has, of a number that no label has. A histogram thus never
 * shares a slot with a plain series of the same labels, nor with one of other custom bounds.
 */
import type { NativeHistogram } from '../../machinery/wire/native-histogram.ts'
import type { MetricMeaning } from './metric-key.ts'
import { EXPONENTIAL_BOUNDS, nativeKind, type NativeKind } from './native-layout.ts'

const KIND_TAG = 0x12
const KINDS: readonly NativeKind[] = ['custom', 'exponential', 'gauge']
const UNKNOWN_TEMPORALITY = 0
const CUMULATIVE = 2
const NO_SCOPE = new Uint8Array(0)

/** Builds keys in place: one holds until the next. */
export class NativeKey {
  bytes = new Uint8Array(1_024)
  #view = new DataView(this.bytes.buffer)
  labelsEnd = 0
  end = 0

  build(labels: Uint8Array, start: number, end: number, histogram: NativeHistogram): void {
    const kind = nativeKind(histogram)
    const bounds = kind === 'custom' ? histogram.customLength : 0
    const length = end - start
    this.#reserve(length + 2 + 8 * bounds)
    this.bytes.set(labels.subarray(start, end))
    this.bytes[length] = KIND_TAG
    this.bytes[length + 1] = KINDS.indexOf(kind)
    let at = length + 2
    for (let bound = 0; bound < bounds; bound += 1, at += 8) {
      // Adding zero makes one of the two zeros that are the same bound
      this.#view.setFloat64(at, histogram.customValues[bound]! + 0, true)
    }
    this.labelsEnd = length
    this.end = at
  }

  #reserve(length: number): void {
    if (length <= this.bytes.length) return
    this.bytes = new Uint8Array(2 * length)
    this.#view = new DataView(this.bytes.buffer)
  }
}

/** Tells where the labels of a key end. */
export function labelsEndOf(key: Uint8Array): number {
  let at = 0
  while (key[at] !== KIND_TAG) {
    let length = 0
    let next = at + 1
    for (let shift = 0; ; shift += 7, next += 1) {
      length |= (key[next]! & 0x7f) << shift
      if (key[next]! < 0x80) break
    }
    at = next + 1 + length
  }
  return at
}

/** Tells what the histograms of a key are, in the words of a classic one. */
export function meaningOf(key: Uint8Array, labelsEnd: number, name: string): MetricMeaning {
  const kind = KINDS[key[labelsEnd + 1]!]!
  return {
    name,
    unit: '',
    kind: 'histogram',
    temporality: kind === 'gauge' ? UNKNOWN_TEMPORALITY : CUMULATIVE,
    monotonic: kind !== 'gauge',
    bounds: kind === 'custom' ? boundsOf(key, labelsEnd + 2) : EXPONENTIAL_BOUNDS,
    hasBuckets: kind !== 'gauge',
    scope: NO_SCOPE,
  }
}

function boundsOf(key: Uint8Array, from: number): Float64Array {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength)
  const bounds = new Float64Array((key.length - from) / 8)
  for (let index = 0; index < bounds.length; index += 1) {
    bounds[index] = view.getFloat64(from + 8 * index, true)
  }
  return bounds
}
