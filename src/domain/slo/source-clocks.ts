/**
 * What runs against a limit at the moment of an evaluation: asked of every source once, told by
 * tenant.
 */
import type { TenantId } from '../../core/ids.ts'
import type { SliClock, SliSource } from '../../core/sli-source.ts'
import { markOfClock } from './clock-marks.ts'
import type { TenantSlo } from './slots.ts'
import type { ClockStatus } from './status.ts'

const NONE: readonly SliClock[] = []

export class SourceClocks {
  readonly #sources: readonly SliSource[]
  readonly #running = new Map<SliSource, Map<TenantId, SliClock[]>>()

  constructor(sources: readonly SliSource[]) {
    this.#sources = sources
  }

  /** Asks the sources. */
  refresh(): void {
    for (const source of this.#sources) {
      const byTenant = new Map<TenantId, SliClock[]>()
      for (const clock of source.clocks()) {
        const own = byTenant.get(clock.tenantId)
        if (own === undefined) byTenant.set(clock.tenantId, [clock])
        else own.push(clock)
      }
      for (const own of byTenant.values()) own.sort((left, right) => share(right) - share(left))
      this.#running.set(source, byTenant)
    }
  }

  /** Tells whether anything runs at all. */
  get isIdle(): boolean {
    return [...this.#running.values()].every((byTenant) => byTenant.size === 0)
  }

  /** Lists what runs of an SLO that a source counts. Shape: the furthest first. */
  of({ sourced }: Pick<TenantSlo, 'sourced'>): readonly SliClock[] {
    if (sourced === null) return NONE
    return this.#running.get(sourced.source)?.get(sourced.tenantId) ?? NONE
  }
}

/** Finds the clock that is nearest to its limit, or furthest past it. Asks for them in order. */
export function furthest(clocks: readonly SliClock[]): SliClock | null {
  return clocks[0] ?? null
}

export function clockStatus(clock: SliClock): ClockStatus {
  const { clockId, startedAtMs, elapsedSeconds, limitSeconds } = clock
  const mark = markOfClock(clock)
  const leftSeconds = limitSeconds - elapsedSeconds
  return {
    clockId,
    startedAtMs,
    elapsedSeconds,
    limitSeconds,
    leftSeconds,
    mark: mark === null ? null : { ...mark },
  }
}

function share({ elapsedSeconds, limitSeconds }: SliClock): number {
  return elapsedSeconds / limitSeconds
}
