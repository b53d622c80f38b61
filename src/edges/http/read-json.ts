/**
 * Reads the body of an API request: bounded, as UTF-8, as JSON; what is wrong is said with line and
 * column.
 */
import { TenantryError } from '../../core/errors.ts'
import { HTTP_ERRORS } from './errors.ts'
import { HTTP_LIMITS } from './limits.ts'
import type { RouteFacts } from './route.ts'

const JSON_TYPE = /^application\/(?:[a-z0-9.-]+\+)?json$/
const FORM_TYPE = 'application/x-www-form-urlencoded'

/** What a route says of its bodies. */
type BodyRules = Pick<RouteFacts, 'takesForm' | 'bodyBytes'>

export interface ReadBody {
  readonly bytes: Buffer
  readonly value: unknown
}

/**
 * Reads a body whole. Shape: an empty one is an empty object. Throws BODY_TOO_LARGE, MEDIA_TYPE,
 * JSON_INVALID.
 */
export async function readRequestBody(
  request: Request,
  { takesForm = false, bodyBytes = HTTP_LIMITS.bodyBytes }: BodyRules,
): Promise<ReadBody> {
  const bytes = await readBytes(request, bodyBytes)
  if (bytes.length === 0) return { bytes, value: {} }
  const text = decode(bytes)
  const type = mediaType(request)
  if (takesForm && type === FORM_TYPE) {
    return { bytes, value: Object.fromEntries(new URLSearchParams(text)) }
  }
  if (!JSON_TYPE.test(type)) {
    const message = `reading the body: Content-Type is ${type === '' ? 'missing' : JSON.stringify(type)}`
    throw new TenantryError(HTTP_ERRORS.mediaType, message)
  }
  return { bytes, value: parseJsonBody(text) }
}

/** Parses JSON. Throws JSON_INVALID, naming line and column, both from 1. */
export function parseJsonBody(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const position = positionOf(error, text)
    const { line, column } = placeOf(text, position)
    const place = `line ${String(line)}, column ${String(column)}`
    const message = `reading the body: ${wordsOf(error)} at ${place}`
    throw new TenantryError(HTTP_ERRORS.jsonInvalid, message, {
      details: { errors: [{ field: '', message: `not JSON: ${wordsOf(error)} at ${place}` }] },
    })
  }
}

async function readBytes(request: Request, most: number): Promise<Buffer> {
  const encoding = request.headers.get('content-encoding')
  if (encoding !== null && encoding !== 'identity') {
    const message = `reading the body: Content-Encoding ${JSON.stringify(encoding)} is not taken here`
    throw new TenantryError(HTTP_ERRORS.mediaType, message)
  }
  if (Number(request.headers.get('content-length') ?? 0) > most) throw tooLarge(most)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.length
    if (size > most) throw tooLarge(most)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function tooLarge(most: number): TenantryError {
  const message = `reading the body: it is larger than ${String(most)} bytes`
  return new TenantryError(HTTP_ERRORS.bodyTooLarge, message)
}

function mediaType(request: Request): string {
  const [type = ''] = (request.headers.get('content-type') ?? '').split(';')
  return type.trim().toLowerCase()
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new TenantryError(HTTP_ERRORS.jsonInvalid, 'reading the body: it is not UTF-8', { cause })
  }
}

const AT_POSITION = / (?:in JSON )?at position (\d+)/

function wordsOf({ message }: SyntaxError): string {
  const words = message
    .replace(/ (?:in JSON )?at position .*$/s, '')
    .replace(/, (?:\.\.\.)?".*$/s, '')
  return words.replace(/ of JSON input$/, '')
}

/**
 * Node names the position for some faults only. For the others the shortest beginning of the text
 * that has the fault tells.
 */
function positionOf({ message }: SyntaxError, text: string): number {
  const named = AT_POSITION.exec(message)
  if (named !== null) return Number(named[1])
  if (!message.startsWith('Unexpected token')) return text.length
  let good = 0
  let bad = text.length
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1
    if (hasUnexpectedToken(text.slice(0, middle))) bad = middle
    else good = middle
  }
  return good
}

function hasUnexpectedToken(text: string): boolean {
  try {
    JSON.parse(text)
    return false
  } catch (error) {
    return error instanceof SyntaxError && error.message.startsWith('Unexpected token')
  }
}

function placeOf(text: string, position: number): { line: number; column: number } {
  const before = text.slice(0, position)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: position - lineStart + 1 }
}
