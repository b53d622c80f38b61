/**
 * Makes strings of UTF-8 byte ranges, refusing what is not UTF-8. Short ASCII texts, which nearly
 * all label names and values are, are looked up in a small table first: a text seen shortly before
 * costs a comparison and no garbage.
 */
import { WireError } from './wire-error.ts'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const TABLE_SIZE = 4_096
const LONGEST_KEPT = 32
const table: string[] = Array.from({ length: TABLE_SIZE }, () => '')

/**
 * Reads a text. Throws WireError, which calls the text by the given name, at the byte where it
 * begins.
 */
export function readText(bytes: Uint8Array, start: number, end: number, name: string): string {
  let hash = 0
  let bits = 0
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number
    bits |= byte
    hash = (Math.imul(hash, 31) + byte) | 0
  }
  if (bits >= 0x80) return decodeText(bytes, start, end, name)
  if (end - start > LONGEST_KEPT) return latin1(bytes, start, end)
  const slot = (hash ^ (hash >>> 12)) & (TABLE_SIZE - 1)
  const kept = table[slot] as string
  if (isText(kept, bytes, start, end)) return kept
  const text = latin1(bytes, start, end)
  table[slot] = text
  return text
}

function decodeText(bytes: Uint8Array, start: number, end: number, name: string): string {
  try {
    return decoder.decode(bytes.subarray(start, end))
  } catch {
    throw new WireError(`${name} is not valid UTF-8`, start)
  }
}

function isText(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) !== bytes[start + index]) return false
  }
  return true
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  const buffer = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return buffer.toString('latin1', start, end)
}
