/**
 * Reads a CloudEvent from an HTTP request, in structured mode (`application/cloudevents+json`, the
 * event is the body) or binary mode (attributes in `ce-` headers, the data is the body). Extension
 * attributes are passed over. Source: CloudEvents 1.0.2, HTTP protocol binding 1.0.2, JSON format.
 */
import { z } from 'zod'
import { fieldProblems, type FieldProblem } from '../../machinery/runtime/field-problems.ts'
import { invalid } from './checked.ts'

export interface CloudEvent {
  readonly id: string
  readonly source: string
  readonly type: string
  /** Null where the event has no time. */
  readonly timeMs: number | null
  readonly data: unknown
  /** Names a field of the data as the sender sees it. */
  readonly fieldOf: (field: string) => string
}

const STRUCTURED = 'application/cloudevents+json'
const BATCH = 'application/cloudevents-batch+json'
const NAMES = ['specversion', 'id', 'source', 'type', 'time', 'datacontenttype'] as const

const text = z.string().min(1).max(1_000)
const attributes = z.looseObject({
  specversion: z.literal('1.0'),
  id: text,
  source: text,
  type: text,
  time: z.iso.datetime({ offset: true, error: 'expected RFC 3339' }).exactOptional(),
  datacontenttype: z
    .string()
    .regex(/^application\/(?:[a-z0-9.-]+\+)?json *(?:;|$)/i, 'expected application/json')
    .exactOptional(),
})

/** Reads the event of a request. Throws REQUEST_INVALID, naming every attribute that is wrong. */
export function readCloudEvent(
  header: (name: string) => string | undefined,
  body: unknown,
): CloudEvent {
  const [mediaType = ''] = (header('content-type') ?? '').split(';')
  const type = mediaType.trim().toLowerCase()
  if (type === BATCH) {
    throw invalid('the headers', [
      { field: 'Content-Type', message: 'expected one event, not a batch' },
    ])
  }
  return type === STRUCTURED ? readStructured(body) : readBinary(header, body)
}

function readStructured(body: unknown): CloudEvent {
  const read = attributes.safeParse(body)
  if (!read.success) throw invalid('the event', fieldProblems(read.error, body))
  if ('data_base64' in read.data) {
    throw invalid('the event', [
      { field: 'data_base64', message: 'expected JSON in `data` instead' },
    ])
  }
  return eventOf(read.data, read.data['data'], (field) => (field === '' ? 'data' : `data.${field}`))
}

function readBinary(header: (name: string) => string | undefined, body: unknown): CloudEvent {
  const given = Object.fromEntries(
    NAMES.flatMap((name) => {
      const value = header(name === 'datacontenttype' ? 'content-type' : `ce-${name}`)
      return value === undefined ? [] : [[name, decode(value)]]
    }),
  )
  if (given['specversion'] === undefined) {
    const message = `is missing; expected 1.0, or Content-Type ${STRUCTURED}`
    throw invalid('the headers', [{ field: 'ce-specversion', message }])
  }
  const read = attributes.safeParse(given)
  if (read.success) return eventOf(read.data, body, (field) => field)
  const problems = fieldProblems(read.error, given).map(toHeader)
  throw invalid('the headers', problems)
}

function eventOf(
  { id, source, type, time }: z.infer<typeof attributes>,
  data: unknown,
  fieldOf: CloudEvent['fieldOf'],
): CloudEvent {
  return { id, source, type, timeMs: time === undefined ? null : Date.parse(time), data, fieldOf }
}

function toHeader({ field, message }: FieldProblem): { field: string; message: string } {
  return { field: field === 'datacontenttype' ? 'Content-Type' : `ce-${field}`, message }
}

/** Header values are percent-encoded UTF-8; what is no such encoding stands for itself. */
function decode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
