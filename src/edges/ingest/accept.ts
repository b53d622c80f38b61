/**
 * The path of one write request. Everything that can be refused is refused before anything is kept:
 *
 *   headers -> body within limits -> wait for a turn -> uncompress -> walk into the stage
 *     -> admit -> append the received bytes to the log -> apply -> (wait for the disk) -> answer
 *
 * The walk comes before the log, so that a record in the log always replays; the log comes before
 * the counts, so that what is counted survives a crash; nothing waits between the walk and the
 * counts, because there is one stage.
 *
 * Writes wait in one place, after the body and before anything is done with it (`turns.ts`), so
 * that the burst of one sender delays only that sender. What quotas refuse of a write of many
 * tenants is refused by tenant, and the answer counts it; a write that is one tenant's alone is
 * refused whole with 429, as soon as its headers have come where the tenant is known to be over.
 *
 * Counts never refuse: bad samples are counted as discarded. Should a defect make `apply` throw all
 * the same, the sender is answered 500 although the record is in the log. A replay meets the same
 * defect at the same record and passes over it as loudly (`replay.ts`), so that counts after a
 * restart are those before it, and one poisonous record cannot keep the program from starting. A
 * sender that repeats the write (Prometheus does, on 500) repeats the times of its samples, and
 * what was counted the first time is a duplicate the second.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isTenantryError } from '../../core/errors.ts'
import { parseTenantId, type TenantId } from '../../core/ids.ts'
import { HEADERS } from '../../core/names/headers.ts'
import type { Clock, Counters, Log } from '../../core/ports.ts'
import { SECOND_MS } from '../../core/time.ts'
import type { Principal } from '../../domain/access/access.ts'
import type {
  HaRules,
  Metrics,
  RequestRefusal,
  WriteOutcome,
} from '../../domain/metrics/metrics.ts'
import type { WriteAheadLog } from '../../machinery/storage/wal.ts'
import { releaseBytes } from '../../machinery/runtime/release-bytes.ts'
import { WireError } from '../../machinery/wire/wire-error.ts'
import type { ByteBudget, ByteShare } from './byte-budget.ts'
import type { IngestLimits } from './limits.ts'
import type { Answer, WriteProtocol } from './protocol.ts'
import { ownerOf, type Owner } from './owner.ts'
import { readBody, type BodyLimit } from './read-body.ts'
import { encodeRecordContext, type RecordContext } from './record-context.ts'
import { DECISIONS_KIND, REFUSED_SERIES_KIND, type RecordKind } from './record-kind.ts'
import { isRefusal, refuse, REFUSALS, type Refusal, type RefusalReason } from './refusal.ts'
import { stageMessage } from './stage-message.ts'
import type { Turns } from './turns.ts'
import type { Uncompressor } from './uncompress.ts'

export interface AcceptDeps {
  readonly metrics: Pick<Metrics, 'stage' | 'intake' | 'decisions' | 'confirmDecisions'>
  readonly log: Pick<WriteAheadLog, 'append'>
  readonly clock: Clock
  readonly counters: Counters
  readonly logger: Log
  readonly limits: IngestLimits
  /** Where they are not the usual ones. */
  readonly ha?: HaRules
  /** Waited for before a write is acknowledged, where that promises more than a log that survives
   *  this process. */
  readonly durable?: () => Promise<void>
  readonly budget: ByteBudget
  readonly turns: Turns
  readonly uncompressor: Uncompressor
}

interface Accepted {
  readonly kind: RecordKind
  readonly outcome: WriteOutcome
}

/** Handles one request of a protocol whole: reads, keeps, answers, counts. Never rejects. */
export async function acceptWrite(
  deps: AcceptDeps,
  protocol: WriteProtocol,
  request: IncomingMessage,
  response: ServerResponse,
  principal: Principal,
): Promise<void> {
  const writer = readContext(request, principal)
  if (isRefusal(writer)) {
    answerRefusal(deps, protocol, request, response, writer)
    return
  }
  const context = deps.ha === undefined ? writer : { ...writer, ha: deps.ha }
  const owner = ownerOf(context)
  const share = deps.budget.open(owner.name)
  try {
    const result = await attempt(deps, protocol, request, { context, owner, share })
    if (result === 'aborted') {
      deps.counters.add('tenantry_ingest_refused_total', 1, { reason: 'aborted' })
      return
    }
    if (isRefusal(result)) {
      noteRefusal(deps, owner, result)
      answerRefusal(deps, protocol, request, response, result)
    } else answerAccepted(deps, protocol, response, result)
  } finally {
    share.release()
  }
}

/** Who sends a write, and what it takes up meanwhile. */
interface Sender {
  readonly context: RecordContext
  readonly owner: Owner
  readonly share: ByteShare
}

async function attempt(
  deps: AcceptDeps,
  protocol: WriteProtocol,
  request: IncomingMessage,
  { context, owner, share }: Sender,
): Promise<Accepted | Refusal | 'aborted'> {
  const { clock, counters, limits } = deps
  const kind = protocol.recognise(request.headers)
  if (isRefusal(kind)) return kind
  const closed = checkGate(deps, owner)
  if (closed !== undefined) return closed
  const body = await readBody(request, bodyLimit(deps, owner), share, owner)
  if (body === 'aborted' || isRefusal(body)) return body
  const startMs = clock.monotonicMs()
  const labels = { protocol: protocol.name }
  counters.add('tenantry_ingest_body_bytes_total', body.length, labels)
  const keepMessage = (message: Uint8Array): Accepted | Refusal => {
    try {
      const kept = keep(deps, kind, context, body, message)
      return isRefusal(kept) ? kept : { kind, outcome: kept }
    } finally {
      releaseBytes(message)
    }
  }
  try {
    const kept = await deps.turns.take(owner.name, () => {
      const message = deps.uncompressor.uncompress(kind.encoding, body, limits.bodyBytes)
      if (!(message instanceof Promise)) return keepMessage(message)
      return message.then((unfolded) => {
        const beganMs = clock.monotonicMs()
        const result = keepMessage(unfolded)
        deps.turns.charge(owner.name, clock.monotonicMs() - beganMs)
        return result
      })
    })
    if (!isRefusal(kept)) await deps.durable?.()
    return kept
  } catch (error) {
    return refusalOf(deps, protocol, error)
  } finally {
    releaseBytes(body)
    counters.observe(
      'tenantry_ingest_request_seconds',
      (clock.monotonicMs() - startMs) / 1_000,
      labels,
    )
  }
}

/** A tenant that is over its rate is told so before its body is read. */
function checkGate({ metrics, clock }: AcceptDeps, { tenantId }: Owner): Refusal | undefined {
  if (tenantId === null) return undefined
  const closed = metrics.intake.closed(tenantId, clock.nowMs())
  return closed && refuse('tenant-rate', closed.text, closed.waitMs)
}

function bodyLimit({ metrics, limits }: AcceptDeps, { tenantId }: Owner): BodyLimit {
  const bytes = limits.bodyBytes
  const requestBytes = tenantId === null ? bytes : metrics.intake.quotasOf(tenantId).requestBytes
  return requestBytes < bytes
    ? { bytes: requestBytes, name: `the limit requestBytes of tenant ${String(tenantId)}` }
    : { bytes, name: 'the limit' }
}

/** Counts to a tenant what was refused of it unread. */
function noteRefusal({ metrics, clock }: AcceptDeps, { tenantId }: Owner, refusal: Refusal): void {
  const reason = NOTED[refusal.refused]
  if (tenantId === null || reason === undefined) return
  metrics.intake.refuseRequest(tenantId, reason, clock.nowMs())
}

const NOTED: Partial<Record<RefusalReason, RequestRefusal>> = {
  'tenant-rate': 'rate-limit',
  'too-large': 'request-size',
  'tenant-overload': 'queue-full',
}

/**
 * Walks, admits, logs and applies, in that order and without waiting. Throws WireError before and
 * LOG_* errors of the log; nothing is kept then. What quotas refuse is in the log as well, with the
 * ruling that refuses it again: its walk took in series that later writes go on from.
 */
export function keep(
  { metrics, log, clock }: Pick<AcceptDeps, 'metrics' | 'log' | 'clock'>,
  kind: RecordKind,
  context: RecordContext,
  body: Buffer,
  message: Uint8Array,
): WriteOutcome | Refusal {
  const receivedAtMs = clock.nowMs()
  const stage = stageMessage(metrics, context, kind.format, message, { receivedAtMs })
  const { ruling, over, refusedSeries = null } = stage.admit()
  try {
    keepDecisions(metrics, log, receivedAtMs)
    if (refusedSeries !== null) {
      log.append({ kind: REFUSED_SERIES_KIND, receivedAtMs, context: '', body: refusedSeries })
    }
    const written = encodeRecordContext(context, ruling)
    log.append({ kind: kind.kind, receivedAtMs, context: written, body })
  } catch (error) {
    stage.abandon()
    throw error
  }
  const outcome = stage.apply(receivedAtMs)
  if (over === null) return outcome
  const { text, waitMs } = over
  return waitMs === null ? refuse('too-large', text) : refuse('tenant-rate', text, waitMs)
}

/** A write that was attributed by what the registry says now stands in the log behind that. */
function keepDecisions(
  metrics: AcceptDeps['metrics'],
  log: AcceptDeps['log'],
  receivedAtMs: number,
): void {
  const decisions = metrics.decisions()
  if (decisions === null) return
  log.append({ kind: DECISIONS_KIND, receivedAtMs, context: '', body: decisions })
  metrics.confirmDecisions()
}

/** Only a key that is not bound to a tenant may name one. */
function readContext(request: IncomingMessage, principal: Principal): RecordContext | Refusal {
  const { tenantId: boundTenant, id: keyId } = principal
  const header = request.headers[HEADERS.scopeOrgId]
  if (boundTenant !== null || header === undefined) return { boundTenant, namedTenant: null, keyId }
  const namedTenant: TenantId | undefined = parseTenantId(String(header))
  if (namedTenant !== undefined) return { boundTenant, namedTenant, keyId }
  return refuse(
    'tenant-header',
    `header ${HEADERS.scopeOrgId} names no tenant: ${JSON.stringify(header)} ` +
      'is not 1 to 48 of a-z, 0-9 and inner hyphens',
  )
}

function refusalOf({ logger }: AcceptDeps, protocol: WriteProtocol, error: unknown): Refusal {
  if (error instanceof WireError) {
    const reason = error.fault === 'too-large' ? 'too-large' : 'malformed'
    return refuse(reason, `cannot read the ${protocol.name} request: ${error.message}`)
  }
  if (isTenantryError(error) && error.retryable) {
    return refuse('log-write', 'the write cannot be kept now; send it again')
  }
  if (isTenantryError(error) && error.status === 413) return refuse('too-large', error.message)
  logger.error({ err: error, protocol: protocol.name }, 'a write request failed')
  return refuse('internal', 'the write could not be handled')
}

function answerRefusal(
  { counters, limits }: AcceptDeps,
  protocol: WriteProtocol,
  request: IncomingMessage,
  response: ServerResponse,
  { refused, message, waitMs = limits.retryAfterSeconds * SECOND_MS }: Refusal,
): void {
  const { status } = REFUSALS[refused]
  counters.add('tenantry_ingest_refused_total', 1, { reason: refused })
  if (status === 429 || status === 503) {
    response.setHeader('retry-after', String(Math.max(1, Math.ceil(waitMs / SECOND_MS))))
  }
  answer(counters, protocol, response, protocol.refused(request.headers, status, message))
  request.resume()
}

function answerAccepted(
  { counters, logger }: AcceptDeps,
  protocol: WriteProtocol,
  response: ServerResponse,
  { kind, outcome }: Accepted,
): void {
  const count = (name: string, amount: number): void => {
    if (amount === 0) return
    const labels = { protocol: protocol.name, outcome: name }
    counters.add('tenantry_ingest_samples_total', amount, labels)
  }
  count('attributed', outcome.attributed)
  count('unattributed', outcome.unattributed)
  count('duplicate', outcome.duplicate)
  count('not-elected', outcome.notElected)
  count('discarded', outcome.discardedTotal)
  for (const [reason, amount] of Object.entries(outcome.discarded)) {
    if (amount > 0) counters.add('tenantry_ingest_refused_total', amount, { reason })
  }
  if (outcome.violations > 0) counters.add('tenantry_access_violations_total', outcome.violations)
  for (const failover of outcome.failovers) {
    counters.add('tenantry_ha_failovers_total', 1)
    logger.warn({ ...failover }, 'another replica was elected: the one before fell silent')
  }
  answer(counters, protocol, response, protocol.accepted(kind, outcome))
}

/** Writes an answer of a protocol and counts it. */
export function answer(
  counters: Counters,
  protocol: WriteProtocol,
  response: ServerResponse,
  { status, contentType, body, headers = {} }: Answer,
): void {
  counters.add('tenantry_ingest_requests_total', 1, {
    protocol: protocol.name,
    code: String(status),
  })
  response.statusCode = status
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  if (contentType !== undefined) response.setHeader('content-type', contentType)
  if (status !== 204) response.setHeader('content-length', Buffer.byteLength(body))
  response.end(body)
}
