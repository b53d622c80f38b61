/**
 * What serving one tenant costs the sample platform: real work on real memory, measured. A request
 * hashes a part of the tenant's code index and keeps a copy of it as context for the next ones.
 */
import { createHash } from 'node:crypto'
import type { Clock } from '../../core/ports.ts'
import { SECOND_MS } from '../../core/time.ts'
import { KIB } from '../../core/units.ts'
import type { DemoProfile } from './profiles.ts'
import { storedBytes } from './shape.ts'

export interface TenantWork {
  /** Works for one request and answers a digest. */
  complete(workFactor: number): string
  cpuSeconds(): number
  memoryBytes(): number
  /** Counts the bodies of requests and answers. */
  received(bytes: number): void
  sent(bytes: number): void
  receivedBytes(): number
  sentBytes(): number
  storedBytes(): number
}

const PART_BYTES = 64 * KIB
const CONTEXTS_KEPT = 32

export function openTenantWork(profile: DemoProfile, clock: Clock): TenantWork {
  const { indexBytes } = profile
  const index = Buffer.alloc(indexBytes, 'fn ')
  const contexts: Buffer[] = []
  let contextBytes = 0
  let busyMs = 0
  let requests = 0
  let receivedBytes = 0
  let sentBytes = 0

  const keepContext = (part: Buffer): void => {
    contexts.push(Buffer.from(part))
    contextBytes += part.length
    if (contexts.length > CONTEXTS_KEPT) contextBytes -= contexts.shift()?.length ?? 0
  }

  return {
    complete: (workFactor) => {
      const fromMs = clock.monotonicMs()
      requests += 1
      const from = (requests * PART_BYTES) % Math.max(1, index.length - PART_BYTES)
      const part = index.subarray(from, from + Math.min(PART_BYTES * workFactor, index.length))
      const hash = createHash('sha256')
      for (let round = 0; round < 2 * workFactor; round += 1) hash.update(part)
      keepContext(part)
      const digest = hash.digest('hex')
      busyMs += clock.monotonicMs() - fromMs
      return digest
    },
    cpuSeconds: () => busyMs / SECOND_MS,
    memoryBytes: () => index.length + contextBytes,
    received: (bytes) => void (receivedBytes += bytes),
    sent: (bytes) => void (sentBytes += bytes),
    receivedBytes: () => receivedBytes,
    sentBytes: () => sentBytes,
    storedBytes: () => storedBytes(profile, clock.nowMs()),
  }
}
