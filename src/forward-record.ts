/** Reads one record of the log, as ingest wrote it, into what was accepted of it. */
import type { Accepted } from './domain/metrics/metrics.ts'
import { decodeRecordContext } from './edges/ingest/record-context.ts'
import {
  DECISIONS_KIND,
  recordKindOf,
  REFUSED_SERIES_KIND,
  type MessageFormat,
} from './edges/ingest/record-kind.ts'
import { uncompress } from './edges/ingest/uncompress.ts'
import type { LogRecord } from './machinery/storage/wal.ts'
import { otlpJsonToProtobuf } from './machinery/wire/otlp-json.ts'
import { readExportMetrics } from './machinery/wire/otlp.ts'
import { readWriteRequest2 } from './machinery/wire/remote-write-2.ts'
import { readWriteRequest } from './machinery/wire/remote-write.ts'

/** Limits held when it was received. */
const LARGEST_MESSAGE_BYTES = 0xffff_ffff

/** Walks a record. Throws what is wrong with one that no version of this program wrote. */
export function walkRecord(record: LogRecord, accepted: Accepted): void {
  if (record.kind === DECISIONS_KIND) {
    accepted.learn(record.body)
    return
  }
  if (record.kind === REFUSED_SERIES_KIND) {
    accepted.refuseNext(record.body)
    return
  }
  const kind = recordKindOf(record.kind)
  const context = decodeRecordContext(record.context)
  if (kind === undefined || context === undefined) {
    throw new Error(`the log record at position ${record.startPosition} is of an unknown kind`)
  }
  const message = uncompress(kind.encoding, record.body, LARGEST_MESSAGE_BYTES)
  accepted.begin(context, context.ruling, record.receivedAtMs)
  if (kind.format === 'remote-write') readWriteRequest(message, accepted)
  else if (kind.format === 'remote-write-2') readWriteRequest2(message, accepted)
  else readExportMetrics(otlpOf(kind.format, message), accepted.otlp)
  accepted.end()
}

function otlpOf(format: MessageFormat, message: Uint8Array): Uint8Array {
  return format === 'otlp-json' ? otlpJsonToProtobuf(message) : message
}
