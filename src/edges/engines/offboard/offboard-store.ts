/** Rows of tenants that are got out of engines, and how far that is. */
import type { Statement } from 'better-sqlite3'
import type { TenantId } from '../../../core/ids.ts'
import type { Database } from '../../../machinery/storage/database.ts'
import type { Offboard, OffboardedStep } from './offboard.ts'

type Parameters = Record<string, string | number | null>

interface OffboardRow extends Omit<Offboard, 'steps'> {
  readonly steps: string
}

export class OffboardStore {
  readonly #put: Statement<[Parameters]>
  readonly #find: Statement<[Parameters], OffboardRow>
  readonly #ofEngine: Statement<[Parameters], OffboardRow>
  readonly #open: Statement<[], OffboardRow>

  constructor(db: Database) {
    this.#put = db.prepare(PUT)
    this.#find = db.prepare(`${COLUMNS} WHERE tenant_id = :tenantId AND engine = :engine`)
    this.#ofEngine = db.prepare(`${COLUMNS} WHERE engine = :engine ${NEWEST_FIRST}`)
    this.#open = db.prepare(`${COLUMNS} WHERE ended_at_ms IS NULL ${NEWEST_FIRST}`)
  }

  put(tenantId: TenantId, offboard: Offboard): void {
    this.#put.run({ ...offboard, tenantId, steps: JSON.stringify(offboard.steps) })
  }

  find(tenantId: TenantId, engine: string): Offboard | undefined {
    const row = this.#find.get({ tenantId, engine })
    return row && offboardOf(row)
  }

  /** Shape: newest first. */
  listAcrossTenants(engine: string): Offboard[] {
    return this.#ofEngine.all({ engine }).map(offboardOf)
  }

  openAcrossTenants(): Offboard[] {
    return this.#open.all().map(offboardOf)
  }
}

function offboardOf({ steps, ...row }: OffboardRow): Offboard {
  return { ...row, steps: JSON.parse(steps) as OffboardedStep[] }
}

const PUT = `
  INSERT INTO engine_offboard (tenant_id, engine, begun_at_ms, begun_by, ended_at_ms, steps)
  VALUES (:tenantId, :engine, :begunAtMs, :begunBy, :endedAtMs, :steps)
  ON CONFLICT (tenant_id, engine) DO UPDATE
  SET begun_at_ms = excluded.begun_at_ms,
      begun_by = excluded.begun_by,
      ended_at_ms = excluded.ended_at_ms,
      steps = excluded.steps`

const COLUMNS = `
  SELECT tenant_id AS tenantId, engine, begun_at_ms AS begunAtMs, begun_by AS begunBy,
         ended_at_ms AS endedAtMs, steps
  FROM engine_offboard`

const NEWEST_FIRST = 'ORDER BY begun_at_ms DESC, tenant_id'
