/**
 * Posts a write and tells the beginning of the answer. Never rejects: no answer is one of status 0.
 */
import * as http from 'node:http'
import * as https from 'node:https'
import { HEADERS } from '../../../core/names/headers.ts'
import type { Clock, TlsFields } from '../../../core/ports.ts'
import type { WriteAnswer } from './answer.ts'
import { FORWARD_LIMITS } from './forward-limits.ts'
import type { WriteVersion } from './forward-target.ts'

export interface Write {
  readonly url: string
  /** Compressed. */
  readonly body: Uint8Array
  readonly version: WriteVersion
  /** Whose all of it is, for a header. */
  readonly tenantId: string | null
}

export interface WritePoster {
  post(write: Write): Promise<WriteAnswer>
  close(): void
}

/** What a request shows of itself and trusts. */
export interface WriteAccess {
  readonly headers: Readonly<Record<string, string>>
  readonly tls: TlsFields | undefined
}

export interface PosterParts {
  readonly maxInFlight: number
  /** Reads secrets where they lie: they may be replaced while the program runs. */
  readonly readAccess: () => Promise<WriteAccess>
  readonly clock: Clock
  readonly userAgent: string
}

const VERSION_HEADERS: Readonly<Record<WriteVersion, Readonly<Record<string, string>>>> = {
  '1.0': {
    'content-type': 'application/x-protobuf',
    [HEADERS.remoteWriteVersion]: '0.1.0',
  },
  '2.0': {
    'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
    [HEADERS.remoteWriteVersion]: '2.0.0',
  },
}

export function openPoster({
  maxInFlight,
  readAccess,
  clock,
  userAgent,
}: PosterParts): WritePoster {
  const settings = { keepAlive: true, maxSockets: maxInFlight }
  const plain = new http.Agent(settings)
  let secure = { key: '', agent: new https.Agent(settings) }
  const access = openFresh(readAccess, clock)

  const agentFor = (url: URL, tls: TlsFields | undefined): http.Agent => {
    if (url.protocol === 'http:') return plain
    const key = JSON.stringify(tls ?? {})
    if (key !== secure.key) {
      secure.agent.destroy()
      secure = { key, agent: new https.Agent({ ...settings, ...tlsOptions(tls ?? {}) }) }
    }
    return secure.agent
  }

  const ask = (url: URL, agent: http.Agent, headers: http.OutgoingHttpHeaders, body: Uint8Array) =>
    new Promise<WriteAnswer>((resolve, reject) => {
      const { request } = url.protocol === 'https:' ? https : http
      const call = request(url, { method: 'POST', headers, agent }, (response) => {
        readText(response).then(
          (text) =>
            resolve({ status: response.statusCode ?? 0, headers: flat(response.headers), text }),
          reject,
        )
      })
      const cancel = clock.after(FORWARD_LIMITS.requestTimeoutMs, () =>
        call.destroy(new Error(`no answer within ${FORWARD_LIMITS.requestTimeoutMs / 1_000} s`)),
      )
      call.on('error', reject)
      call.on('close', cancel)
      call.end(body)
    })

  return {
    async post({ url, body, version, tenantId }) {
      try {
        const { headers: own, tls } = await access()
        const headers = {
          ...own,
          ...VERSION_HEADERS[version],
          ...(tenantId === null ? {} : { [HEADERS.scopeOrgId]: tenantId }),
          'user-agent': userAgent,
          'content-encoding': 'snappy',
          'content-length': body.length,
        }
        const parsed = new URL(url)
        return await ask(parsed, agentFor(parsed, tls), headers, body)
      } catch (error) {
        return { status: 0, headers: {}, text: reasonOf(error) }
      }
    },
    close() {
      plain.destroy()
      secure.agent.destroy()
    },
  }
}

/** Reads again after a while. */
function openFresh<Value>(read: () => Promise<Value>, clock: Clock): () => Promise<Value> {
  let value: Promise<Value> | null = null
  let readAtMs = 0
  return () => {
    if (value !== null && clock.monotonicMs() - readAtMs < FORWARD_LIMITS.secretMs) return value
    readAtMs = clock.monotonicMs()
    const reading = read()
    reading.catch(() => (value = null))
    value = reading
    return reading
  }
}

function tlsOptions({ ca, cert, key, serverName, insecureSkipVerify }: TlsFields) {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { servername: serverName }),
    rejectUnauthorized: insecureSkipVerify !== true,
  }
}

/** Reads what a person needs of an answer and drops the rest. */
async function readText(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (bytes < ANSWER_BYTES) chunks.push(chunk)
    bytes += chunk.length
    if (bytes > MOST_ANSWER_BYTES) break
  }
  const text = Buffer.concat(chunks).toString('utf8', 0, ANSWER_BYTES)
  return text.trim().slice(0, FORWARD_LIMITS.answerCharacters)
}

const ANSWER_BYTES = 4 * FORWARD_LIMITS.answerCharacters
const MOST_ANSWER_BYTES = 1_048_576

function flat(headers: http.IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, String(value ?? '')]),
  )
}

/** Several addresses tried at once fail with an error that has no message of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return reasonOf(error.errors[0])
  return error instanceof Error && error.message !== '' ? error.message : 'no answer'
}
