/**
 * Prometheus remote write 1.0 over HTTP: 204 when all was kept, 400 with counts and reasons when
 * some was not (a sender drops on 400, and what was good is kept), 415 for what is no remote write
 * 1.0, which makes a newer sender fall back to it.
 * Source: Prometheus remote-write specification 1.0.
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { WriteOutcome } from '../../domain/metrics/metrics.ts'
import { discardText } from './discard-text.ts'
import { readContentEncoding, readMediaType } from './media-type.ts'
import type { Answer, WriteProtocol } from './protocol.ts'
import { recordKind, type RecordKind } from './record-kind.ts'
import { refuse, type Refusal } from './refusal.ts'

const MEDIA_TYPE = 'application/x-protobuf'
const MESSAGE = 'prometheus.WriteRequest'

export const remoteWriteProtocol: WriteProtocol = {
  name: 'remote-write',
  paths: ['/api/v1/write', '/api/v1/push'],
  recognise,
  accepted,
  refused: (_headers, status, message) => text(status, message),
}

/**
 * Early senders name neither type nor encoding; Prometheus takes them as what they always are, and
 * so does this.
 */
function recognise(headers: IncomingHttpHeaders): RecordKind | Refusal {
  const contentType = headers['content-type'] ?? MEDIA_TYPE
  const mediaType = readMediaType(contentType)
  const message = mediaType?.params.get('proto') ?? MESSAGE
  if (mediaType?.essence !== MEDIA_TYPE || message !== MESSAGE) {
    const given = JSON.stringify(contentType)
    return refuse(
      'media-type',
      `content type ${given} is not read here, only ${MEDIA_TYPE};proto=${MESSAGE}`,
    )
  }
  const encoding = readContentEncoding(headers['content-encoding'] ?? 'snappy')
  return (
    recordKind('remote-write', encoding) ??
    refuse('encoding', `content encoding ${JSON.stringify(encoding)} is not read here, only snappy`)
  )
}

function accepted(_kind: RecordKind, outcome: WriteOutcome): Answer {
  if (outcome.discardedTotal === 0) return { status: 204, body: '' }
  return text(400, [`${discardText(outcome, 'samples')}.`, ...outcome.messages].join('\n'))
}

function text(status: number, message: string): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${message}\n` }
}
