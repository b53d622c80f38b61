/**
 * Reads the log back into the counts after a start: the same steps as a live write, with the time
 * at which it was received and what quotas refused of it then.
 */
import { TenantryError } from '../../core/errors.ts'
import type { Log } from '../../core/ports.ts'
import type { Metrics, StagedWrite } from '../../domain/metrics/metrics.ts'
import type { LogRecord, WriteAheadLog } from '../../machinery/storage/wal.ts'
import { INGEST_ERRORS } from './errors.ts'
import { decodeRecordContext } from './record-context.ts'
import { DECISIONS_KIND, recordKindOf, REFUSED_SERIES_KIND } from './record-kind.ts'
import { stageMessage } from './stage-message.ts'
import { uncompress } from './uncompress.ts'

export interface Replayed {
  readonly records: number
  readonly samples: number
  /** Records that could not be counted, as they could not on receipt; see `accept.ts`. */
  readonly failed: number
}

export interface ReplayDeps {
  readonly metrics: Pick<Metrics, 'stage' | 'learn'>
  readonly log: Pick<WriteAheadLog, 'records'>
  readonly logger: Log
}

/**
 * Replays every record from a position on. Nothing is counted as ingested again: that was done when
 * it was received.
 * Throws LOG_RECORD_UNREADABLE, naming the position: a record that was accepted can only be
 * unreadable to another version.
 */
export function replayLog({ metrics, log, logger }: ReplayDeps, fromPosition: number): Replayed {
  let records = 0
  let samples = 0
  let failed = 0
  for (const record of log.records(fromPosition)) {
    records += 1
    if (record.kind === DECISIONS_KIND) {
      learn(metrics, record)
      continue
    }
    if (record.kind === REFUSED_SERIES_KIND) continue
    const stage = stageRecord(metrics, record)
    try {
      stage.admit()
      samples += stage.apply(record.receivedAtMs).received
    } catch (error) {
      failed += 1
      const { startPosition } = record
      logger.error({ err: error, startPosition }, 'a log record could not be counted: passed over')
    }
  }
  return { records, samples, failed }
}

function stageRecord(metrics: Pick<Metrics, 'stage'>, record: LogRecord): StagedWrite {
  const kind = recordKindOf(record.kind)
  const context = decodeRecordContext(record.context)
  if (kind === undefined) throw unreadable(record, `kind ${record.kind} is unknown`)
  if (context === undefined) throw unreadable(record, 'its context is unknown')
  try {
    // Limits held when it was received; they may have been lowered since.
    const message = uncompress(kind.encoding, record.body, LARGEST_MESSAGE_BYTES)
    const { receivedAtMs } = record
    const arrival = { receivedAtMs, ruling: context.ruling, isReplay: true }
    return stageMessage(metrics, context, kind.format, message, arrival)
  } catch (error) {
    throw unreadable(record, 'its body is not read', error)
  }
}

function learn(metrics: Pick<Metrics, 'learn'>, record: LogRecord): void {
  try {
    metrics.learn(record.body)
  } catch (error) {
    throw unreadable(record, 'what was decided is not read', error)
  }
}

const LARGEST_MESSAGE_BYTES = 0xffff_ffff

function unreadable(record: LogRecord, why: string, cause?: unknown): TenantryError {
  return new TenantryError(
    INGEST_ERRORS.recordUnreadable,
    `replaying the log record at position ${record.startPosition}: ${why}`,
    { cause, details: { startPosition: record.startPosition, kind: record.kind } },
  )
}
