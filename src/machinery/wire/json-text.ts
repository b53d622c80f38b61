/**
 * Parses JSON text from outside, saying where it breaks, without losing digits of integers beyond
 * 2^53: they come as decimal text.
 */
import { readText } from './text.ts'
import { WireError } from './wire-error.ts'

const LONG_INTEGER = /[:[,]\s*-?[0-9]{16}/
const INTEGER = /^-?[0-9]+$/
const UNEXPECTED = /^Unexpected token '[^']*'/
const AT_POSITION = / (?:in JSON )?at position ([0-9]+)/

export function parseJson(input: string | Uint8Array): unknown {
  const text = typeof input === 'string' ? input : readText(input, 0, input.length, 'the document')
  try {
    // The slow parse only where a number with so many digits stands: whoever sends 64-bit integers
    // as text never needs it.
    return LONG_INTEGER.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) throw syntaxError(error, text)
    throw error
  }
}

function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const source = context?.source ?? ''
  return INTEGER.test(source) ? source : value
}

function syntaxError({ message }: SyntaxError, text: string): WireError {
  const position = AT_POSITION.exec(message)
  if (position !== null) {
    return new WireError(`JSON: ${message.slice(0, position.index)}`, Number(position[1]))
  }
  if (message.includes('end of JSON input'))
    return new WireError('JSON: unexpected end', text.length)
  // Without a position the engine quotes the text instead: its first words are enough.
  return new WireError(`JSON: ${UNEXPECTED.exec(message)?.[0] ?? 'not a JSON document'}`)
}
