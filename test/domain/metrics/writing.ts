/**
 * Writes for the tests of the metrics stage, from plain objects to wire bytes and through the real
 * readers.
 */
import {
  memoryCounters,
  type MemoryCounters,
} from '../../../src/machinery/runtime/memory-counters.ts'
import { openBulkInline } from '../../../src/machinery/storage/bulk-writer.ts'
import { openProtoWriter, type ProtoWriter } from '../../../src/machinery/wire/encode.ts'
import { linearMemory, Stretch } from '../../../src/machinery/wasm/linear-memory.ts'
import { readExportMetrics } from '../../../src/machinery/wire/otlp.ts'
import { readWriteRequest } from '../../../src/machinery/wire/remote-write.ts'
import { parseTenantId, type TenantId } from '../../../src/core/ids.ts'
import type { BulkWriter, Log } from '../../../src/core/ports.ts'
import type { IngestQuotaReader, IngestQuotas } from '../../../src/domain/tenants/tenants.ts'
import type { Cell, Increments } from '../../../src/domain/metrics/cell.ts'
import { NO_QUOTAS } from '../../../src/domain/metrics/admission.ts'
import {
  openMetrics,
  type GivenDimension,
  type Admitted,
  type MetricLimits,
  type Metrics,
  type SeriesRules,
  type Ruling,
  type TenantResolver,
  type WriteContext,
  type WriteOutcome,
} from '../../../src/domain/metrics/metrics.ts'

export type Labels = Readonly<Record<string, string>>

export interface Series {
  readonly labels: Labels
  /** Pairs of time and value; `STALE` ends the series. */
  readonly samples: readonly (readonly [atMs: number, value: number | typeof STALE])[]
}

export const STALE = 'stale'
export const PLATFORM: WriteContext = { boundTenant: null, namedTenant: null }

/** Encodes a remote-write request. Labels are sorted unless told otherwise. */
export function remoteWrite(series: readonly Series[], sorted = true): Uint8Array {
  const writer = openProtoWriter()
  for (const { labels, samples } of series) {
    writer.message(1, () => {
      const entries = Object.entries(labels)
      if (sorted) entries.sort(([a], [b]) => (a < b ? -1 : 1))
      for (const [name, value] of entries) {
        writer.message(1, () => {
          writer.text(1, name)
          writer.text(2, value)
        })
      }
      for (const [atMs, value] of samples) writer.message(2, () => sample(writer, atMs, value))
    })
  }
  return writer.take()
}

function sample(writer: ProtoWriter, atMs: number, value: number | typeof STALE): void {
  if (value === STALE) writer.fixed64(1, 0x7ff0000000000002n)
  else writer.double(1, value)
  writer.varint(2, atMs)
}

export interface OtlpPoint {
  readonly attributes?: Labels
  readonly startMs?: number
  readonly atMs: number
  readonly value?: number
  readonly count?: number
  readonly sum?: number
  readonly buckets?: readonly number[]
  readonly bounds?: readonly number[]
  /** Of an exponential histogram, whose buckets begin at index 0. */
  readonly scale?: number
}

export interface OtlpMetric {
  readonly name: string
  readonly unit?: string
  readonly kind: 'gauge' | 'sum' | 'histogram' | 'exponential-histogram'
  readonly temporality?: 1 | 2
  readonly monotonic?: boolean
  readonly points: readonly OtlpPoint[]
}

const DATA_FIELDS = { gauge: 5, sum: 7, histogram: 9, 'exponential-histogram': 10 }

/** Encodes an OTLP export of one resource. Attributes keep their order. */
export function otlp(resource: Labels, metrics: readonly OtlpMetric[]): Uint8Array {
  const writer = openProtoWriter()
  writer.message(1, () => {
    writer.message(1, () => attributes(writer, 1, resource))
    writer.message(2, () => {
      for (const metric of metrics) writer.message(2, () => otlpMetric(writer, metric))
    })
  })
  return writer.take()
}

function otlpMetric(writer: ProtoWriter, metric: OtlpMetric): void {
  writer.text(1, metric.name)
  if (metric.unit !== undefined) writer.text(3, metric.unit)
  writer.message(DATA_FIELDS[metric.kind], () => {
    for (const point of metric.points) {
      writer.message(1, () => {
        if (metric.kind === 'histogram') histogramPoint(writer, point)
        else if (metric.kind === 'exponential-histogram') exponentialPoint(writer, point)
        else numberPoint(writer, point)
      })
    }
    if (metric.kind !== 'gauge') writer.varint(2, metric.temporality ?? 2)
    if (metric.kind === 'sum') writer.varint(3, metric.monotonic === false ? 0 : 1)
  })
}

function times(writer: ProtoWriter, { startMs, atMs }: OtlpPoint): void {
  if (startMs !== undefined) writer.fixed64(2, BigInt(startMs) * 1_000_000n)
  writer.fixed64(3, BigInt(atMs) * 1_000_000n)
}

function numberPoint(writer: ProtoWriter, point: OtlpPoint): void {
  times(writer, point)
  writer.double(4, point.value ?? 0)
  attributes(writer, 7, point.attributes ?? {})
}

function histogramPoint(writer: ProtoWriter, point: OtlpPoint): void {
  times(writer, point)
  writer.fixed64(4, point.count ?? 0)
  if (point.sum !== undefined) writer.double(5, point.sum)
  writer.packedFixed64(6, point.buckets ?? [])
  writer.packedDoubles(7, point.bounds ?? [])
  attributes(writer, 9, point.attributes ?? {})
}

function exponentialPoint(writer: ProtoWriter, point: OtlpPoint): void {
  const { buckets = [], scale = 0 } = point
  times(writer, point)
  writer.fixed64(
    4,
    buckets.reduce((sum, count) => sum + count, 0),
  )
  writer.varint(6, scale < 0 ? -2 * scale - 1 : 2 * scale)
  writer.message(8, () => {
    for (const count of buckets) writer.varint(2, count)
  })
  attributes(writer, 1, point.attributes ?? {})
}

function attributes(writer: ProtoWriter, field: number, labels: Labels): void {
  for (const [key, value] of Object.entries(labels)) {
    writer.message(field, () => {
      writer.text(1, key)
      writer.message(2, () => writer.text(1, value))
    })
  }
}

/** A registry of tenants whose ids are all text that is one, and aliases that a test may add. */
export function fakeResolver(known: (text: string) => boolean = () => true) {
  const aliases = new Map<string, TenantId>()
  let generation = 1
  const resolver: TenantResolver = {
    resolve: (text) => aliases.get(text) ?? (known(text) ? parseTenantId(text) : undefined),
    generation: () => generation,
  }
  const alias = (text: string, tenantId: TenantId): void => {
    aliases.set(text, tenantId)
    generation += 1
  }
  return { resolver, alias }
}

/** The same quotas for every tenant. */
export function fakeQuotas(quotas: Partial<IngestQuotas>): IngestQuotaReader {
  let generation = 0
  return {
    of: (tenantId) => ({ ...NO_QUOTAS.of(tenantId), ...quotas }),
    generation: () => (generation += 1),
  }
}

export const silentLog: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
}

export interface Bench {
  readonly metrics: Metrics
  readonly bulk: BulkWriter
  readonly counters: MemoryCounters
  readonly alias: (text: string, tenantId: TenantId) => void
  write(bytes: Uint8Array, receivedAtMs: number, context?: WriteContext): WriteOutcome
  /** The same from the log: the registry is not asked. */
  replay(bytes: Uint8Array, receivedAtMs: number): WriteOutcome
  writeOtlp(bytes: Uint8Array, receivedAtMs: number, context?: WriteContext): WriteOutcome
  /** Writes as the edge does: what quotas refuse is left out, or all of it is refused. */
  offer(
    bytes: Uint8Array,
    receivedAtMs: number,
    options?: { context?: WriteContext; ruling?: Ruling },
  ): { admitted: Admitted; outcome: WriteOutcome }
  /** Drains and adds up what each cell gained, by a short name of the cell. */
  gains(nowMs?: number): Record<string, number>
}

const stretch = new Stretch()

/** Half of the messages lie where they are uncompressed, and are walked in batches. */
function inPlace(bytes: Uint8Array): Uint8Array {
  if (bytes.length % 2 === 0) return bytes
  stretch.reserve(bytes.length)
  linearMemory.bytes.set(bytes, stretch.at)
  return linearMemory.bytes.subarray(stretch.at, stretch.at + bytes.length)
}

/** Opens a metrics stage over an in-memory bulk file. */
export function openBench(
  options: {
    userLabels?: readonly string[]
    limits?: Partial<MetricLimits>
    bulk?: BulkWriter
    known?: (text: string) => boolean
    rules?: SeriesRules
    dimensions?: readonly GivenDimension[]
    /** Instead of one that knows every name that is an id. */
    resolver?: TenantResolver
    /** Of every tenant; the rest as without quotas. May be changed while the bench runs. */
    quotas?: Partial<IngestQuotas>
  } = {},
): Bench {
  const bulk = options.bulk ?? openBulkInline({ directory: ':memory:' })
  const { resolver: fake, alias } = fakeResolver(options.known)
  const resolver = options.resolver ?? fake
  const counters = memoryCounters()
  const metrics = openMetrics({
    resolver,
    ...(options.quotas ? { quotas: fakeQuotas(options.quotas) } : {}),
    bulk,
    counters,
    log: silentLog,
    ...(options.userLabels ? { userLabels: options.userLabels } : {}),
    ...(options.limits ? { limits: options.limits } : {}),
    ...(options.rules ? { rules: options.rules } : {}),
    thresholdsSeconds: [0.3],
    dimensions: options.dimensions ?? [{ name: 'route' }, { name: 'version' }],
  })
  return {
    metrics,
    bulk,
    counters,
    alias,
    write(given, receivedAtMs, context = PLATFORM) {
      const bytes = inPlace(given)
      const staged = metrics.stage(context, bytes, { receivedAtMs })
      readWriteRequest(bytes, staged)
      return staged.apply(receivedAtMs)
    },
    replay(given, receivedAtMs) {
      const bytes = inPlace(given)
      const staged = metrics.stage(PLATFORM, bytes, { isReplay: true })
      readWriteRequest(bytes, staged)
      return staged.apply(receivedAtMs)
    },
    writeOtlp(bytes, receivedAtMs, context = PLATFORM) {
      const staged = metrics.stage(context, undefined, { receivedAtMs })
      readExportMetrics(bytes, staged)
      return staged.apply(receivedAtMs)
    },
    offer(bytes, receivedAtMs, { context = PLATFORM, ruling } = {}) {
      const staged = metrics.stage(
        context,
        bytes,
        ruling ? { receivedAtMs, ruling } : { receivedAtMs },
      )
      readWriteRequest(bytes, staged)
      const admitted = staged.admit()
      return { admitted, outcome: staged.apply(receivedAtMs) }
    },
    gains(nowMs = 0) {
      return gainsByName(metrics.cells(), metrics.drain(nowMs))
    },
  }
}

export function gainsByName(
  cells: readonly Cell[],
  increments: Increments,
): Record<string, number> {
  const gains: Record<string, number> = {}
  for (let index = 0; index < increments.count; index += 1) {
    const name = cellName(cells[increments.cellIds[index]!]!)
    gains[name] = (gains[name] ?? 0) + increments.amounts[index]!
  }
  return gains
}

/** Adds up what each facet gained, by its cell and its values, such as `acme requests 5xx /a -`. */
export function facetGainsByName(
  cells: readonly Cell[],
  { byFacet }: Increments,
): Record<string, number> {
  const gains: Record<string, number> = {}
  for (let index = 0; index < byFacet!.count; index += 1) {
    const values = byFacet!.values[index]!.map((value) => value ?? '-').join(' ')
    const name = `${cellName(cells[byFacet!.cellIds[index]!]!)} ${values}`
    gains[name] = (gains[name] ?? 0) + byFacet!.amounts[index]!
  }
  return gains
}

/** Worked: `acme requests 5xx`, `acme requests 5xx 503`, `acme duration 0.25`. */
export function cellName({ tenantId, signal, statusClass, refusal, leSeconds }: Cell): string {
  return [tenantId, signal, statusClass ?? leSeconds, refusal]
    .filter((part) => part !== undefined)
    .join(' ')
}
