/**
 * The forwarding worker's entry: what ingest wrote to the log is read with ingest's own code, and
 * goes to the outlets of the engines.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { assert } from './core/assert.ts'
import type { Accepted } from './domain/metrics/metrics.ts'
import { runForwarding } from './edges/engines/forward/forward-loop.ts'
import type { ForwardWorkerData } from './edges/engines/forward/forward-protocol.ts'
import { walkRecord } from './forward-record.ts'
import { systemClock } from './machinery/runtime/clock.ts'
import type { LogRecord } from './machinery/storage/wal.ts'
import { compressSnappy } from './machinery/wire/write-request.ts'

assert(parentPort !== null, 'the forwarding worker runs in a worker thread')
await runForwarding({
  port: parentPort,
  data: workerData as ForwardWorkerData,
  clock: systemClock(),
  walk: (record: LogRecord, accepted: Accepted) => walkRecord(record, accepted),
  compress: compressSnappy,
})
