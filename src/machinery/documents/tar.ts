/**
 * Texts as a tar archive (POSIX ustar), which `tar -xf` unpacks anywhere. The same files give the
 * same bytes: they belong to nobody and are of the beginning of time.
 */
import { assert } from '../../core/assert.ts'

const BLOCK_BYTES = 512
/** A longer path would need a prefix, which nothing here has. */
const PATH_BYTES = 100

export interface TarFile {
  readonly path: string
  readonly text: string
}

/** Writes the archive: a header and whole blocks a file, two empty blocks at its end. Source:
 *  POSIX.1-2017, pax, ustar interchange format. */
export function tarOf(files: readonly TarFile[]): Uint8Array<ArrayBuffer> {
  const blocks: Uint8Array[] = []
  for (const { path, text } of files) {
    const bytes = Buffer.from(text)
    const room = Buffer.alloc(Math.ceil(bytes.length / BLOCK_BYTES) * BLOCK_BYTES)
    bytes.copy(room)
    blocks.push(headerOf(path, bytes.length), room)
  }
  return new Uint8Array(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK_BYTES)]))
}

function headerOf(path: string, sizeBytes: number): Uint8Array {
  assert(Buffer.byteLength(path) <= PATH_BYTES, 'a path fits the header')
  const header = Buffer.alloc(BLOCK_BYTES)
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0')
  header.write(path, 0)
  header.write(octal(0o644, 7), 100)
  header.write(octal(0, 7), 108)
  header.write(octal(0, 7), 116)
  header.write(octal(sizeBytes, 11), 124)
  header.write(octal(0, 11), 136)
  header.write('        ', 148)
  header.write('0', 156)
  header.write('ustar\u{0}00', 257)
  const sum = header.reduce((all, byte) => all + byte, 0)
  header.write(`${octal(sum, 6)}\u{0} `, 148)
  return header
}
