/** Rows of what was rolled out. */
import type { Statement } from 'better-sqlite3'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Database } from '../../../machinery/storage/database.ts'
import type { RollOut, RolledOutFile } from './roll-outs.ts'

const COLUMNS = `
  roll_out_id AS rollOutId, target, at_ms AS atMs, rolled_out_by AS rolledOutBy, note, options,
  hashes`

const INSERT = `
  INSERT INTO artefact_roll_out (
    roll_out_id, target, at_ms, rolled_out_by, note, options, hashes, files
  )
  VALUES (
    :rollOutId, :target, :atMs, :rolledOutBy, :note, :options, :hashes, :files
  )`

const OF_TARGET = `
  SELECT ${COLUMNS}
  FROM artefact_roll_out
  WHERE target = :target
  ORDER BY at_ms DESC, rowid DESC
  LIMIT :limit`

const READ = `
  SELECT ${COLUMNS}, files
  FROM artefact_roll_out
  WHERE roll_out_id = :rollOutId
    AND target = :target`

const DELETE_MOST = `
  DELETE FROM artefact_roll_out
  WHERE roll_out_id IN (
    SELECT roll_out_id
    FROM artefact_roll_out
    WHERE target = :target
    ORDER BY at_ms DESC, rowid DESC
    LIMIT -1 OFFSET :most
  )`

type Parameters = Record<string, string | number | Uint8Array>
type Row = Omit<RollOut, 'options' | 'hashes'> & {
  readonly options: string
  readonly hashes: string
}

export class RollOutStore {
  readonly #insert: Statement<[Parameters]>
  readonly #ofTarget: Statement<[Parameters], Row>
  readonly #read: Statement<[Parameters], Row & { readonly files: Uint8Array }>
  readonly #deleteMost: Statement<[Parameters]>

  constructor(db: Database) {
    this.#insert = db.prepare(INSERT)
    this.#ofTarget = db.prepare(OF_TARGET)
    this.#read = db.prepare(READ)
    this.#deleteMost = db.prepare(DELETE_MOST)
  }

  insertAcrossTenants(rollOut: RollOut, files: readonly RolledOutFile[]): void {
    this.#insert.run({
      ...rollOut,
      options: JSON.stringify(rollOut.options),
      hashes: JSON.stringify(rollOut.hashes),
      files: deflateRawSync(JSON.stringify(files)),
    })
  }

  /** Shape: newest first. */
  ofTargetAcrossTenants(target: string, limit: number): RollOut[] {
    return this.#ofTarget.all({ target, limit }).map(rollOutOf)
  }

  readAcrossTenants(
    target: string,
    rollOutId: string,
  ): { rollOut: RollOut; files: RolledOutFile[] } | undefined {
    const row = this.#read.get({ target, rollOutId })
    if (row === undefined) return undefined
    const { files, ...facts } = row
    const read = JSON.parse(inflateRawSync(files).toString()) as RolledOutFile[]
    return { rollOut: rollOutOf(facts), files: read }
  }

  /** Deletes the oldest of more than `most`. */
  deleteAcrossTenants(target: string, most: number): number {
    return this.#deleteMost.run({ target, most }).changes
  }
}

function rollOutOf({ options, hashes, ...row }: Row): RollOut {
  return {
    ...row,
    options: JSON.parse(options) as RollOut['options'],
    hashes: JSON.parse(hashes) as RollOut['hashes'],
  }
}
