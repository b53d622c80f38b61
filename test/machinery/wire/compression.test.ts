import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { compressSync, uncompressSync } from 'snappy'
import { describe, expect, it } from 'vitest'
import { uncompressStream, uncompressStreamAside } from '../../../src/machinery/wire/compression.ts'
import { uncompressSnappy } from '../../../src/machinery/wire/snappy.ts'
import { WireError } from '../../../src/machinery/wire/wire-error.ts'

const TEXT = Buffer.from('tenant '.repeat(1_000))

describe('uncompressSnappy', () => {
  it('gives back what was compressed, nothing included', () => {
    expect(TEXT.equals(uncompressSnappy(compressSync(TEXT), TEXT.length))).toBe(true)
    expect(uncompressSnappy(Buffer.of(0), 10)).toHaveLength(0)
  })

  it('refuses a block that announces more than the limit, before it is unfolded', () => {
    expect(() => uncompressSnappy(compressSync(TEXT), TEXT.length - 1)).toThrow(
      'the snappy block announces 7000 bytes, the limit is 6999 at byte 0',
    )
    expect(refusalOf(() => uncompressSnappy(compressSync(TEXT), 10)).fault).toBe('too-large')
  })

  it('refuses a length that so few bytes cannot hold', () => {
    const liar = Buffer.of(0x80, 0x80, 0x80, 0x10, 0x00, 0x00)
    expect(() => uncompressSnappy(liar, 2 ** 26)).toThrow(
      'announces 33554432 bytes, more than 6 bytes can hold',
    )
  })

  it('refuses what is no block', () => {
    const block = compressSync(TEXT)
    const overlong = Buffer.of(0xff, 0xff, 0xff, 0xff, 0xff, 0x01)
    for (const body of [Buffer.of(), block.subarray(0, -1), Buffer.of(4, 0xff), overlong]) {
      expect(refusalOf(() => uncompressSnappy(body, 2 ** 26)).fault).toBe('malformed')
    }
  })
})

/** Texts that repeat themselves near and far, as the elements of a block do. */
const repetitive = fc
  .array(fc.tuple(fc.string({ unit: 'grapheme', maxLength: 20 }), fc.integer({ min: 1, max: 90 })))
  .map((parts) => Buffer.from(parts.map(([text, times]) => text.repeat(times)).join('')))

/** Elements as the format has them, most of them possible. */
const elements = fc
  .array(
    fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 70 }).map(literal),
      fc
        .tuple(fc.nat(7), fc.nat(200))
        .map(([length, offset]) => [1 | (length << 2) | ((offset >>> 8) << 5), offset & 0xff]),
      fc
        .tuple(fc.nat(63), fc.nat(300))
        .map(([length, offset]) => [2 | (length << 2), offset & 0xff, offset >>> 8]),
      fc
        .tuple(fc.nat(63), fc.nat(40))
        .map(([length, offset]) => [3 | (length << 2), offset, 0, 0, 0]),
    ),
    { maxLength: 12 },
  )
  .map((all) => Buffer.from(all.flat()))

function literal(bytes: Uint8Array): number[] {
  const tag = bytes.length <= 60 ? [(bytes.length - 1) << 2] : [60 << 2, bytes.length - 1]
  return [...tag, ...bytes]
}

/** What the library says of a block: its bytes, or that there is none. */
function libraryOf(body: Buffer): Buffer | undefined {
  try {
    return uncompressSync(body) as Buffer
  } catch {
    return undefined
  }
}

function oursOf(body: Buffer): Buffer | undefined {
  try {
    return Buffer.from(uncompressSnappy(body, 2 ** 20))
  } catch (error) {
    expect(error).toBeInstanceOf(WireError)
    return undefined
  }
}

describe('uncompressSnappy beside the library', () => {
  it('gives back whatever was compressed', () => {
    fc.assert(
      fc.property(repetitive, (text) => {
        expect(text.equals(uncompressSnappy(compressSync(text), text.length))).toBe(true)
      }),
    )
  })

  it('takes and refuses the same blocks, and reads the same from them', () => {
    fc.assert(
      fc.property(elements, fc.nat(2_000), (given, announced) => {
        const length = Buffer.from([0x80 | (announced & 0x7f), announced >>> 7])
        const body = Buffer.concat([length, given])
        const library = announced > body.length * (64 / 3) ? undefined : libraryOf(body)
        expect(oursOf(body)).toEqual(library)
      }),
      { numRuns: 2_000 },
    )
  })

  it('takes and refuses the same blocks after a byte was changed', () => {
    const text = Buffer.from(`${'abcdefgh'.repeat(9)}${TEXT.toString()}0123456789`)
    const block = compressSync(text)
    fc.assert(
      fc.property(fc.nat(block.length - 1), fc.nat(255), (at, byte) => {
        const body = Buffer.from(block)
        body[at] = byte
        fc.pre(body.readUInt8(0) === block.readUInt8(0) && body.readUInt8(1) === block.readUInt8(1))
        expect(oursOf(body)).toEqual(libraryOf(body))
      }),
    )
  })

  it('uncompresses what is too large for the memory of all', () => {
    const large = Buffer.alloc(5_000_000, 'tenant ')
    expect(large.equals(uncompressSnappy(compressSync(large), large.length))).toBe(true)
  })
})

describe.each(['gzip', 'zstd'] as const)('uncompressStream with %s', (encoding) => {
  const compressed = encoding === 'gzip' ? gzipSync(TEXT) : zstdCompressSync(TEXT)

  it('gives back what was compressed, here and on another thread', async () => {
    expect(uncompressStream(encoding, compressed, TEXT.length).equals(TEXT)).toBe(true)
    const aside = await uncompressStreamAside(encoding, compressed, TEXT.length)
    expect(aside.equals(TEXT)).toBe(true)
  })

  it('refuses a body that unfolds to more than the limit', async () => {
    const message = `unfolds to more than the limit of ${TEXT.length - 1} bytes`
    const refusal = refusalOf(() => uncompressStream(encoding, compressed, TEXT.length - 1))
    expect(refusal.message).toContain(message)
    expect(refusal.fault).toBe('too-large')
    const aside = uncompressStreamAside(encoding, compressed, TEXT.length - 1)
    await expect(aside).rejects.toThrow(message)
  })

  it('refuses a cut or foreign body', async () => {
    for (const body of [compressed.subarray(0, -5), Buffer.from('plain text'), Buffer.of()]) {
      const refusal = refusalOf(() => uncompressStream(encoding, body, 2 ** 20))
      expect(refusal.fault).toBe('malformed')
      expect(refusal.message).toContain(`no ${encoding} body of ${body.length} bytes`)
      await expect(uncompressStreamAside(encoding, body, 2 ** 20)).rejects.toThrow(WireError)
    }
  })
})

function refusalOf(call: () => unknown): WireError {
  try {
    call()
  } catch (error) {
    if (error instanceof WireError) return error
    throw error
  }
  throw new Error('nothing was refused')
}
