/**
 * The statements of the metrics stage: what a checkpoint writes and a restart reads, in the shared
 * bulk file.
 */
import type { TenantId } from '../../core/ids.ts'
import { SHARED_FILE } from '../../core/names/bulk-file.ts'
import type { BulkValue, BulkWrite, BulkWriter } from '../../core/ports.ts'
import { DAY_MS, HOUR_MS, SECOND_MS, type TimeRange } from '../../core/time.ts'
import type { Cell } from './cell.ts'
import type { TakenChunk } from './columns.ts'
import { unpackHour, unpackValues, type HourRow } from './pack.ts'
import type { ReceivedBySignal, ReceivedDay } from './received.ts'
import type { StoredResolution } from './retention.ts'
import type { OpenMinute, PackedHour } from './rollup.ts'
import { unpackSpans, type GaugeSpan, type Span } from './span.ts'

const HOUR_SECONDS = HOUR_MS / SECOND_MS
const DAY_SECONDS = DAY_MS / SECOND_MS

const WRITE_STATE = `
  INSERT INTO metrics_state (part, chunk, body)
  VALUES (?, ?, ?)
  ON CONFLICT (part, chunk) DO UPDATE SET body = excluded.body`
const READ_STATE = `
  SELECT chunk, body
  FROM metrics_state
  WHERE part = ?
  ORDER BY chunk`
const WRITE_WORD = `
  INSERT INTO metrics_word (list, number, word)
  VALUES (?, ?, ?)
  ON CONFLICT (list, number) DO UPDATE SET word = excluded.word`
const READ_WORDS = `
  SELECT word
  FROM metrics_word
  WHERE list = ?
  ORDER BY number`
const WRITE_CELL = `
  INSERT INTO metrics_cell
    (tenant_id, cell_id, signal, source, status_class, refusal, le_seconds, layout, feed, scale)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (tenant_id, cell_id) DO NOTHING`
const READ_CELLS = `
  SELECT tenant_id, signal, source, status_class, refusal, le_seconds, layout, feed, scale
  FROM metrics_cell
  ORDER BY cell_id`
const WRITE_ACCOUNT = `
  INSERT INTO metrics_account (name, samples)
  VALUES (?, ?)
  ON CONFLICT (name) DO UPDATE SET samples = excluded.samples`
const READ_ACCOUNTS = 'SELECT name, samples FROM metrics_account'
const WRITE_MINUTE = `
  INSERT INTO rollup_open_minute (minute_end_ms, body)
  VALUES (?, ?)
  ON CONFLICT (minute_end_ms) DO UPDATE SET body = excluded.body`
const READ_MINUTES = 'SELECT minute_end_ms, body FROM rollup_open_minute ORDER BY minute_end_ms'
const DELETE_MINUTE = 'DELETE FROM rollup_open_minute WHERE minute_end_ms = ?'
const WRITE_MINUTE_HOUR = `
  INSERT INTO rollup_minute_hour (tenant_id, hour_end_ms, body)
  VALUES (?, ?, ?)
  ON CONFLICT (tenant_id, hour_end_ms) DO UPDATE SET body = excluded.body`
const READ_MINUTE_HOUR = `
  SELECT body
  FROM rollup_minute_hour
  WHERE tenant_id = ? AND hour_end_ms = ?`
const READ_MINUTE_HOURS = `
  SELECT hour_end_ms, body
  FROM rollup_minute_hour
  WHERE tenant_id = ? AND hour_end_ms > ? AND hour_end_ms <= ?
  ORDER BY hour_end_ms`
const WRITE_SPAN = `
  INSERT INTO rollup_span (tenant_id, span_seconds, span_end_ms, has_range, body)
  VALUES (?, ?, ?, 1, ?)
  ON CONFLICT (tenant_id, span_seconds, span_end_ms) DO UPDATE
  SET has_range = 1, body = excluded.body`
const READ_SPANS = `
  SELECT span_end_ms, has_range, body
  FROM rollup_span
  WHERE tenant_id = ? AND span_seconds = ? AND span_end_ms > ? AND span_end_ms <= ?
  ORDER BY span_end_ms`
const DELETE_SPAN = `
  DELETE FROM rollup_span
  WHERE tenant_id = ? AND span_seconds = ? AND span_end_ms = ?`

const READ_FIRST_SPAN = `
  SELECT span_end_ms AS endMs
  FROM rollup_span
  WHERE tenant_id = ? AND span_seconds = ?
  ORDER BY span_end_ms
  LIMIT 1`
const READ_LAST_SPAN = `
  SELECT span_end_ms AS endMs
  FROM rollup_span
  WHERE tenant_id = ? AND span_seconds = ?
  ORDER BY span_end_ms DESC
  LIMIT 1`
const READ_OLD_MINUTES = `
  SELECT hour_end_ms AS endMs, LENGTH(body) AS bytes
  FROM rollup_minute_hour
  WHERE tenant_id = ? AND hour_end_ms <= ?
  ORDER BY hour_end_ms
  LIMIT ?`
const READ_OLD_SPANS = `
  SELECT span_end_ms AS endMs, LENGTH(body) AS bytes
  FROM rollup_span
  WHERE tenant_id = ? AND span_seconds = ? AND span_end_ms <= ?
  ORDER BY span_end_ms
  LIMIT ?`
const DELETE_OLD_MINUTES = `
  DELETE FROM rollup_minute_hour
  WHERE tenant_id = ? AND hour_end_ms <= ?`
const DELETE_OLD_SPANS = `
  DELETE FROM rollup_span
  WHERE tenant_id = ? AND span_seconds = ? AND span_end_ms <= ?`

export interface StateChunk extends TakenChunk {
  readonly part: string
}

export interface StoredWord {
  readonly list: string
  readonly number: number
  readonly word: string
}

export interface StoredCell {
  readonly cell: Cell
  readonly feed: number
  readonly scale: number
}

/** What one checkpoint writes. */
export interface StoredChanges {
  readonly chunks: readonly StateChunk[]
  readonly words: readonly StoredWord[]
  readonly cells: readonly StoredCell[]
  readonly accounts: Readonly<Record<string, number>>
  readonly minutes: readonly OpenMinute[]
  readonly closedMinutes: readonly number[]
  readonly hours: readonly PackedHour[]
  /** Without a body: the day is to be made anew from its hours. */
  readonly days: readonly PackedDay[]
  readonly receivedDays: readonly ReceivedDay[]
}

export interface PackedDay {
  readonly tenantId: TenantId
  readonly dayEndMs: number
  readonly body: Uint8Array | null
}

export interface StoredHour {
  readonly hourEndMs: number
  readonly rows: HourRow[]
}

export interface StoredSpans {
  readonly endMs: number
  readonly spans: Span[]
}

const WRITE_RECEIVED = `
  INSERT INTO received_day (tenant_id, day_end_ms, body)
  VALUES (?, ?, ?)
  ON CONFLICT (tenant_id, day_end_ms) DO UPDATE SET body = excluded.body`
const READ_RECEIVED = `
  SELECT day_end_ms, body
  FROM received_day
  WHERE tenant_id = ? AND day_end_ms > ? AND day_end_ms <= ?
  ORDER BY day_end_ms`
const READ_OLD_RECEIVED = `
  SELECT day_end_ms AS endMs, LENGTH(body) AS bytes
  FROM received_day
  WHERE tenant_id = ? AND day_end_ms <= ?
  ORDER BY day_end_ms
  LIMIT ?`
const DELETE_OLD_RECEIVED = `
  DELETE FROM received_day
  WHERE tenant_id = ? AND day_end_ms <= ?`
const READ_MINUTE_BYTES = `
  SELECT hour_end_ms AS endMs, LENGTH(body) AS bytes
  FROM rollup_minute_hour
  WHERE tenant_id = ? AND hour_end_ms > ? AND hour_end_ms <= ?`
const READ_SPAN_BYTES = `
  SELECT span_end_ms AS endMs, LENGTH(body) AS bytes
  FROM rollup_span
  WHERE tenant_id = ? AND span_seconds = ? AND span_end_ms > ? AND span_end_ms <= ?`

/** The oldest rows of a tenant that are kept no longer. */
export type OldKind = StoredResolution | 'received'

export interface OldRows {
  readonly tenantId: TenantId
  readonly what: OldKind
  readonly lastEndMs: number
  readonly rows: number
  readonly bytes: number
}

export interface MetricStore {
  readStateAcrossTenants(part: string): { chunk: number; body: Uint8Array }[]
  readWordsAcrossTenants(list: string): string[]
  readCellsAcrossTenants(): { spec: Omit<Cell, 'cellId'>; feed: number; scale: number }[]
  readAccountsAcrossTenants(): { name: string; samples: number }[]
  readMinutesAcrossTenants(): OpenMinute[]
  readHour(tenantId: TenantId, hourEndMs: number): HourRow[]
  /** Shape: whole hours that end in (fromMs, toMs], by time. */
  readHours(tenantId: TenantId, range: TimeRange): StoredHour[]
  /** Shape: spans that end in (fromMs, toMs], by time. */
  readSpans(tenantId: TenantId, spanMs: number, range: TimeRange): StoredSpans[]
  readReceived(tenantId: TenantId, range: TimeRange): ReceivedDay[]
  /** Tells the sizes of all that is stored for hours and days that end in (fromMs, toMs]. */
  readBytes(tenantId: TenantId, range: TimeRange): { endMs: number; bytes: number }[]
  readSpanEnds(tenantId: TenantId, spanMs: number): { firstMs: number; lastMs: number } | null
  /** Tells which rows ended at or before an instant, at most so many. Null for none. */
  readOld(tenantId: TenantId, what: OldKind, beforeMs: number, rowsMost: number): OldRows | null
  /** Deletes what `readOld` told. Each call is one transaction. */
  deleteOldAcrossTenants(old: readonly OldRows[]): Promise<void>
}

/**
 * Turns changes into statements. A minute that was closed and opened again is deleted before it is
 * written.
 */
export function writesAcrossTenants(changes: StoredChanges): BulkWrite[] {
  const { chunks, words, cells, accounts, minutes, closedMinutes, hours, days } = changes
  const { receivedDays } = changes
  const writes: { sql: string; rows: BulkValue[][] }[] = [
    { sql: WRITE_WORD, rows: words.map(({ list, number, word }) => [list, number, word]) },
    { sql: WRITE_CELL, rows: cells.map(cellValues) },
    { sql: WRITE_ACCOUNT, rows: Object.entries(accounts) },
    { sql: DELETE_MINUTE, rows: closedMinutes.map((minuteEndMs) => [minuteEndMs]) },
    { sql: WRITE_MINUTE, rows: minutes.map(({ minuteEndMs, body }) => [minuteEndMs, body]) },
    {
      sql: WRITE_MINUTE_HOUR,
      rows: hours.map((packed) => [packed.tenantId, packed.hourEndMs, packed.minutes]),
    },
    {
      sql: WRITE_SPAN,
      rows: hours.map((packed) => [packed.tenantId, HOUR_SECONDS, packed.hourEndMs, packed.hour]),
    },
    {
      sql: DELETE_SPAN,
      rows: days
        .filter(({ body }) => body === null)
        .map(({ tenantId, dayEndMs }) => [tenantId, DAY_SECONDS, dayEndMs]),
    },
    {
      sql: WRITE_SPAN,
      rows: days
        .filter(({ body }) => body !== null)
        .map(({ tenantId, dayEndMs, body }) => [tenantId, DAY_SECONDS, dayEndMs, body]),
    },
    {
      sql: WRITE_RECEIVED,
      rows: receivedDays.map(({ tenantId, dayEndMs, signals }) => [
        tenantId,
        dayEndMs,
        JSON.stringify(signals),
      ]),
    },
  ]
  return [
    { sql: WRITE_STATE, rows: chunkRows(chunks) },
    ...writes.filter(({ rows }) => rows.length > 0),
  ]
}

/** Chunks are copied as they are read: they are most of a large checkpoint. */
function* chunkRows(chunks: readonly StateChunk[]): Generator<BulkValue[]> {
  for (const chunk of chunks) yield [chunk.part, chunk.index, chunk.bytes()]
}

export function openMetricStore(bulk: BulkWriter): MetricStore {
  return {
    readStateAcrossTenants: (part) => bulk.read(SHARED_FILE, READ_STATE, [part]),
    readWordsAcrossTenants: (list) =>
      bulk.read<{ word: string }>(SHARED_FILE, READ_WORDS, [list]).map(({ word }) => word),
    readCellsAcrossTenants: () => bulk.read<CellRow>(SHARED_FILE, READ_CELLS).map(cellOf),
    readAccountsAcrossTenants: () => bulk.read(SHARED_FILE, READ_ACCOUNTS),
    readMinutesAcrossTenants: () =>
      bulk
        .read<{ minute_end_ms: number; body: Uint8Array }>(SHARED_FILE, READ_MINUTES)
        .map(({ minute_end_ms, body }) => ({ minuteEndMs: minute_end_ms, body })),
    readHour: (tenantId, hourEndMs) => {
      const rows = bulk.read<{ body: Uint8Array }>(SHARED_FILE, READ_MINUTE_HOUR, [
        tenantId,
        hourEndMs,
      ])
      return rows.flatMap(({ body }) => unpackHour(body))
    },
    readHours: (tenantId, { fromMs, toMs }) =>
      bulk
        .read<{ hour_end_ms: number; body: Uint8Array }>(SHARED_FILE, READ_MINUTE_HOURS, [
          tenantId,
          fromMs,
          toMs,
        ])
        .map(({ hour_end_ms, body }) => ({ hourEndMs: hour_end_ms, rows: unpackHour(body) })),
    readSpans: (tenantId, spanMs, { fromMs, toMs }) =>
      bulk
        .read<SpanRow>(SHARED_FILE, READ_SPANS, [tenantId, spanMs / SECOND_MS, fromMs, toMs])
        .map((row) => ({ endMs: row.span_end_ms, spans: spansOf(row) })),
    readSpanEnds: (tenantId, spanMs) => {
      const read = (sql: string): number | undefined =>
        bulk.read<{ endMs: number }>(SHARED_FILE, sql, [tenantId, spanMs / SECOND_MS])[0]?.endMs
      const [firstMs, lastMs] = [read(READ_FIRST_SPAN), read(READ_LAST_SPAN)]
      return firstMs === undefined || lastMs === undefined ? null : { firstMs, lastMs }
    },
    readReceived: (tenantId, { fromMs, toMs }) =>
      bulk
        .read<{ day_end_ms: number; body: string }>(SHARED_FILE, READ_RECEIVED, [
          tenantId,
          fromMs,
          toMs,
        ])
        .map(({ day_end_ms, body }) => ({
          tenantId,
          dayEndMs: day_end_ms,
          signals: JSON.parse(body) as ReceivedBySignal,
        })),
    readBytes: (tenantId, { fromMs, toMs }) => {
      const read = (sql: string, ...spanSeconds: number[]) =>
        bulk.read<{ endMs: number; bytes: number }>(SHARED_FILE, sql, [
          tenantId,
          ...spanSeconds,
          fromMs,
          toMs,
        ])
      return [
        ...read(READ_MINUTE_BYTES),
        ...read(READ_SPAN_BYTES, HOUR_SECONDS),
        ...read(READ_SPAN_BYTES, DAY_SECONDS),
      ]
    },
    readOld: (tenantId, what, beforeMs, rowsMost) => {
      const old = bulk.read<{ endMs: number; bytes: number }>(SHARED_FILE, OLD_ROWS[what].read, [
        tenantId,
        ...OLD_ROWS[what].spanSeconds,
        beforeMs,
        rowsMost,
      ])
      const last = old.at(-1)
      if (last === undefined) return null
      const bytes = old.reduce((sum, row) => sum + row.bytes, 0)
      return { tenantId, what, lastEndMs: last.endMs, rows: old.length, bytes }
    },
    deleteOldAcrossTenants: (old) =>
      bulk.commit({
        file: SHARED_FILE,
        logPosition: null,
        writes: old.map(({ tenantId, what, lastEndMs }) => ({
          sql: OLD_ROWS[what].remove,
          rows: [[tenantId, ...OLD_ROWS[what].spanSeconds, lastEndMs]],
        })),
      }),
  }
}

interface SpanRow {
  readonly span_end_ms: number
  readonly has_range: number
  readonly body: Uint8Array
}

/** What goes when its time is over, and by which statements. */
const OLD_ROWS: Readonly<
  Record<OldKind, { read: string; remove: string; spanSeconds: readonly number[] }>
> = {
  minute: { read: READ_OLD_MINUTES, remove: DELETE_OLD_MINUTES, spanSeconds: [] },
  hour: { read: READ_OLD_SPANS, remove: DELETE_OLD_SPANS, spanSeconds: [HOUR_SECONDS] },
  day: { read: READ_OLD_SPANS, remove: DELETE_OLD_SPANS, spanSeconds: [DAY_SECONDS] },
  received: { read: READ_OLD_RECEIVED, remove: DELETE_OLD_RECEIVED, spanSeconds: [] },
}

/** Hours of the earlier form have a gauge's mean alone: as if one minute had been noted. */
function spansOf({ has_range, body }: SpanRow): Span[] {
  const spans: Span[] = []
  if (has_range === 1) unpackSpans(body, (span) => spans.push(span))
  else unpackValues(body, (cellId, sum) => spans.push({ cellId, sum, gauge: only(sum) }))
  return spans
}

function only(value: number): GaugeSpan {
  return { minutes: 1, min: value, max: value, last: value }
}

interface CellRow {
  readonly tenant_id: TenantId
  readonly signal: Cell['signal']
  readonly source: string
  readonly status_class: Cell['statusClass'] | null
  readonly refusal: Cell['refusal'] | null
  readonly le_seconds: number | null
  readonly layout: string | null
  readonly feed: number
  readonly scale: number
}

function cellOf(row: CellRow) {
  const spec: Omit<Cell, 'cellId'> = {
    tenantId: row.tenant_id,
    signal: row.signal,
    source: row.source,
    ...(row.status_class == null ? {} : { statusClass: row.status_class }),
    ...(row.refusal == null ? {} : { refusal: row.refusal }),
    ...(row.le_seconds === null ? {} : { leSeconds: row.le_seconds }),
    ...(row.layout === null ? {} : { layout: row.layout }),
  }
  return { spec, feed: row.feed, scale: row.scale }
}

function cellValues({ cell, feed, scale }: StoredCell): BulkValue[] {
  const { tenantId, cellId, signal, source, statusClass, refusal, leSeconds, layout } = cell
  const optional = [statusClass ?? null, refusal ?? null, leSeconds ?? null, layout ?? null]
  return [tenantId, cellId, signal, source, ...optional, feed, scale]
}
