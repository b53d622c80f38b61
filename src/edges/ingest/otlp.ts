/**
 * OTLP/HTTP for metrics: 200 with an empty response when all was kept, with a partial success when
 * some was not (and never a message otherwise: senders take any message for a loss); failures carry
 * a google.rpc.Status in the type of the request. Senders repeat only what is answered 429, 502,
 * 503 or 504.
 * Source: opentelemetry-proto docs/specification.md, "OTLP/HTTP".
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { WriteOutcome } from '../../domain/metrics/metrics.ts'
import {
  encodeExportResponse,
  encodeStatus,
  STATUS_CODES,
  type OtlpFormat,
  type StatusCode,
} from '../../machinery/wire/otlp-answer.ts'
import { discardText } from './discard-text.ts'
import { readContentEncoding, readMediaType } from './media-type.ts'
import type { Answer, WriteProtocol } from './protocol.ts'
import { otlpFormatOf, recordKind, type RecordKind } from './record-kind.ts'
import { refuse, type Refusal } from './refusal.ts'

/** Where Mimir, Prometheus and VictoriaMetrics have what OpenTelemetry has at the root. */
const PREFIXES = ['', '/otlp', '/api/v1/otlp', '/opentelemetry']
export const OTHER_SIGNAL_PATHS = PREFIXES.flatMap((prefix) => [
  `${prefix}/v1/traces`,
  `${prefix}/v1/logs`,
])

const MEDIA_TYPES = { protobuf: 'application/x-protobuf', json: 'application/json' } as const

export const otlpProtocol: WriteProtocol = {
  name: 'otlp',
  paths: PREFIXES.map((prefix) => `${prefix}/v1/metrics`),
  recognise,
  accepted,
  refused,
}

function recognise(headers: IncomingHttpHeaders): RecordKind | Refusal {
  const format = requestFormat(headers)
  if (format === undefined) {
    const given = JSON.stringify(headers['content-type'] ?? '')
    return refuse(
      'media-type',
      `content type ${given} is not read here, only ${Object.values(MEDIA_TYPES).join(' and ')}`,
    )
  }
  const encoding = readContentEncoding(headers['content-encoding'])
  return (
    recordKind(format === 'json' ? 'otlp-json' : 'otlp-protobuf', encoding) ??
    refuse(
      'encoding',
      `content encoding ${JSON.stringify(encoding)} is not read here, only gzip, zstd and identity`,
    )
  )
}

function requestFormat(headers: IncomingHttpHeaders): OtlpFormat | undefined {
  const mediaType = readMediaType(headers['content-type'] ?? '')
  if (mediaType?.essence === MEDIA_TYPES.protobuf) return 'protobuf'
  const charset = mediaType?.params.get('charset') ?? 'utf-8'
  const isJson = mediaType?.essence === MEDIA_TYPES.json && charset.toLowerCase() === 'utf-8'
  return isJson ? 'json' : undefined
}

function accepted(kind: RecordKind, outcome: WriteOutcome): Answer {
  const format = otlpFormatOf(kind)
  const partial =
    outcome.discardedTotal === 0
      ? undefined
      : {
          rejectedDataPoints: outcome.discardedTotal,
          errorMessage: [discardText(outcome, 'data points'), ...outcome.messages].join('; '),
        }
  return {
    status: 200,
    contentType: MEDIA_TYPES[format],
    body: encodeExportResponse(format, partial),
  }
}

/**
 * A request of an unknown type has no encoding to answer in: plain text then, as the OpenTelemetry
 * Collector does.
 */
function refused(headers: IncomingHttpHeaders, status: number, message: string): Answer {
  const format = requestFormat(headers)
  if (format === undefined) {
    return { status, contentType: 'text/plain; charset=utf-8', body: `${message}\n` }
  }
  return {
    status,
    contentType: MEDIA_TYPES[format],
    body: encodeStatus(format, statusCode(status), message),
  }
}

function statusCode(status: number): StatusCode {
  switch (status) {
    case 401:
      return STATUS_CODES.unauthenticated
    case 403:
      return STATUS_CODES.permissionDenied
    case 404:
    case 405:
      return STATUS_CODES.unimplemented
    case 413:
    case 429:
      return STATUS_CODES.resourceExhausted
    case 500:
      return STATUS_CODES.internal
    case 503:
      return STATUS_CODES.unavailable
    default:
      return STATUS_CODES.invalidArgument
  }
}
