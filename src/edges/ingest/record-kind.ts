/**
 * What a body is: its message format and its compression. The number stands in the log record,
 * which keeps the body as it was received, so a row may be added but never changed.
 */
import type { OtlpFormat } from '../../machinery/wire/otlp-answer.ts'

export type Encoding = 'identity' | 'snappy' | 'gzip' | 'zstd'
export type MessageFormat = 'remote-write' | 'remote-write-2' | 'otlp-protobuf' | 'otlp-json'

export interface RecordKind {
  readonly kind: number
  readonly format: MessageFormat
  readonly encoding: Encoding
}

export const RECORD_KINDS: readonly RecordKind[] = [
  { kind: 1, format: 'remote-write', encoding: 'snappy' },
  { kind: 2, format: 'otlp-protobuf', encoding: 'identity' },
  { kind: 3, format: 'otlp-protobuf', encoding: 'gzip' },
  { kind: 4, format: 'otlp-protobuf', encoding: 'zstd' },
  { kind: 5, format: 'otlp-json', encoding: 'identity' },
  { kind: 6, format: 'otlp-json', encoding: 'gzip' },
  { kind: 7, format: 'otlp-json', encoding: 'zstd' },
  { kind: 8, format: 'remote-write-2', encoding: 'snappy' },
]

/**
 * No body of a sender: what the metrics stage had learned from the registry before the next record.
 */
export const DECISIONS_KIND = 100

/**
 * No body of a sender either: which new series of the next record had no room in the quotas of its
 * tenants. A replay knows it by itself.
 */
export const REFUSED_SERIES_KIND = 101

export function recordKind(format: MessageFormat, encoding: string): RecordKind | undefined {
  return RECORD_KINDS.find((row) => row.format === format && row.encoding === encoding)
}

export function recordKindOf(kind: number): RecordKind | undefined {
  return RECORD_KINDS.find((row) => row.kind === kind)
}

export function otlpFormatOf({ format }: RecordKind): OtlpFormat {
  return format === 'otlp-json' ? 'json' : 'protobuf'
}
