/**
 * Walks one OTLP Metric: the header first, because name, unit and temporality may come after the
 * points, then the points.
 *
 *   Metric { string name = 1; string unit = 3;
 *            oneof data { Gauge gauge = 5; Sum sum = 7; Histogram histogram = 9;
 *                         ExponentialHistogram exponential_histogram = 10;
 *                         Summary summary = 11; } }
 *   Gauge, Sum, Histogram … { repeated …DataPoint data_points = 1;
 *                             AggregationTemporality aggregation_temporality = 2;
 *                             bool is_monotonic = 3; }
 */
import type { Cursor } from './cursor.ts'
import { tagOf, wrongType, BYTES, VARINT } from './cursor.ts'
import { readExponentialPoint } from './otlp-exponential.ts'
import { readHistogramPoint, readNumberPoint } from './otlp-points.ts'
import { readSummaryPoint } from './otlp-summary.ts'
import type { OtlpMetricHeader, OtlpMetricKind, OtlpVisitor } from './otlp.ts'
import { append, clear, openScratch } from './scratch.ts'

const NAME = tagOf(1, BYTES)
const UNIT = tagOf(3, BYTES)
const POINTS = tagOf(1, BYTES)
const TEMPORALITY = tagOf(2, VARINT)
const MONOTONIC = tagOf(3, VARINT)

const POINT_READERS = {
  gauge: readNumberPoint,
  sum: readNumberPoint,
  histogram: readHistogramPoint,
  'exponential-histogram': readExponentialPoint,
  summary: readSummaryPoint,
} as const

const header: OtlpMetricHeader = {
  nameStart: 0,
  nameEnd: 0,
  unitStart: 0,
  unitEnd: 0,
  scopeStart: 0,
  scopeEnd: 0,
  kind: 'gauge',
  temporality: 0,
  monotonic: false,
}
const scratch = openScratch()

export function readMetric(
  cursor: Cursor,
  end: number,
  scopeStart: number,
  scopeEnd: number,
  visitor: OtlpVisitor,
): void {
  header.scopeStart = scopeStart
  header.scopeEnd = scopeEnd
  const metricBytes = cursor.bytes
  const data = findData(cursor, end)
  if (data === 0) return
  // Data given in several pieces of one kind are one message: put together, they are read from the
  // scratch.
  const scattered = data > 1
  if (scattered) cursor.open(scratch.bytes, 0)
  else cursor.position = dataStart
  const dataStop = scattered ? scratch.length : dataEnd
  const pointsStart = cursor.position
  readDataHeader(cursor, dataStop)
  visitor.metric(metricBytes, header)
  cursor.position = pointsStart
  readPoints(cursor, dataStop, visitor)
  cursor.open(metricBytes, end)
}

let dataStart = 0
let dataEnd = 0

/**
 * Reads name, unit and kind into the header. Returns how many pieces the data come in; several are
 * gathered in the scratch.
 */
function findData(cursor: Cursor, end: number): number {
  header.nameStart = header.nameEnd = 0
  header.unitStart = header.unitEnd = 0
  let pieces = 0
  while (cursor.position < end) {
    const at = cursor.position
    const tag = cursor.readTag(end)
    const kind = dataKind(tag >>> 3)
    if (kind === undefined) {
      readHeaderField(cursor, tag, end)
      continue
    }
    if ((tag & 7) !== BYTES) throw wrongType('Metric', tag, at)
    const next = cursor.readEnd(end)
    if (pieces > 0 && kind === header.kind) {
      if (pieces === 1) {
        clear(scratch)
        append(scratch, cursor.bytes, dataStart, dataEnd)
      }
      append(scratch, cursor.bytes, cursor.position, next)
      pieces += 1
    } else pieces = 1
    header.kind = kind
    dataStart = cursor.position
    dataEnd = next
    cursor.position = next
  }
  return pieces
}

function readHeaderField(cursor: Cursor, tag: number, end: number): void {
  if (tag === NAME) {
    header.nameEnd = cursor.readEnd(end)
    header.nameStart = cursor.position
    cursor.position = header.nameEnd
  } else if (tag === UNIT) {
    header.unitEnd = cursor.readEnd(end)
    header.unitStart = cursor.position
    cursor.position = header.unitEnd
  } else if (tag >>> 3 === 1 || tag >>> 3 === 3) throw wrongType('Metric', tag, cursor.position)
  else cursor.skip(tag, end)
}

function dataKind(field: number): OtlpMetricKind | undefined {
  switch (field) {
    case 5:
      return 'gauge'
    case 7:
      return 'sum'
    case 9:
      return 'histogram'
    case 10:
      return 'exponential-histogram'
    case 11:
      return 'summary'
    default:
      return undefined
  }
}

/** Reads what holds for all points into the header. */
function readDataHeader(cursor: Cursor, end: number): void {
  header.temporality = 0
  header.monotonic = false
  const { kind } = header
  const hasTemporality = kind !== 'gauge' && kind !== 'summary'
  while (cursor.position < end) {
    const tag = cursor.readTag(end)
    if (tag === POINTS) cursor.skip(tag, end)
    else if (tag === TEMPORALITY && hasTemporality) header.temporality = cursor.readVarint(end)
    else if (tag === MONOTONIC && kind === 'sum') header.monotonic = cursor.readVarint(end) !== 0
    else if (tag >>> 3 === 1 || (tag >>> 3 === 2 && hasTemporality)) {
      throw wrongType(`the data of a ${kind}`, tag, cursor.position)
    } else cursor.skip(tag, end)
  }
}

function readPoints(cursor: Cursor, end: number, visitor: OtlpVisitor): void {
  const readPoint = POINT_READERS[header.kind]
  while (cursor.position < end) {
    const tag = cursor.readTag(end)
    if (tag === POINTS) readPoint(cursor, cursor.readEnd(end), visitor)
    else cursor.skip(tag, end)
  }
}
