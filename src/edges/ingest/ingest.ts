/**
 * Where metrics come in: OTLP/HTTP and Prometheus remote write, as raw routes for the server, and
 * the replay of what was accepted before.
 */
import { assert } from '../../core/assert.ts'
import type { Clock, Counters, Log } from '../../core/ports.ts'
import type { Principal } from '../../domain/access/access.ts'
import {
  isDefaultHa,
  type HaRules,
  type Metrics,
  type WriteOutcome,
} from '../../domain/metrics/metrics.ts'
import type { RawRoute } from '../../machinery/runtime/raw-route.ts'
import type { WriteAheadLog } from '../../machinery/storage/wal.ts'
import { compressSnappy } from '../../machinery/wire/write-request.ts'
import { acceptWrite, answer, keep, type AcceptDeps } from './accept.ts'
import { openByteBudget } from './byte-budget.ts'
import { DEFAULT_INGEST_LIMITS, type IngestLimits } from './limits.ts'
import { OTHER_SIGNAL_PATHS, otlpProtocol } from './otlp.ts'
import type { WriteProtocol } from './protocol.ts'
import { recordKind, type RecordKind } from './record-kind.ts'
import { isRefusal } from './refusal.ts'
import { remoteWriteProtocol } from './remote-write.ts'
import { replayLog, type Replayed } from './replay.ts'
import { openTurns } from './turns.ts'
import { openUncompressor } from './uncompress.ts'

export interface IngestDeps {
  readonly metrics: Pick<Metrics, 'stage' | 'intake' | 'decisions' | 'confirmDecisions' | 'learn'>
  readonly log: Pick<WriteAheadLog, 'append' | 'records'>
  readonly clock: Clock
  readonly counters: Counters
  readonly logger: Log
  readonly limits?: Partial<IngestLimits>
  /** Waited for before a write is acknowledged. */
  readonly durable?: () => Promise<void>
  /** How senders tell that another one sends the same. */
  readonly ha?: HaRules
}

export interface Ingest {
  readonly rawRoutes: RawRoute<Principal>[]
  /**
   * Takes an OTLP protobuf message that comes from this program and not over HTTP: kept and counted
   * as any other.
   * Throws WireError and the errors of the log.
   */
  offer(message: Buffer, keyId: string): WriteOutcome
  /** Takes a remote-write 1.0 message that this program made itself, in the same way. */
  offerWrite(message: Buffer, keyId: string): WriteOutcome
  /**
   * Replays the log from a position, before the server starts. Throws LOG_RECORD_UNREADABLE,
   * LOG_DAMAGED. Cost: blocks until done.
   */
  replay(fromPosition: number): Replayed
}

export function openIngest(deps: IngestDeps): Ingest {
  const limits = { ...DEFAULT_INGEST_LIMITS, ...deps.limits }
  const { ha, ...others } = deps
  const accept: AcceptDeps = {
    ...others,
    ...(ha === undefined || isDefaultHa(ha) ? {} : { ha }),
    limits,
    budget: openByteBudget({
      totalBytes: limits.bytesInFlight,
      ownerBytes: limits.ownerBytesInFlight,
    }),
    turns: openTurns(deps),
    uncompressor: openUncompressor(),
  }
  return {
    rawRoutes: [
      routeOf(accept, otlpProtocol),
      routeOf(accept, remoteWriteProtocol),
      otherSignals(accept),
    ],
    offer: (message, keyId) => keepOffered(deps, OFFERED, keyId, message, message),
    offerWrite: (message, keyId) =>
      keepOffered(deps, OFFERED_WRITE, keyId, compressSnappy(message), message),
    replay: (fromPosition) => replayLog(deps, fromPosition),
  }
}

const ACCESS_REASONS = { 401: 'unauthenticated', 403: 'forbidden', 405: 'method' } as const
const OFFERED = recordKind('otlp-protobuf', 'identity')!
const OFFERED_WRITE = recordKind('remote-write', 'snappy')!

/** Refuses what an OpenTelemetry sender of all signals sends beside metrics, in its own terms. */
function otherSignals(deps: AcceptDeps): RawRoute<Principal> {
  return {
    ...routeOf(deps, otlpProtocol),
    paths: OTHER_SIGNAL_PATHS,
    handle(request, response) {
      deps.counters.add('tenantry_ingest_refused_total', 1, { reason: 'other-signal' })
      const message = 'only metrics are taken here; send traces and logs somewhere else'
      const refused = otlpProtocol.refused(request.headers, 404, message)
      answer(deps.counters, otlpProtocol, response, refused)
      request.resume()
      return Promise.resolve()
    },
  }
}

/** Labels say whose it is: quotas may refuse parts of it, but never all at once. */
function keepOffered(
  deps: IngestDeps,
  kind: RecordKind,
  keyId: string,
  body: Buffer,
  message: Uint8Array,
): WriteOutcome {
  const kept = keep(deps, kind, { boundTenant: null, namedTenant: null, keyId }, body, message)
  assert(!isRefusal(kept), 'a write of no single tenant is not refused whole')
  return kept
}

function routeOf(deps: AcceptDeps, protocol: WriteProtocol): RawRoute<Principal> {
  return {
    method: 'POST',
    paths: protocol.paths,
    permission: 'metrics:write',
    handle: (request, response, principal) =>
      acceptWrite(deps, protocol, request, response, principal),
    refuse(request, response, status, message) {
      deps.counters.add('tenantry_ingest_refused_total', 1, { reason: ACCESS_REASONS[status] })
      answer(deps.counters, protocol, response, protocol.refused(request.headers, status, message))
      request.resume()
    },
  }
}
