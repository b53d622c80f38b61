/**
 * Reads a request's body from its socket, within the limit of one body and of all bodies together.
 */
import type { IncomingMessage } from 'node:http'
import { releaseBytes } from '../../machinery/runtime/release-bytes.ts'
import type { ByteShare } from './byte-budget.ts'
import type { Owner } from './owner.ts'
import { refuse, type Refusal } from './refusal.ts'

/** How large a body may be, and whose limit that is. */
export interface BodyLimit {
  readonly bytes: number
  readonly name: string
}

/**
 * Resolves with the body, with a refusal as soon as a limit is passed, or with `aborted` when the
 * client went away. Never rejects. After a refusal the rest is read and thrown away, because a
 * client that is still sending may not read an answer before it is done.
 */
export function readBody(
  request: IncomingMessage,
  limit: BodyLimit,
  share: ByteShare,
  owner: Owner,
): Promise<Buffer | Refusal | 'aborted'> {
  const announcedBytes = Number(request.headers['content-length'] ?? 0)
  const early = check(announcedBytes, limit, share, owner)
  if (early !== undefined) return Promise.resolve(early)
  if (request.destroyed) return Promise.resolve('aborted')
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let bodyBytes = 0
    const settle = (outcome: Buffer | Refusal | 'aborted'): void => {
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose)
      resolve(outcome)
    }
    const onData = (chunk: Buffer): void => {
      bodyBytes += chunk.length
      const refusal = check(bodyBytes, limit, share, owner)
      if (refusal === undefined) chunks.push(chunk)
      else settle(refusal)
    }
    const onEnd = (): void => settle(joined(chunks, bodyBytes))
    const onClose = (): void => settle('aborted')
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose)
  })
}

function joined(chunks: readonly Buffer[], bodyBytes: number): Buffer {
  const [first] = chunks
  if (first !== undefined && chunks.length === 1) return first
  const body = Buffer.concat(chunks, bodyBytes)
  for (const chunk of chunks) releaseBytes(chunk)
  return body
}

function check(
  bodyBytes: number,
  limit: BodyLimit,
  share: ByteShare,
  { tenantId }: Owner,
): Refusal | undefined {
  if (bodyBytes > limit.bytes) {
    return refuse('too-large', `the body is larger than ${limit.name} of ${limit.bytes} bytes`)
  }
  const shortage = share.grow(bodyBytes)
  if (shortage === undefined) return undefined
  if (shortage === 'everybody') {
    return refuse('overload', 'too many writes are in flight; send this one again')
  }
  return tenantId === null
    ? refuse('key-overload', 'too many writes of this key are in flight; send this one again')
    : refuse('tenant-overload', `too many writes of tenant ${tenantId} are in flight`)
}
