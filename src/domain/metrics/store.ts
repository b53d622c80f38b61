/**
 * The statements of the metrics stage: what a checkpoint writes and a restart reads, in the shared
 * bulk file.
 */
import type { TenantId } from '../../core/ids.ts'
import { SHARED_FILE } from '../../core/names/bulk-file.ts'
import type { BulkValue, BulkWrite, BulkWriter } from '../../core/ports.ts'
import type { Cell } from './cell.ts'
import { unpackHour, type HourRow } from './pack.ts'
import type { OpenMinute, PackedHour } from './rollup.ts'

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
  ON CONFLICT (list, number) DO NOTHING`
const READ_WORDS = `
  SELECT word
  FROM metrics_word
  WHERE list = ?
  ORDER BY number`
const WRITE_CELL = `
  INSERT INTO metrics_cell
    (tenant_id, cell_id, signal, source, status_class, le_seconds, layout, feed, scale)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (tenant_id, cell_id) DO NOTHING`
const READ_CELLS = `
  SELECT tenant_id, signal, source, status_class, le_seconds, layout, feed, scale
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
const WRITE_HOUR = `
  INSERT INTO rollup_hour (tenant_id, hour_end_ms, body)
  VALUES (?, ?, ?)
  ON CONFLICT (tenant_id, hour_end_ms) DO UPDATE SET body = excluded.body`

export interface StateChunk {
  readonly part: string
  readonly index: number
  readonly bytes: Uint8Array
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
}

export interface MetricStore {
  readStateAcrossTenants(part: string): { chunk: number; body: Uint8Array }[]
  readWordsAcrossTenants(list: string): string[]
  readCellsAcrossTenants(): { spec: Omit<Cell, 'cellId'>; feed: number; scale: number }[]
  readAccountsAcrossTenants(): { name: string; samples: number }[]
  readMinutesAcrossTenants(): OpenMinute[]
  readHour(tenantId: TenantId, hourEndMs: number): HourRow[]
}

/**
 * Turns changes into statements. A minute that was closed and opened again is deleted before it is
 * written.
 */
export function writesAcrossTenants(changes: StoredChanges): BulkWrite[] {
  const { chunks, words, cells, accounts, minutes, closedMinutes, hours } = changes
  const writes: { sql: string; rows: BulkValue[][] }[] = [
    { sql: WRITE_STATE, rows: chunks.map(({ part, index, bytes }) => [part, index, bytes]) },
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
      sql: WRITE_HOUR,
      rows: hours.map((packed) => [packed.tenantId, packed.hourEndMs, packed.hour]),
    },
  ]
  return writes.filter(({ rows }) => rows.length > 0)
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
  }
}

interface CellRow {
  readonly tenant_id: TenantId
  readonly signal: Cell['signal']
  readonly source: string
  readonly status_class: Cell['statusClass'] | null
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
    ...(row.le_seconds === null ? {} : { leSeconds: row.le_seconds }),
    ...(row.layout === null ? {} : { layout: row.layout }),
  }
  return { spec, feed: row.feed, scale: row.scale }
}

function cellValues({ cell, feed, scale }: StoredCell): BulkValue[] {
  const { tenantId, cellId, signal, source, statusClass, leSeconds, layout } = cell
  const optional = [statusClass ?? null, leSeconds ?? null, layout ?? null]
  return [tenantId, cellId, signal, source, ...optional, feed, scale]
}
