/**
 * The forwarding worker: one outlet a target, all in one thread beside the main one, so that ingest
 * is not slowed. It reads segments of the log up to the end that it is told, and tells how far each
 * target has come.
 */
import { join } from 'node:path'
import type { Clock } from '../../../core/ports.ts'
import { openPrng } from '../../../core/prng.ts'
import { openLogFollower } from '../../../machinery/storage/wal-follow.ts'
import { readAccess } from '../engine-access.ts'
import { FORWARD_LIMITS } from './forward-limits.ts'
import type {
  ForwardTenant,
  ForwardWorkerData,
  FromForwardWorker,
  ToForwardWorker,
} from './forward-protocol.ts'
import { Outlet, type RecordWalk } from './outlet.ts'
import { openPoster } from './post-write.ts'
import { openSpill } from './spill.ts'

/** What the loop asks of a worker's port. */
export interface ForwardPort {
  on(event: 'message', call: (message: ToForwardWorker) => void): void
  postMessage(message: FromForwardWorker): void
  close(): void
}

export interface ForwardLoopParts {
  readonly port: ForwardPort
  readonly data: ForwardWorkerData
  readonly clock: Clock
  readonly walk: RecordWalk
  readonly compress: (message: Uint8Array) => Uint8Array
}

/** Runs until the main thread says that it ends. */
export async function runForwarding(parts: ForwardLoopParts): Promise<void> {
  const { port, data, clock } = parts
  const outlets = data.targets.map((_, index) => openOutlet(parts, index))
  let isClosing = false
  const wake = new AbortController()
  port.on('message', (message) => {
    switch (message.kind) {
      case 'tenants': {
        const tenants = byId(message.tenants)
        for (const { outlet } of outlets) outlet.setTenants(tenants)
        return
      }
      case 'end':
        for (const { outlet } of outlets) outlet.setEnd(message.position)
        return
      case 'close':
        isClosing = true
        wake.abort()
    }
  })
  const report = (): void => {
    port.postMessage({ kind: 'progress', targets: outlets.map(({ outlet }) => outlet.progress()) })
  }

  let reportedAtMs = clock.monotonicMs()
  while (!isClosing) {
    let hasMore = false
    for (const { outlet } of outlets) hasMore = outlet.turn() || hasMore
    if (clock.monotonicMs() - reportedAtMs >= FORWARD_LIMITS.reportMs) {
      reportedAtMs = clock.monotonicMs()
      report()
    }
    await clock.sleep(hasMore ? 0 : FORWARD_LIMITS.sweepMs, wake.signal)
  }

  for (const { outlet } of outlets) outlet.close()
  const untilMs = clock.monotonicMs() + FORWARD_LIMITS.drainMs
  while (!outlets.every(({ outlet }) => outlet.isIdle()) && clock.monotonicMs() < untilMs) {
    await clock.sleep(FORWARD_LIMITS.sweepMs)
  }
  report()
  port.postMessage({ kind: 'closed' })
  for (const { close } of outlets) close()
  port.close()
}

function openOutlet(
  { data, clock, walk, compress }: ForwardLoopParts,
  index: number,
): { outlet: Outlet; close: () => void } {
  const { target, start } = data.targets[index]!
  const follower = openLogFollower(data.directory)
  const poster = openPoster({
    maxInFlight: target.maxInFlight,
    readAccess: () => readAccess(target.access),
    clock,
    userAgent: data.userAgent,
  })
  const spill = openSpill(join(data.spillDirectory, `forward-${target.name}.spill`))
  const outlet = new Outlet({
    target,
    start,
    startedAtPosition: data.endPosition,
    clock,
    follower,
    walk,
    poster,
    compress,
    random: openPrng(data.seed + index),
    spill,
    translation: data.translation,
  })
  return {
    outlet,
    close() {
      follower.close()
      spill.close()
      poster.close()
    },
  }
}

function byId(tenants: readonly ForwardTenant[]): ReadonlyMap<string, ForwardTenant> {
  return new Map(tenants.map((tenant) => [tenant.tenantId, tenant]))
}
