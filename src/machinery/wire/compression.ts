/**
 * Uncompresses HTTP content encodings with a limit on what comes out: a small body that would
 * unfold to gigabytes is refused where it passes the limit. The asynchronous form works on another
 * thread, for bodies that would hold the main thread too long.
 */
import { gunzip, gunzipSync, zstdDecompress, zstdDecompressSync } from 'node:zlib'
import { WireError } from './wire-error.ts'

export type StreamEncoding = 'gzip' | 'zstd'

/**
 * Uncompresses on this thread. Throws WireError: `too-large` past the limit, `malformed` when the
 * bytes are damaged or cut.
 */
export function uncompressStream(
  encoding: StreamEncoding,
  body: Uint8Array,
  limitBytes: number,
): Buffer {
  try {
    const options = { maxOutputLength: limitBytes }
    return encoding === 'gzip' ? gunzipSync(body, options) : zstdDecompressSync(body, options)
  } catch (error) {
    throw refusal(encoding, body, limitBytes, error)
  }
}

/** Uncompresses on another thread. Rejects as `uncompressStream` throws. */
export function uncompressStreamAside(
  encoding: StreamEncoding,
  body: Uint8Array,
  limitBytes: number,
): Promise<Buffer> {
  const options = { maxOutputLength: limitBytes }
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, output: Buffer): void => {
      if (error) reject(refusal(encoding, body, limitBytes, error))
      else resolve(output)
    }
    if (encoding === 'gzip') gunzip(body, options, done)
    else zstdDecompress(body, options, done)
  })
}

function refusal(
  encoding: StreamEncoding,
  body: Uint8Array,
  limitBytes: number,
  error: unknown,
): WireError {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ERR_BUFFER_TOO_LARGE') {
    return new WireError(
      `the ${encoding} body of ${body.length} bytes unfolds ` +
        `to more than the limit of ${limitBytes} bytes`,
      undefined,
      'too-large',
    )
  }
  return new WireError(`no ${encoding} body of ${body.length} bytes: ${message}`)
}
