/**
 * Writes the totals of all tenants as an OTLP ExportMetricsServiceRequest, as the live platform's
 * SDK would: same names, units and attributes, cumulative with a start time. Source:
 * opentelemetry-proto 1.x, metrics/v1; numbers are its field numbers.
 */
import { openProtoWriter, type ProtoWriter } from '../../machinery/wire/encode.ts'
import type { DurationTotals, TenantTotals } from './history-totals.ts'
import {
  cpuAttributes,
  memoryAttributes,
  networkAttributes,
  PLATFORM_SCOPE,
  PLATFORM_SIGNALS,
  requestAttributes,
  resourceAttributes,
  responseAttributes,
  RESPONSES,
  type ResponseKind,
  storageAttributes,
} from './platform-signals.ts'
import { DURATION_BOUNDS } from './shape.ts'

const CUMULATIVE = 2
const NO_RECORDED_VALUE = 1

const RESPONSE_KINDS = Object.keys(RESPONSES) as ResponseKind[]

type Attributes = Readonly<Record<string, string | number>>

/** Encodes attribute lists once: they are the larger part of a message and never change. */
interface TenantAttributes {
  readonly served: readonly Uint8Array[]
  readonly failed: readonly Uint8Array[]
  readonly turnedAway: readonly Uint8Array[]
  readonly overQuota: readonly Uint8Array[]
  readonly active: readonly Uint8Array[]
  readonly cpu: readonly Uint8Array[]
  readonly memory: readonly Uint8Array[]
  readonly received: readonly Uint8Array[]
  readonly sent: readonly Uint8Array[]
  readonly storage: readonly Uint8Array[]
}

type Kind = Exclude<keyof TenantAttributes, ResponseKind>

export interface HistoryWriter {
  /** Writes that the levels are no more, so that they are not added to those of the process that
   *  comes next. */
  end(totals: readonly TenantTotals[], atMs: number): Uint8Array
  /** Returns a message of its own for each call. */
  write(totals: readonly TenantTotals[], atMs: number): Uint8Array
}

/** Opens the writer of a process that has been counting since an instant. */
export function openHistoryWriter(startMs: number): HistoryWriter {
  const writer = openProtoWriter()
  const resource = encodeAttributes(resourceAttributes())
  const known = new Map<string, TenantAttributes>()
  const start = unixNano(startMs)
  const attributesOf = (tenantId: string): TenantAttributes => {
    const attributes = known.get(tenantId) ?? encodeTenantAttributes(tenantId)
    known.set(tenantId, attributes)
    return attributes
  }
  const message = (atMs: number, metrics: (points: PointWriter) => void): Uint8Array => {
    const points: PointWriter = { writer, start, time: unixNano(atMs) }
    writer.message(1, () => {
      writer.message(1, () => {
        for (const attribute of resource) writer.bytes(1, attribute)
      })
      writer.message(2, () => {
        writer.message(1, () => writer.text(1, PLATFORM_SCOPE))
        metrics(points)
      })
    })
    return writer.take()
  }
  return {
    write: (totals, atMs) => message(atMs, (points) => writeMetrics(points, totals, attributesOf)),
    end: (totals, atMs) => message(atMs, (points) => writeEnds(points, totals, attributesOf)),
  }
}

interface PointWriter {
  readonly writer: ProtoWriter
  readonly start: bigint
  readonly time: bigint
}

function writeMetrics(
  points: PointWriter,
  totals: readonly TenantTotals[],
  attributesOf: (tenantId: string) => TenantAttributes,
): void {
  const { duration, active, cpu, memory, network, storage } = PLATFORM_SIGNALS
  writeMetric(points.writer, duration, 9, null, () => {
    for (const tenant of totals) {
      const attributes = attributesOf(tenant.profile.tenantId)
      for (const kind of RESPONSE_KINDS) {
        if (tenant[kind].count > 0) writeDurationPoint(points, tenant[kind], attributes[kind])
      }
    }
  })
  const sum = (
    signal: { name: string; unit: string },
    monotonic: boolean,
    ...kinds: readonly (readonly [Kind, (tenant: TenantTotals) => number])[]
  ): void =>
    writeMetric(points.writer, signal, 7, monotonic, () => {
      for (const tenant of totals) {
        const attributes = attributesOf(tenant.profile.tenantId)
        for (const [kind, valueOf] of kinds) {
          writeNumberPoint(points, valueOf(tenant), attributes[kind])
        }
      }
    })
  sum(active, false, ['active', (tenant) => tenant.activeRequests])
  sum(cpu, true, ['cpu', (tenant) => tenant.cpuSeconds])
  sum(memory, false, ['memory', (tenant) => tenant.memoryBytes])
  sum(
    network,
    true,
    ['received', (tenant) => tenant.receivedBytes],
    ['sent', (tenant) => tenant.sentBytes],
  )
  sum(storage, false, ['storage', (tenant) => tenant.storedBytes])
}

/** What a restart begins anew: counters go on by their start time. */
function writeEnds(
  points: PointWriter,
  totals: readonly TenantTotals[],
  attributesOf: (tenantId: string) => TenantAttributes,
): void {
  for (const kind of ['active', 'memory', 'storage'] as const) {
    writeMetric(points.writer, PLATFORM_SIGNALS[kind], 7, false, () => {
      for (const { profile } of totals) {
        writeNumberPoint(points, null, attributesOf(profile.tenantId)[kind])
      }
    })
  }
}

/** Units: `dataField` is 7 for a sum, 9 for a histogram. */
function writeMetric(
  writer: ProtoWriter,
  { name, unit }: { name: string; unit: string },
  dataField: number,
  monotonic: boolean | null,
  points: () => void,
): void {
  writer.message(2, () => {
    writer.text(1, name)
    writer.text(3, unit)
    writer.message(dataField, () => {
      points()
      writer.varint(2, CUMULATIVE)
      if (monotonic === true) writer.varint(3, 1)
    })
  })
}

function writeDurationPoint(
  { writer, start, time }: PointWriter,
  { count, sumSeconds, bucketCounts }: DurationTotals,
  attributes: readonly Uint8Array[],
): void {
  writer.message(1, () => {
    writer.fixed64(2, start)
    writer.fixed64(3, time)
    writer.fixed64(4, count)
    writer.double(5, sumSeconds)
    writer.packedFixed64(6, bucketCounts)
    writer.packedDoubles(7, DURATION_BOUNDS)
    for (const attribute of attributes) writer.bytes(9, attribute)
  })
}

/** Without a value it says so in its flags. */
function writeNumberPoint(
  { writer, start, time }: PointWriter,
  value: number | null,
  attributes: readonly Uint8Array[],
): void {
  writer.message(1, () => {
    writer.fixed64(2, start)
    writer.fixed64(3, time)
    if (value === null) writer.varint(8, NO_RECORDED_VALUE)
    else writer.double(4, value)
    for (const attribute of attributes) writer.bytes(7, attribute)
  })
}

function encodeTenantAttributes(tenantId: string): TenantAttributes {
  return {
    served: encodeAttributes(responseAttributes(tenantId, 'served')),
    failed: encodeAttributes(responseAttributes(tenantId, 'failed')),
    turnedAway: encodeAttributes(responseAttributes(tenantId, 'turnedAway')),
    overQuota: encodeAttributes(responseAttributes(tenantId, 'overQuota')),
    active: encodeAttributes(requestAttributes(tenantId)),
    cpu: encodeAttributes(cpuAttributes(tenantId)),
    memory: encodeAttributes(memoryAttributes(tenantId)),
    received: encodeAttributes(networkAttributes(tenantId, 'receive')),
    sent: encodeAttributes(networkAttributes(tenantId, 'transmit')),
    storage: encodeAttributes(storageAttributes(tenantId)),
  }
}

/** Encodes the body of a KeyValue each: `key` 1, `value` 2 with `string_value` 1 or `int_value`
 *  3. */
function encodeAttributes(attributes: Attributes): Uint8Array[] {
  const writer = openProtoWriter()
  return Object.entries(attributes).map(([key, value]) => {
    writer.text(1, key)
    writer.message(2, () => {
      if (typeof value === 'string') writer.text(1, value)
      else writer.varint(3, value)
    })
    return writer.take()
  })
}

function unixNano(atMs: number): bigint {
  return BigInt(atMs) * 1_000_000n
}
