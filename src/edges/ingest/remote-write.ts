/**
 * Prometheus remote write over HTTP, 1.0 and 2.0 on the same paths; the media type tells which. 204
 * when all was kept, 202 when all was left to another replica (as Mimir does), 400 with counts and
 * reasons when some was not (a sender drops on 400, and what was good is kept), 415 for any other
 * message, which makes a newer sender fall back. Answers to 2.0 say in three headers how much was
 * written; answers to 1.0 never do.
 * Source: Prometheus remote-write specifications 1.0 and 2.0.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { HEADERS } from '../../core/names/headers.ts'
import type { WriteOutcome } from '../../domain/metrics/metrics.ts'
import { discardText } from './discard-text.ts'
import { readContentEncoding, readMediaType } from './media-type.ts'
import type { Answer, WriteProtocol } from './protocol.ts'
import { recordKind, type RecordKind } from './record-kind.ts'
import { refuse, type Refusal } from './refusal.ts'

const MEDIA_TYPE = 'application/x-protobuf'
const MESSAGES = {
  'prometheus.WriteRequest': 'remote-write',
  'io.prometheus.write.v2.Request': 'remote-write-2',
} as const
type Format = (typeof MESSAGES)[keyof typeof MESSAGES]

export const remoteWriteProtocol: WriteProtocol = {
  name: 'remote-write',
  paths: ['/api/v1/write', '/api/v1/push'],
  recognise,
  accepted,
  refused,
}

/**
 * Early senders name neither type nor encoding; Prometheus takes them as what they always are, and
 * so does this.
 */
function recognise(headers: IncomingHttpHeaders): RecordKind | Refusal {
  const format = formatOf(headers)
  if (format === undefined) {
    const given = JSON.stringify(headers['content-type'])
    const read = Object.keys(MESSAGES).join(' or ')
    return refuse(
      'media-type',
      `content type ${given} is not read here, only ${MEDIA_TYPE};proto=${read}`,
    )
  }
  const encoding = readContentEncoding(headers['content-encoding'] ?? 'snappy')
  return (
    recordKind(format, encoding) ??
    refuse('encoding', `content encoding ${JSON.stringify(encoding)} is not read here, only snappy`)
  )
}

function formatOf(headers: IncomingHttpHeaders): Format | undefined {
  const mediaType = readMediaType(headers['content-type'] ?? MEDIA_TYPE)
  if (mediaType?.essence !== MEDIA_TYPE) return undefined
  const message = mediaType.params.get('proto') ?? 'prometheus.WriteRequest'
  return Object.hasOwn(MESSAGES, message) ? MESSAGES[message as keyof typeof MESSAGES] : undefined
}

function accepted({ format }: RecordKind, outcome: WriteOutcome): Answer {
  const headers = format === 'remote-write-2' ? { headers: written(outcome) } : {}
  const { received, notElected, discardedTotal, faults, messages } = outcome
  if (discardedTotal + faults === 0) {
    const isLeft = received > 0 && notElected === received
    return { status: isLeft ? 202 : 204, body: '', ...headers }
  }
  const lines = [
    ...(discardedTotal > 0 ? [`${discardText(outcome, 'samples')}.`] : []),
    ...(faults > 0 ? [`${faults} exemplars or series without samples were refused.`] : []),
    ...messages,
  ]
  return { ...text(400, lines.join('\n')), ...headers }
}

function refused(headers: IncomingHttpHeaders, status: number, message: string): Answer {
  const answer = text(status, message)
  return formatOf(headers) === 'remote-write-2' ? { ...answer, headers: NONE_WRITTEN } : answer
}

function written(outcome: WriteOutcome): Record<string, string> {
  const { received, discardedTotal, histograms, histogramsDiscarded, exemplars } = outcome
  const histogramsWritten = histograms - histogramsDiscarded
  return writtenHeaders(received - discardedTotal - histogramsWritten, histogramsWritten, exemplars)
}

function writtenHeaders(samples: number, histograms: number, exemplars: number) {
  return {
    [HEADERS.samplesWritten]: String(samples),
    [HEADERS.histogramsWritten]: String(histograms),
    [HEADERS.exemplarsWritten]: String(exemplars),
  }
}

const NONE_WRITTEN = writtenHeaders(0, 0, 0)

function text(status: number, message: string): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${message}\n` }
}
