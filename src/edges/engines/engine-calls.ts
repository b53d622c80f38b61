/** Calls of an engine's API that are made again while it is busy, and refusals in words. */
import { TenantryError } from '../../core/errors.ts'
import type { Clock, OutboundResponse } from '../../core/ports.ts'
import { MIB, KIB } from '../../core/units.ts'
import { SECOND_MS } from '../../core/time.ts'
import type { EngineCall, EngineClient } from './engine-client.ts'
import { ENGINE_ERRORS } from './errors.ts'

export const CALL_LIMITS = {
  /** Tries of one call. */
  attempts: 5,
  firstPauseMs: SECOND_MS / 2,
  /** Also where the engine asks for more. */
  longestPauseMs: 30 * SECOND_MS,
  timeoutMs: 30 * SECOND_MS,
  /** Of an answer: all rules of one tenant, or the limits of all. */
  responseBytes: 32 * MIB,
  /** Of a refusal's text that is told. */
  toldCharacters: 300,
} as const

const BUSY = new Set([408, 425, 429, 500, 502, 503, 504])

export type Call = Omit<EngineCall, 'timeoutMs' | 'maxResponseBytes'>

/**
 * Makes a call until the engine says something other than that it is busy. Statuses that are named
 * are answers, any other that is not 2xx a refusal. Rejects with ENGINE_REFUSED, ENGINE_TOO_LONG,
 * ENGINE_SECRET, OUTBOUND_*.
 */
export async function callEngine(
  { client, clock }: { readonly client: EngineClient; readonly clock: Clock },
  call: Call,
  answers: readonly number[] = [],
): Promise<OutboundResponse> {
  for (let attempt = 1; ; attempt += 1) {
    const isLast = attempt === CALL_LIMITS.attempts
    const said = await once(client, call).catch((error: unknown) => {
      if (isLast || !isRetryable(error) || call.signal?.aborted === true) throw error
      return undefined
    })
    if (said !== undefined && (isLast || !BUSY.has(said.status)))
      return accepted(client, call, said, answers)
    await clock.sleep(pauseMs(attempt, said?.headers['retry-after']), call.signal)
  }
}

function once(client: EngineClient, call: Call): Promise<OutboundResponse> {
  const { timeoutMs, responseBytes: maxResponseBytes } = CALL_LIMITS
  return client.send({ ...call, timeoutMs, maxResponseBytes })
}

function isRetryable(error: unknown): boolean {
  return error instanceof TenantryError && error.retryable && error.code.startsWith('OUTBOUND_')
}

function pauseMs(attempt: number, retryAfter: string | undefined): number {
  const asked = /^\d+$/.test(retryAfter ?? '') ? Number(retryAfter) * SECOND_MS : 0
  const own = CALL_LIMITS.firstPauseMs * 2 ** (attempt - 1)
  return Math.min(Math.max(own, asked), CALL_LIMITS.longestPauseMs)
}

function accepted(
  { engine }: EngineClient,
  { method, url, tenantId }: Call,
  said: OutboundResponse,
  answers: readonly number[],
): OutboundResponse {
  const what = `${method} ${new URL(url).pathname}${tenantId === undefined ? '' : ` for ${tenantId}`}`
  if (said.isCut) {
    const message = `${engine.name}: ${what}: more than ${CALL_LIMITS.responseBytes / KIB} KiB`
    throw new TenantryError(ENGINE_ERRORS.tooLong, message)
  }
  const isGood = said.status >= 200 && said.status < 300
  if (isGood || answers.includes(said.status)) return said
  throw new TenantryError(
    ENGINE_ERRORS.refused,
    `${engine.name}: ${what}: status ${said.status}: ${toldOf(said.body)}`,
    { details: { status: said.status } },
  )
}

/** An answer in a line. */
function toldOf(body: string): string {
  const text = body.replaceAll(/\s+/g, ' ').trim()
  const { toldCharacters } = CALL_LIMITS
  return text.length <= toldCharacters ? text : `${text.slice(0, toldCharacters - 1)}…`
}
