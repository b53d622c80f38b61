/** An outlet over a source and an engine in memory, driven by a simulated clock; it can be killed. */
import { join } from 'node:path'
import { openPrng } from '../../../../src/core/prng.ts'
import type {
  ForwardProgress,
  ForwardStart,
  ForwardTenant,
} from '../../../../src/edges/engines/forward/forward-protocol.ts'
import type { ForwardLimits } from '../../../../src/edges/engines/forward/forward-limits.ts'
import type { ForwardTarget } from '../../../../src/edges/engines/forward/forward-target.ts'
import { ForwardTotals } from '../../../../src/edges/engines/forward/forward-totals.ts'
import { Outlet } from '../../../../src/edges/engines/forward/outlet.ts'
import { openSpill } from '../../../../src/edges/engines/forward/spill.ts'
import type { WritePoster } from '../../../../src/edges/engines/forward/post-write.ts'
import { walkRecord } from '../../../../src/forward-record.ts'
import { openSimClock, type SimClock } from '../../../../src/machinery/runtime/sim-clock.ts'
import { openLogFollower } from '../../../../src/machinery/storage/wal-follow.ts'
import { compressSnappy } from '../../../../src/machinery/wire/write-request.ts'
import type { Source } from './source.ts'

export const NOW_MS = 1_790_000_000_000

export const TARGET: ForwardTarget = {
  name: 'engine',
  type: 'prometheus',
  url: 'http://127.0.0.1:9090/api/v1/write',
  access: { auth: undefined, headers: {}, tls: undefined },
  tenantLabel: 'tenant_id',
  protocol: 'auto',
  maxLagBytes: 2 ** 40,
  maxLagMs: 2 ** 40,
  shards: 4,
  maxInFlight: 8,
  maxSamplesPerSend: 20,
  flushAfterMs: 200,
}

export interface OutletRun {
  readonly clock: SimClock
  readonly totals: ForwardTotals
  progress: ForwardProgress
  /** Lets some time pass, as the worker's loop does. */
  pass(spanMs: number): Promise<void>
  /** Takes what was counted, and keeps the position as the main thread would. */
  report(): ForwardProgress
  /** The process dies and starts again at the position that was kept last. */
  kill(): void
  /** Runs until all is settled. */
  drain(): Promise<void>
}

const STEP_MS = 50

export function runOutlet(
  source: Source,
  poster: WritePoster,
  options: {
    readonly target?: Partial<ForwardTarget>
    readonly tenants: readonly string[]
    readonly clock?: SimClock
    readonly seed?: number
    readonly limits?: Partial<ForwardLimits>
  },
): OutletRun {
  const { clock = openSimClock(NOW_MS), seed = 1 } = options
  const target = { ...TARGET, ...options.target }
  const totals = new ForwardTotals([])
  const tenants = new Map<string, ForwardTenant>(
    options.tenants.map((tenantId, index) => [
      tenantId,
      { tenantId, target: target.name, accountId: index + 1 },
    ]),
  )
  let kept: ForwardStart = {
    position: source.wal.endPosition(),
    state: { registry: source.metrics.knownRegistry(), clusters: '' },
  }
  const spill = openSpill(join(source.directory, 'engine.spill'))
  const open = (): Outlet => {
    const outlet = new Outlet({
      target,
      start: kept,
      startedAtPosition: source.wal.endPosition(),
      clock,
      follower: openLogFollower(source.directory),
      walk: walkRecord,
      poster,
      compress: compressSnappy,
      random: openPrng(seed),
      spill,
      limits: options.limits ?? {},
      translation: 'UnderscoreEscapingWithSuffixes',
    })
    outlet.setTenants(tenants)
    return outlet
  }
  let outlet = open()
  const run: OutletRun = {
    clock,
    totals,
    progress: outlet.progress(),
    async pass(spanMs) {
      for (let passed = 0; passed < spanMs; passed += STEP_MS) {
        outlet.setEnd(source.wal.endPosition())
        for (let turns = 0; turns < 100 && outlet.turn(); turns += 1);
        await clock.advance(STEP_MS)
      }
    },
    report() {
      run.progress = outlet.progress()
      const { position, state } = run.progress
      kept = { position, state: state ?? kept.state }
      totals.add(run.progress, clock.nowMs())
      return run.progress
    },
    kill() {
      totals.add(outlet.progress(), clock.nowMs())
      outlet.close()
      outlet = open()
    },
    async drain() {
      for (let turn = 0; turn < 5_000; turn += 1) {
        await run.pass(STEP_MS)
        if (run.report().position === source.wal.endPosition()) return
      }
      throw new Error(`not settled: ${JSON.stringify(run.progress)}`)
    },
  }
  return run
}
