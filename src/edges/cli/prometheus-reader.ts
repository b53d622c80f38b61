/**
 * Reads raw samples out of a Prometheus, or what answers remote read as it does, a stretch of time
 * after the other. A stretch that is too much for it, or for us, is halved; one that was little is
 * followed by a longer one; what fails for a while is tried again.
 */
import { TenantryError, type ErrorRow } from '../../core/errors.ts'
import { HOUR_MS, isoTime, MINUTE_MS, SECOND_MS } from '../../core/time.ts'
import { MIB } from '../../core/units.ts'
import { systemClock } from '../../machinery/runtime/clock.ts'
import {
  encodeReadRequest,
  readReadAnswer,
  type ReadAnswer,
  type ReadQuery,
  type ReadStep,
} from '../../machinery/wire/remote-read.ts'
import { uncompressSnappy } from '../../machinery/wire/snappy.ts'
import { WireError } from '../../machinery/wire/wire-error.ts'
import { CLI_ERRORS } from './errors.ts'

export const READER_LIMITS = {
  firstSpanMs: HOUR_MS,
  longestSpanMs: 6 * HOUR_MS,
  /** One that is too much even so cannot be read. */
  shortestSpanMs: MINUTE_MS,
  /** What one answer may come to; a Prometheus refuses more than 50,000,000 by itself. */
  samples: 1_000_000,
  answerBytes: 256 * MIB,
  timeoutMs: 120 * SECOND_MS,
  tries: 6,
  firstWaitMs: SECOND_MS,
} as const

export interface ReaderOptions {
  /** Of the Prometheus, or of its remote read. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly names: readonly string[]
  readonly stepMs: number
  readonly signal: AbortSignal
  /** Tells what is waited for. */
  readonly onWait?: (text: string) => void
}

export interface ReadStretch extends Pick<ReadAnswer, 'samples' | 'series'> {
  /** Up to then everything was read. */
  readonly toMs: number
  readonly steps: () => Generator<ReadStep, void>
}

/** Reads (fromMs, toMs], in stretches by time. Throws CLI_PROMETHEUS_…. */
export async function* readPrometheus(
  options: ReaderOptions,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): AsyncGenerator<ReadStretch, void> {
  const names = options.names.map(escaped).join('|')
  const address = addressOf(options.url)
  let spanMs: number = READER_LIMITS.firstSpanMs
  for (let atMs = fromMs; atMs < toMs;) {
    const endMs = Math.min(toMs, atMs + spanMs)
    const answer = await ask(address, options, { fromMs: atMs, toMs: endMs, names })
    if (answer === 'too-much') {
      if (spanMs <= READER_LIMITS.shortestSpanMs) {
        throw failure(
          CLI_ERRORS.prometheusTooMuch,
          options,
          `${isoTime(endMs)} and the minute before hold too many samples`,
        )
      }
      spanMs = Math.max(
        READER_LIMITS.shortestSpanMs,
        Math.floor(spanMs / 2 / MINUTE_MS) * MINUTE_MS,
      )
      continue
    }
    yield { samples: answer.samples, series: answer.series, toMs: endMs, steps: answer.steps }
    atMs = endMs
    if (answer.samples * 2 < READER_LIMITS.samples) {
      spanMs = Math.min(READER_LIMITS.longestSpanMs, 2 * spanMs)
    }
  }
}

/** Tries a request until it is answered. */
async function ask(
  address: string,
  options: ReaderOptions,
  query: ReadQuery,
): Promise<ReadAnswer | 'too-much'> {
  const clock = systemClock()
  for (let tries = 1; ; tries += 1) {
    const answered = await attempt(address, options, query)
    if (answered === 'too-much' || 'steps' in answered) return answered
    if (!answered.isPassing || tries === READER_LIMITS.tries) throw answered.error
    const waitMs = READER_LIMITS.firstWaitMs * 2 ** (tries - 1)
    options.onWait?.(`${answered.error.message}; tried again in ${waitMs / SECOND_MS} s`)
    await clock.sleep(waitMs, options.signal)
    options.signal.throwIfAborted()
  }
}

interface Failed {
  /** It may be otherwise the next time. */
  readonly isPassing: boolean
  readonly error: TenantryError
}

async function attempt(
  address: string,
  options: ReaderOptions,
  query: ReadQuery,
): Promise<ReadAnswer | 'too-much' | Failed> {
  const late = new AbortController()
  const cancel = systemClock().after(READER_LIMITS.timeoutMs, () => late.abort())
  const signal = AbortSignal.any([options.signal, late.signal])
  try {
    const response = await fetch(address, {
      method: 'POST',
      headers: {
        ...options.headers,
        'content-type': 'application/x-protobuf',
        'content-encoding': 'snappy',
        'x-prometheus-remote-read-version': '0.1.0',
        'user-agent': 'tenantry',
      },
      body: new Uint8Array(encodeReadRequest(query)),
      signal,
    })
    if (!response.ok) return refusalOf(response.status, await response.text(), options)
    const body = await readBounded(response)
    if (body === null) return 'too-much'
    const answer = readReadAnswer(
      uncompressSnappy(body, READER_LIMITS.answerBytes).slice(),
      options.stepMs,
    )
    const canHalve = query.toMs - query.fromMs > READER_LIMITS.shortestSpanMs
    return answer.samples > 2 * READER_LIMITS.samples && canHalve ? 'too-much' : answer
  } catch (cause) {
    options.signal.throwIfAborted()
    if (cause instanceof WireError) {
      if (cause.fault === 'too-large') return 'too-much'
      const what = `what it answered is no remote read: ${cause.message}`
      return { isPassing: false, error: failure(CLI_ERRORS.prometheusNoRead, options, what) }
    }
    const what = late.signal.aborted ? 'it did not answer in time' : 'nothing answers'
    return { isPassing: true, error: failure(CLI_ERRORS.prometheusNoAnswer, options, what, cause) }
  } finally {
    cancel()
  }
}

function refusalOf(status: number, text: string, options: ReaderOptions): 'too-much' | Failed {
  const said = `it answered ${status}: ${text.trim().slice(0, 300)}`
  if (status === 413 || /sample limit|too many samples|too large|exceed/i.test(text)) {
    return 'too-much'
  }
  if (status === 401 || status === 403) {
    return { isPassing: false, error: failure(CLI_ERRORS.prometheusRefused, options, said) }
  }
  if (status === 429 || status >= 500) {
    return { isPassing: true, error: failure(CLI_ERRORS.prometheusNoAnswer, options, said) }
  }
  return { isPassing: false, error: failure(CLI_ERRORS.prometheusNoRead, options, said) }
}

/** Null where it is too long. */
async function readBounded(response: Response): Promise<Buffer | null> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk as Uint8Array)
    length += (chunk as Uint8Array).length
    if (length > READER_LIMITS.answerBytes) return null
  }
  return Buffer.concat(chunks)
}

function failure(
  row: ErrorRow,
  { url }: ReaderOptions,
  what: string,
  cause?: unknown,
): TenantryError {
  const message = `reading the Prometheus at ${new URL(url).origin}: ${what}`
  return new TenantryError(row, message, cause === undefined ? {} : { cause })
}

function addressOf(url: string): string {
  const plain = url.replace(/\/+$/, '')
  return /\/(?:read|remote_read)$/.test(plain) ? plain : `${plain}/api/v1/read`
}

/** As RE2 takes it for itself. */
function escaped(name: string): string {
  return name.replaceAll(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`)
}
