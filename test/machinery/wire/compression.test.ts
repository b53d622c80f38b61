import { gzipSync, zstdCompressSync } from 'node:zlib'
import { compressSync } from 'snappy'
import { describe, expect, it } from 'vitest'
import { uncompressStream, uncompressStreamAside } from '../../../src/machinery/wire/compression.ts'
import { uncompressSnappy } from '../../../src/machinery/wire/snappy.ts'
import { WireError } from '../../../src/machinery/wire/wire-error.ts'

const TEXT = Buffer.from('tenant '.repeat(1_000))

describe('uncompressSnappy', () => {
  it('gives back what was compressed, nothing included', () => {
    expect(uncompressSnappy(compressSync(TEXT), TEXT.length).equals(TEXT)).toBe(true)
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
