/** A log with what a real metrics stage accepted, for the tests of what reads it. */
import { compressSync } from 'snappy'
import { tenantId, type TenantId } from '../../../../src/core/ids.ts'
import {
  openMetrics,
  type MetricLimits,
  type Metrics,
  type WriteOutcome,
} from '../../../../src/domain/metrics/metrics.ts'
import type { IngestQuotaReader } from '../../../../src/domain/tenants/tenants.ts'
import { keep } from '../../../../src/edges/ingest/accept.ts'
import type { RecordContext } from '../../../../src/edges/ingest/record-context.ts'
import { recordKind, type MessageFormat } from '../../../../src/edges/ingest/record-kind.ts'
import { isRefusal, type Refusal } from '../../../../src/edges/ingest/refusal.ts'
import { systemDisk } from '../../../../src/machinery/runtime/disk.ts'
import { memoryCounters } from '../../../../src/machinery/runtime/memory-counters.ts'
import { openBulkInline } from '../../../../src/machinery/storage/bulk-writer.ts'
import { openLog, type WriteAheadLog } from '../../../../src/machinery/storage/wal.ts'
import { remoteWrite, type Series } from '../../../domain/metrics/writing.ts'
import { memoryLog } from '../../../machinery/support/memory-log.ts'

export const PLATFORM_KEY: RecordContext = {
  boundTenant: null,
  namedTenant: null,
  keyId: 'key-platform',
}

export function boundTo(tenant: string): RecordContext {
  return { boundTenant: tenantId(tenant), namedTenant: null, keyId: `key-${tenant}` }
}

export interface Source {
  readonly wal: WriteAheadLog
  readonly metrics: Metrics
  readonly directory: string
  /** Names of the registry; a test adds to them with `name`. */
  name(observed: string, tenant?: string): void
  write(series: readonly Series[], atMs: number, context?: RecordContext): WriteOutcome | Refusal
  writeMessage(
    format: MessageFormat,
    message: Uint8Array,
    atMs: number,
    context?: RecordContext,
  ): WriteOutcome | Refusal
  /** The same of a body that is compressed already. */
  writeBody(
    format: MessageFormat,
    body: Buffer,
    message: Uint8Array,
    atMs: number,
    context?: RecordContext,
  ): WriteOutcome | Refusal
  close(): void
}

export interface SourceOptions {
  readonly segmentBytes?: number
  readonly quotas?: IngestQuotaReader
  readonly limits?: Partial<MetricLimits>
}

export function openSource(directory: string, options: SourceOptions = {}): Source {
  const { segmentBytes = 4_096, quotas, limits } = options
  const log = memoryLog()
  const wal = openLog({ disk: systemDisk(), directory, segmentBytes, log })
  const names = new Map<string, TenantId>()
  let generation = 0
  const bulk = openBulkInline({ directory: ':memory:' })
  const metrics = openMetrics({
    resolver: { resolve: (observed) => names.get(observed), generation: () => generation },
    bulk,
    counters: memoryCounters(),
    log,
    ...(quotas === undefined ? {} : { quotas }),
    ...(limits === undefined ? {} : { limits }),
  })
  const writeBody: Source['writeBody'] = (format, body, message, atMs, context = PLATFORM_KEY) => {
    const kind = recordKind(format, format.startsWith('remote-write') ? 'snappy' : 'identity')!
    return keep({ metrics, log: wal, clock: fixed(atMs) }, kind, context, body, message)
  }
  const writeMessage: Source['writeMessage'] = (format, message, atMs, context = PLATFORM_KEY) => {
    const isSnappy = format.startsWith('remote-write')
    const body = isSnappy ? compressSync(Buffer.from(message)) : Buffer.from(message)
    return writeBody(format, body, message, atMs, context)
  }
  return {
    wal,
    metrics,
    directory,
    name(observed, tenant = observed) {
      names.set(observed, tenantId(tenant))
      generation += 1
    },
    write: (series, atMs, context) =>
      writeMessage('remote-write', remoteWrite(series), atMs, context),
    writeMessage,
    writeBody,
    close() {
      wal.close()
      void bulk.close()
    },
  }
}

export function kept(outcome: WriteOutcome | Refusal): WriteOutcome {
  if (isRefusal(outcome)) throw new Error(`refused: ${outcome.message}`)
  return outcome
}

function fixed(atMs: number) {
  return {
    nowMs: () => atMs,
    monotonicMs: () => atMs,
    after: () => () => undefined,
    sleep: () => Promise.resolve(),
  }
}
