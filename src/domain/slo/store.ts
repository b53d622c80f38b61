/** The SLO engine's rows in the bulk file: slots, pages, columns, history. The only SQL of this
 *  folder. */
import type { SloId, TenantId } from '../../core/ids.ts'
import { SHARED_FILE } from '../../core/names/bulk-file.ts'
import type { BulkValue, BulkWrite, BulkWriter } from '../../core/ports.ts'
import type { PageKind } from './page-rings.ts'
import type { Estimate } from './slots.ts'

const PUT_SLOT = `
  INSERT INTO slo_slot (tenant_id, slo_id, estimate, page, place, since_tick, rule, ruled_from_minute)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (tenant_id, slo_id, estimate) DO UPDATE
  SET page = excluded.page,
      place = excluded.place,
      since_tick = excluded.since_tick,
      rule = excluded.rule,
      ruled_from_minute = excluded.ruled_from_minute`

const PUT_PAGE = `
  INSERT INTO slo_page (
    page, kind, plan, used, head_tick, sealed_hour, settled_ticks, raised, ahead, calendar,
    first_ticks, loaded_ticks, recounted_ticks
  )
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (page) DO UPDATE
  SET used = excluded.used,
      head_tick = excluded.head_tick,
      sealed_hour = excluded.sealed_hour,
      settled_ticks = excluded.settled_ticks,
      raised = excluded.raised,
      ahead = excluded.ahead,
      calendar = excluded.calendar,
      first_ticks = excluded.first_ticks,
      loaded_ticks = excluded.loaded_ticks,
      recounted_ticks = excluded.recounted_ticks`

const PUT_COLUMN = `
  INSERT INTO slo_column (page, ring, place, bucket, used, counts)
  VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (page, ring, place) DO UPDATE
  SET bucket = excluded.bucket, used = excluded.used, counts = excluded.counts`

const PUT_SPARK = `
  INSERT INTO slo_spark (page, place, minute, burns)
  VALUES (?, ?, ?, ?)
  ON CONFLICT (page, place) DO UPDATE
  SET minute = excluded.minute, burns = excluded.burns`

const APPEND_HISTORY = `
  INSERT INTO slo_history (tenant_id, slo_id, estimate, step_seconds, stretch, counts)
  VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (tenant_id, slo_id, estimate, step_seconds, stretch) DO UPDATE
  SET counts = CAST(counts || excluded.counts AS BLOB)`

const DELETE_HISTORY = `
  DELETE FROM slo_history
  WHERE step_seconds = ?
    AND stretch < ?`

const READ_SLOTS = `
  SELECT tenant_id AS tenantId, slo_id AS sloId, estimate, page, place, since_tick AS sinceTick, rule,
         ruled_from_minute AS ruledFromMinute
  FROM slo_slot
  ORDER BY page, place`

const READ_PAGES = `
  SELECT page, kind, plan, used, head_tick AS headTick, sealed_hour AS sealedHour,
         settled_ticks AS settledTicks, raised, ahead, calendar, first_ticks AS firstTicks,
         loaded_ticks AS loadedTicks, recounted_ticks AS recountedTicks
  FROM slo_page
  ORDER BY page`

const READ_COLUMNS = `
  SELECT ring, place, bucket, used, counts
  FROM slo_column
  WHERE page = ?`

const READ_SPARKS = `
  SELECT page, place, minute, burns
  FROM slo_spark`

const PUT_CHECKPOINT = `
  UPDATE slo_checkpoint
  SET number = ?`

const READ_CHECKPOINT = `
  SELECT number
  FROM slo_checkpoint`

const READ_HISTORY = `
  SELECT
    (SELECT number FROM slo_checkpoint) AS checkpoint,
    (
      SELECT counts
      FROM slo_history
      WHERE tenant_id = ?
        AND slo_id = ?
        AND estimate = ?
        AND step_seconds = ?
        AND stretch = ?
    ) AS counts`

const READ_FIRST_STRETCHES = `
  SELECT tenant_id AS tenantId, slo_id AS sloId, MIN(stretch) AS stretch
  FROM slo_history
  WHERE step_seconds = ?
  GROUP BY tenant_id, slo_id`

const DELETE_LOADED = `
  DELETE FROM slo_loaded
  WHERE tenant_id = ?
    AND slo_id = ?`

const PUT_LOADED = `
  INSERT INTO slo_loaded (tenant_id, slo_id, from_tick, to_tick)
  VALUES (?, ?, ?, ?)`

const READ_LOADED = `
  SELECT tenant_id AS tenantId, slo_id AS sloId, from_tick AS fromTick, to_tick AS toTick
  FROM slo_loaded
  ORDER BY tenant_id, slo_id, from_tick`

const PUT_BREAKDOWN = `
  INSERT INTO slo_breakdown (tenant_id, bucket_end_ms, counts)
  VALUES (?, ?, ?)
  ON CONFLICT (tenant_id, bucket_end_ms) DO UPDATE SET counts = excluded.counts`

const DELETE_BREAKDOWN = `
  DELETE FROM slo_breakdown
  WHERE bucket_end_ms <= ?`

const READ_BREAKDOWN = `
  SELECT tenant_id AS tenantId, bucket_end_ms AS endMs, counts
  FROM slo_breakdown
  ORDER BY bucket_end_ms`

export interface StoredSlot {
  readonly tenantId: TenantId
  readonly sloId: SloId
  readonly estimate: Estimate
  readonly page: number
  readonly place: number
  readonly sinceTick: number
  readonly rule: string
  readonly ruledFromMinute: number
}

export interface StoredPage {
  readonly page: number
  readonly kind: PageKind
  /** The key of its windows. */
  readonly plan: string
  readonly used: number
  readonly headTick: number
  readonly sealedHour: number
  readonly settledTicks: Uint8Array
  readonly raised: Uint8Array
  readonly ahead: Uint8Array
  /** What the calendar's present periods hold. Empty where the period is a span. */
  readonly calendar: Uint8Array
  /** Empty where it was not noted yet. */
  readonly firstTicks: Uint8Array
  /** Empty where nothing was loaded. */
  readonly loadedTicks: Uint8Array
  /** Empty where nothing was counted again for the worse. */
  readonly recountedTicks: Uint8Array
}

/** A stretch of the past that was loaded: (fromTick, toTick]. */
export interface StoredLoad {
  readonly tenantId: TenantId
  readonly sloId: SloId
  readonly fromTick: number
  readonly toTick: number
}

/** All that was loaded of an SLO. */
export interface LoadedRows {
  readonly tenantId: TenantId
  readonly sloId: SloId
  readonly ranges: readonly { readonly fromTick: number; readonly toTick: number }[]
}

export interface StoredColumn {
  readonly ring: number
  readonly place: number
  readonly bucket: number
  readonly used: number
  readonly counts: Uint8Array
}

/** The worst burn of each tenant of a page in one minute: floats of four bytes. */
export interface StoredSpark {
  readonly page: number
  readonly place: number
  /** Minutes since the epoch. */
  readonly minute: number
  readonly burns: Uint8Array
}

export interface HistoryKey {
  readonly sloId: SloId
  readonly estimate: Estimate
  readonly stepSeconds: number
  /** The hours since the epoch, divided by the hours of a row. */
  readonly stretch: number
}

export interface StoredHistory extends HistoryKey {
  readonly tenantId: TenantId
  readonly counts: Uint8Array
}

export interface SloRows {
  /** Of the checkpoint that the rows are of. */
  readonly checkpoint: number
  readonly slots: readonly StoredSlot[]
  readonly pages: readonly StoredPage[]
  readonly columns: readonly (StoredColumn & { readonly page: number })[]
  readonly sparks: readonly StoredSpark[]
  readonly history: readonly StoredHistory[]
  /** In place of what was loaded of these SLOs. */
  readonly loaded: readonly LoadedRows[]
  /** History older than a stretch, by step. */
  readonly expired: readonly { readonly stepSeconds: number; readonly beforeStretch: number }[]
}

/** Turns rows into the writes of a checkpoint. Shape: statements without rows are left out. */
export function writesAcrossTenants(rows: SloRows): BulkWrite[] {
  const writes: { sql: string; rows: BulkValue[][] }[] = [
    { sql: PUT_CHECKPOINT, rows: [[rows.checkpoint]] },
    {
      sql: PUT_SLOT,
      rows: rows.slots.map((slot) => [
        slot.tenantId,
        slot.sloId,
        slot.estimate,
        slot.page,
        slot.place,
        slot.sinceTick,
        slot.rule,
        slot.ruledFromMinute,
      ]),
    },
    {
      sql: PUT_PAGE,
      rows: rows.pages.map((page) => [
        page.page,
        page.kind,
        page.plan,
        page.used,
        page.headTick,
        page.sealedHour,
        page.settledTicks,
        page.raised,
        page.ahead,
        page.calendar,
        page.firstTicks,
        page.loadedTicks,
        page.recountedTicks,
      ]),
    },
    {
      sql: PUT_COLUMN,
      rows: rows.columns.map((column) => [
        column.page,
        column.ring,
        column.place,
        column.bucket,
        column.used,
        column.counts,
      ]),
    },
    {
      sql: PUT_SPARK,
      rows: rows.sparks.map(({ page, place, minute, burns }) => [page, place, minute, burns]),
    },
    {
      sql: APPEND_HISTORY,
      rows: rows.history.map((row) => [
        row.tenantId,
        row.sloId,
        row.estimate,
        row.stepSeconds,
        row.stretch,
        row.counts,
      ]),
    },
    { sql: DELETE_LOADED, rows: rows.loaded.map(({ tenantId, sloId }) => [tenantId, sloId]) },
    {
      sql: PUT_LOADED,
      rows: rows.loaded.flatMap(({ tenantId, sloId, ranges }) =>
        ranges.map(({ fromTick, toTick }) => [tenantId, sloId, fromTick, toTick]),
      ),
    },
    {
      sql: DELETE_HISTORY,
      rows: rows.expired.map(({ stepSeconds, beforeStretch }) => [stepSeconds, beforeStretch]),
    },
  ]
  return writes.filter((write) => write.rows.length > 0)
}

export function readSlotsAcrossTenants(bulk: BulkWriter): StoredSlot[] {
  return bulk.read<StoredSlot>(SHARED_FILE, READ_SLOTS)
}

export function readPagesAcrossTenants(bulk: BulkWriter): StoredPage[] {
  return bulk.read<StoredPage>(SHARED_FILE, READ_PAGES)
}

export function readColumnsAcrossTenants(bulk: BulkWriter, page: number): StoredColumn[] {
  return bulk.read<StoredColumn>(SHARED_FILE, READ_COLUMNS, [page])
}

export function readSparksAcrossTenants(bulk: BulkWriter): StoredSpark[] {
  return bulk.read<StoredSpark>(SHARED_FILE, READ_SPARKS)
}

export function readLoadedAcrossTenants(bulk: BulkWriter): StoredLoad[] {
  return bulk.read<StoredLoad>(SHARED_FILE, READ_LOADED)
}

/** Reads in which stretch the history of each SLO begins. */
export function readFirstStretchesAcrossTenants(
  bulk: BulkWriter,
  stepSeconds: number,
): { readonly tenantId: TenantId; readonly sloId: SloId; readonly stretch: number }[] {
  return bulk.read(SHARED_FILE, READ_FIRST_STRETCHES, [stepSeconds])
}

/** Reads which checkpoint was written last. */
export function readCheckpointAcrossTenants(bulk: BulkWriter): number {
  return bulk.read<{ number: number }>(SHARED_FILE, READ_CHECKPOINT)[0]?.number ?? 0
}

/** A stretch of a slot's history, and the checkpoint that had been written when it was read. */
export interface ReadHistory {
  /** Empty when nothing was counted in it. */
  readonly counts: Uint8Array
  readonly checkpoint: number
}

/** Reads one stretch of a slot's history as it is stored. */
export function readHistory(tenantId: TenantId, key: HistoryKey, bulk: BulkWriter): ReadHistory {
  const { sloId, estimate, stepSeconds, stretch } = key
  const parameters = [tenantId, sloId, estimate, stepSeconds, stretch]
  const [row] = bulk.read<{ counts: Uint8Array | null; checkpoint: number | null }>(
    SHARED_FILE,
    READ_HISTORY,
    parameters,
  )
  return { counts: row?.counts ?? new Uint8Array(0), checkpoint: row?.checkpoint ?? 0 }
}

/** What one tenant counted in a bucket by dimension, packed. */
export interface StoredBreakdown {
  readonly tenantId: TenantId
  readonly endMs: number
  readonly counts: string
}

/** Turns rows into writes, and deletes those that end at an instant or before. */
export function breakdownWritesAcrossTenants(
  rows: Iterable<StoredBreakdown>,
  goneMs: number,
): BulkWrite[] {
  return [
    { sql: PUT_BREAKDOWN, rows: breakdownValues(rows) },
    { sql: DELETE_BREAKDOWN, rows: goneMs > 0 ? [[goneMs]] : [] },
  ]
}

function* breakdownValues(rows: Iterable<StoredBreakdown>): Generator<BulkValue[]> {
  for (const { tenantId, endMs, counts } of rows) yield [tenantId, endMs, counts]
}

export function readBreakdownAcrossTenants(bulk: BulkWriter): StoredBreakdown[] {
  return bulk.read<StoredBreakdown>(SHARED_FILE, READ_BREAKDOWN)
}
