/**
 * Makes strings of the labels of a remote-write series, and tells whether they may name one. Only
 * for series not met before.
 * Source: Prometheus remote-write specification 1.0, "Labels".
 */
import { Cursor, tagOf, wrongType, BYTES } from './cursor.ts'
import { readText } from './text.ts'

export interface WireLabel {
  readonly name: string
  readonly value: string
}

const NAME = tagOf(1, BYTES)
const VALUE = tagOf(2, BYTES)
const METRIC_NAME = '__name__'

const cursor = new Cursor()

/**
 * Reads Label fields, each with its tag, in wire order, unchecked. Throws WireError, on invalid
 * UTF-8 too.
 */
export function readLabels(bytes: Uint8Array, start: number, end: number): WireLabel[] {
  const labels: WireLabel[] = []
  cursor.open(bytes, start)
  try {
    while (cursor.position < end) {
      const tag = cursor.readTag(end)
      if ((tag & 7) !== BYTES) throw wrongType('a list of labels', tag, cursor.position)
      labels.push(readLabel(cursor.readEnd(end)))
    }
  } finally {
    cursor.close()
  }
  return labels
}

function readLabel(end: number): WireLabel {
  let name = ''
  let value = ''
  while (cursor.position < end) {
    const tag = cursor.readTag(end)
    if (tag === NAME) name = readField(end, 'a label name')
    else if (tag === VALUE) value = readField(end, 'a label value')
    else if (tag >>> 3 <= 2) throw wrongType('Label', tag, cursor.position)
    else cursor.skip(tag, end)
  }
  return { name, value }
}

function readField(end: number, what: string): string {
  const stop = cursor.readEnd(end)
  const text = readText(cursor.bytes, cursor.position, stop, what)
  cursor.position = stop
  return text
}

/**
 * Tells why labels cannot name a series, or undefined when they can: sorted by name, no name twice
 * or empty, a metric name.
 */
export function checkLabels(labels: readonly WireLabel[]): string | undefined {
  let before: string | undefined
  let metricName = ''
  for (const { name, value } of labels) {
    if (name === '') return 'a label has an empty name'
    if (before !== undefined && name === before) return `label ${quote(name)} is given twice`
    if (before !== undefined && compareBytes(before, name) > 0) {
      return `labels are not sorted: ${quote(name)} comes after ${quote(before)}`
    }
    if (name === METRIC_NAME) metricName = value
    before = name
  }
  return metricName === '' ? `label ${quote(METRIC_NAME)} is missing or empty` : undefined
}

function quote(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name)
}

/**
 * Orders texts as their UTF-8 bytes would be. Code units differ from that only where surrogates
 * meet the units above them.
 */
function compareBytes(left: string, right: string): number {
  const shorter = Math.min(left.length, right.length)
  for (let index = 0; index < shorter; index += 1) {
    const a = left.charCodeAt(index)
    const b = right.charCodeAt(index)
    if (a !== b) return rank(a) - rank(b)
  }
  return left.length - right.length
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x1_0000 : unit
}
