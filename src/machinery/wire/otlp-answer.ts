/**
 * Writes the answers of OTLP/HTTP in the encoding of the request.
 *
 *   ExportMetricsServiceResponse { ExportMetricsPartialSuccess partial_success = 1; }
 *   ExportMetricsPartialSuccess  { int64 rejected_data_points = 1; string error_message = 2; }
 *   google.rpc.Status { int32 code = 1; string message = 2; }
 *
 * Source: opentelemetry-proto docs/specification.md, "OTLP/HTTP Response"; proto3 JSON mapping
 * (int64 as a string).
 */
import { openProtoWriter } from './encode.ts'

export type OtlpFormat = 'protobuf' | 'json'

export interface PartialSuccess {
  readonly rejectedDataPoints: number
  readonly errorMessage: string
}

/** Codes of google.rpc.Code that are answered. */
export const STATUS_CODES = {
  invalidArgument: 3,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const
export type StatusCode = (typeof STATUS_CODES)[keyof typeof STATUS_CODES]

/**
 * Writes the answer to an accepted request. Without a partial success it is empty, which says that
 * all of it was kept.
 */
export function encodeExportResponse(
  format: OtlpFormat,
  partial: PartialSuccess | undefined,
): Uint8Array {
  if (format === 'json') {
    return Buffer.from(
      JSON.stringify(
        partial === undefined
          ? {}
          : {
              partialSuccess: {
                rejectedDataPoints: String(partial.rejectedDataPoints),
                errorMessage: partial.errorMessage,
              },
            },
      ),
    )
  }
  const writer = openProtoWriter()
  if (partial !== undefined) {
    writer.message(1, () => {
      writer.varint(1, partial.rejectedDataPoints)
      writer.text(2, partial.errorMessage)
    })
  }
  return writer.take()
}

/** Writes the answer to a refused request. */
export function encodeStatus(format: OtlpFormat, code: StatusCode, message: string): Uint8Array {
  if (format === 'json') return Buffer.from(JSON.stringify({ code, message }))
  const writer = openProtoWriter()
  writer.varint(1, code)
  writer.text(2, message)
  return writer.take()
}
