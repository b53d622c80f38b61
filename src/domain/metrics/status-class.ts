/**
 * Tells by its labels what became of the requests that a series counts. Pure; asked once a series.
 *
 * Source: OpenTelemetry semantic conventions for HTTP, for RPC and for gRPC (which codes are errors
 * of the server), and recording errors (`error.type` is there only when it failed).
 */
import { STATUS_CLASSES, type RequestRefusal, type SignalName, type StatusClass } from './cell.ts'

/** The labels of one series by name: attributes of the point before those of the resource. */
export interface LabelReader {
  (name: string): string | undefined
}

/** In the order in which they are tried. */
const HTTP_LABELS = [
  'http.response.status_code',
  'http.status_code',
  'http_response_status_code',
  'http_status_code',
  'status_code',
  'response_code',
  'code',
  'status',
]
const GRPC_LABELS = [
  'rpc.response.status_code',
  'rpc_response_status_code',
  'rpc.grpc.status_code',
  'rpc_grpc_status_code',
  'grpc_code',
]
/** Envoy's `2` for 2xx. */
const DIGIT_LABELS = ['envoy_response_code_class']
const ERROR_LABELS = ['error.type', 'error_type']

/** By number. What the caller did is 4xx, what the server did 5xx. */
const GRPC_CODES: readonly (readonly [name: string, statusClass: StatusClass])[] = [
  ['OK', '2xx'],
  ['CANCELLED', '4xx'],
  ['UNKNOWN', '5xx'],
  ['INVALIDARGUMENT', '4xx'],
  ['DEADLINEEXCEEDED', '5xx'],
  ['NOTFOUND', '4xx'],
  ['ALREADYEXISTS', '4xx'],
  ['PERMISSIONDENIED', '4xx'],
  ['RESOURCEEXHAUSTED', '4xx'],
  ['FAILEDPRECONDITION', '4xx'],
  ['ABORTED', '4xx'],
  ['OUTOFRANGE', '4xx'],
  ['UNIMPLEMENTED', '5xx'],
  ['INTERNAL', '5xx'],
  ['UNAVAILABLE', '5xx'],
  ['DATALOSS', '5xx'],
  ['UNAUTHENTICATED', '4xx'],
]
const BY_GRPC_CODE = new Map(
  GRPC_CODES.flatMap(([name, statusClass], code) => [
    [name, statusClass],
    [String(code), statusClass],
  ]),
)

const GRPC_REFUSALS: ReadonlyMap<string, RequestRefusal> = new Map([
  ['RESOURCEEXHAUSTED', '429'],
  ['8', '429'],
  ['UNAVAILABLE', '503'],
  ['14', '503'],
])

/**
 * Tells the class of the status that the labels name: an HTTP code such as 404 or 4xx, a code of
 * gRPC, else an error. A call of a dependency that names none of them succeeded; a request that
 * names none is `unknown`.
 * Worked: `code="404"` -> 4xx, `grpc_code="NotFound"` -> 4xx, `rpc.grpc.status_code="14"` -> 5xx.
 */
export function statusClass(signal: SignalName, label: LabelReader): StatusClass {
  const grpc = first(GRPC_LABELS, label)
  if (grpc !== undefined) return grpcClass(grpc)
  const http = first(HTTP_LABELS, label)
  if (http !== undefined) return httpClass(/^([1-5])(?:\d\d|xx)$/i.exec(http))
  const digit = first(DIGIT_LABELS, label)
  if (digit !== undefined) return httpClass(/^([1-5])$/.exec(digit))
  if (first(ERROR_LABELS, label) !== undefined) return '5xx'
  return signal === 'dependency_calls' ? '2xx' : 'unknown'
}

/** Where a sender says why a request was turned away. */
const REASON_LABELS = [...ERROR_LABELS, 'reason', 'refused_by']
const QUOTA = /quota/i

/**
 * Tells how the requests that a series counts were turned away. Undefined where they were not, and
 * where only their class is told, as by Envoy.
 * Worked: `code="503"` -> 503, `grpc_code="ResourceExhausted"` -> 429, and with
 * `error.type="quota_exceeded"` -> quota.
 */
export function refusalOf(label: LabelReader): RequestRefusal | undefined {
  const grpc = first(GRPC_LABELS, label)
  const code = grpc === undefined ? first(HTTP_LABELS, label) : grpcRefusal(grpc)
  if (code === '503') return '503'
  if (code !== '429') return undefined
  return QUOTA.test(first(REASON_LABELS, label) ?? '') ? 'quota' : '429'
}

function httpClass(match: RegExpExecArray | null): StatusClass {
  return match === null ? 'unknown' : STATUS_CLASSES[Number(match[1]) - 1]!
}

/** Worked: `NotFound`, `NOT_FOUND` and `5` are one code. */
function grpcClass(code: string): StatusClass {
  return BY_GRPC_CODE.get(plainGrpc(code)) ?? 'unknown'
}

/** As HTTP says it. */
function grpcRefusal(code: string): RequestRefusal | undefined {
  return GRPC_REFUSALS.get(plainGrpc(code))
}

function plainGrpc(code: string): string {
  return code.replaceAll('_', '').toUpperCase()
}

function first(names: readonly string[], label: LabelReader): string | undefined {
  for (const name of names) {
    const value = label(name)
    if (value !== undefined && value !== '') return value
  }
  return undefined
}
