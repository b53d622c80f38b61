/** Rows of loads of past counts. */
import type { Statement } from 'better-sqlite3'
import type { Database } from '../../../machinery/storage/database.ts'
import type { Backfill } from './backfill.ts'
import type { PastOutcome } from './past-counts.ts'

const INSERT = `
  INSERT INTO slo_backfill (
    backfill_id, source, digest, from_ms, to_ms, read_to_ms, begun_at_ms, begun_by, ended_at_ms,
    outcome
  )
  VALUES (
    :backfillId, :source, :digest, :fromMs, :toMs, :readToMs, :begunAtMs, :begunBy, :endedAtMs,
    :outcome
  )`

const UPDATE = `
  UPDATE slo_backfill
  SET to_ms = :toMs, read_to_ms = :readToMs, ended_at_ms = :endedAtMs, outcome = :outcome
  WHERE backfill_id = :backfillId`

const READ_NEWEST = `
  SELECT backfill_id AS backfillId, source, digest, from_ms AS fromMs, to_ms AS toMs,
         read_to_ms AS readToMs, begun_at_ms AS begunAtMs, begun_by AS begunBy,
         ended_at_ms AS endedAtMs, outcome
  FROM slo_backfill
  ORDER BY begun_at_ms DESC, backfill_id DESC
  LIMIT ?`

const DELETE_OLDER = `
  DELETE FROM slo_backfill
  WHERE begun_at_ms < ?`

interface Row extends Omit<Backfill, 'outcome'> {
  readonly outcome: string
}

export class BackfillStore {
  readonly #insert: Statement<[Row]>
  readonly #update: Statement<
    [Pick<Row, 'backfillId' | 'toMs' | 'readToMs' | 'endedAtMs' | 'outcome'>]
  >
  readonly #newest: Statement<[number], Row>
  readonly #deleteOlder: Statement<[number]>

  constructor(db: Database) {
    this.#insert = db.prepare(INSERT)
    this.#update = db.prepare(UPDATE)
    this.#newest = db.prepare(READ_NEWEST)
    this.#deleteOlder = db.prepare(DELETE_OLDER)
  }

  /** Writes a load that has begun, and forgets those that began before an instant. */
  insertAcrossTenants(backfill: Backfill, keptFromMs: number): void {
    this.#insert.run(rowOf(backfill))
    this.#deleteOlder.run(keptFromMs)
  }

  updateAcrossTenants(backfill: Backfill): void {
    const { backfillId, toMs, readToMs, endedAtMs, outcome } = rowOf(backfill)
    this.#update.run({ backfillId, toMs, readToMs, endedAtMs, outcome })
  }

  /** Shape: newest first. */
  newestAcrossTenants(limit: number): Backfill[] {
    return this.#newest.all(limit).map((row) => {
      return { ...row, outcome: JSON.parse(row.outcome) as PastOutcome }
    })
  }
}

function rowOf(backfill: Backfill): Row {
  return { ...backfill, outcome: JSON.stringify(backfill.outcome) }
}
