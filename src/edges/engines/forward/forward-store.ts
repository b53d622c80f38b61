/** Rows of how far each target has come, and of what was dropped for it. */
import type { Statement } from 'better-sqlite3'
import type { TenantId } from '../../../core/ids.ts'
import type { Database } from '../../../machinery/storage/database.ts'
import type { ForwardStart } from './forward-protocol.ts'

interface PositionRow {
  position: number
  registry: Uint8Array
  clusters: string
}

export interface DroppedRow {
  readonly target: string
  readonly tenantId: TenantId
  readonly samples: number
  readonly lastAtMs: number
}

type Parameters = Record<string, string | number | Uint8Array>

export class ForwardStore {
  readonly #read: Statement<[string], PositionRow>
  readonly #put: Statement<[Parameters]>
  readonly #move: Statement<[Parameters]>
  readonly #drop: Statement<[Parameters]>
  readonly #dropped: Statement<[], DroppedRow>

  constructor(db: Database) {
    this.#read = db.prepare(READ)
    this.#put = db.prepare(PUT)
    this.#move = db.prepare(MOVE)
    this.#drop = db.prepare(DROP)
    this.#dropped = db.prepare(DROPPED)
  }

  /** Tells where a target goes on. Undefined for one that is new. */
  startOfAcrossTenants(target: string): ForwardStart | undefined {
    const row = this.#read.get(target)
    if (row === undefined) return undefined
    const { position, registry, clusters } = row
    return { position, state: { registry: new Uint8Array(registry), clusters } }
  }

  putAcrossTenants(target: string, { position, state }: ForwardStart, nowMs: number): void {
    const { registry, clusters } = state
    this.#put.run({ target, position, registry: Buffer.from(registry), clusters, nowMs })
  }

  /** Moves on; what is known stays as it is. */
  moveAcrossTenants(target: string, position: number, nowMs: number): void {
    this.#move.run({ target, position, nowMs })
  }

  /** Counts samples of a tenant that were dropped. */
  addDropped(tenantId: TenantId, target: string, samples: number, nowMs: number): void {
    this.#drop.run({ tenantId, target, samples, nowMs })
  }

  /** Shape: the most first. */
  droppedAcrossTenants(): DroppedRow[] {
    return this.#dropped.all()
  }
}

const READ = `
  SELECT position, registry, clusters
  FROM forward_position
  WHERE target = ?`

const PUT = `
  INSERT INTO forward_position (target, position, registry, clusters, updated_at_ms)
  VALUES (:target, :position, :registry, :clusters, :nowMs)
  ON CONFLICT (target) DO UPDATE
  SET position = excluded.position,
      registry = excluded.registry,
      clusters = excluded.clusters,
      updated_at_ms = excluded.updated_at_ms`

const MOVE = `
  UPDATE forward_position
  SET position = :position,
      updated_at_ms = :nowMs
  WHERE target = :target`

const DROP = `
  INSERT INTO forward_dropped (tenant_id, target, samples, last_at_ms)
  VALUES (:tenantId, :target, :samples, :nowMs)
  ON CONFLICT (tenant_id, target) DO UPDATE
  SET samples = samples + excluded.samples,
      last_at_ms = excluded.last_at_ms`

const DROPPED = `
  SELECT target, tenant_id AS tenantId, samples, last_at_ms AS lastAtMs
  FROM forward_dropped
  ORDER BY samples DESC, target, tenant_id`
