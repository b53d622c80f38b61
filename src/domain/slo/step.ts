/** One evaluation of one tenant's SLO as figures: what every window counted, what each pair of
 *  windows said. For replays, which show each step and not only the last. */
import type { SloId } from '../../core/ids.ts'
import { windowBurn } from './burn.ts'
import type { Reading, SloOutcome } from './reading.ts'
import type { SloTenant, TenantSlo } from './slots.ts'
import type { Moment } from './state.ts'
import { SLO_STATES, type SloState } from './status.ts'
import { SPEEDS, TICK_MS, type PairAction, type Speed } from './windows.ts'

/** A window, (its end - its length, its end]. Units: events, or slices where slices are counted. */
export interface StepWindow {
  readonly good: number
  readonly total: number
  /** Null where nothing was counted. */
  readonly burn: number | null
  readonly endsAtMs: number
}

export interface StepAlert {
  readonly speed: Speed
  readonly action: PairAction
  /**
   * `firing`: both windows burn faster than the pair allows. `suppressed`: they do, and it were too
   * few events to raise anything.
   */
  readonly state: 'inactive' | 'suppressed' | 'firing'
}

export interface SloStep {
  readonly sloId: SloId
  readonly state: SloState
  readonly windows: Readonly<Record<string, StepWindow>>
  /** Below zero where more was spent than there was. Null where nothing was counted. */
  readonly budgetLeftRatio: number | null
  /** Fastest first. */
  readonly alerts: readonly StepAlert[]
}

/** Puts a state and what pairs say into one number. */
export function markOf({ state, holding, burning }: SloOutcome): number {
  const masks = (burning << SPEEDS.length) | holding
  return masks * SLO_STATES.length + SLO_STATES.indexOf(state)
}

export function stepOf(
  reading: Reading,
  tenant: SloTenant,
  slo: TenantSlo,
  moment: Moment,
): SloStep {
  const { template, targetPpm, units, pairs } = slo.objective
  const { state, holding, burning } = reading.outcome(tenant, slo, moment)
  const windows = reading.windows(slo).map(({ name, endTick, bad, total }) => {
    const window: StepWindow = {
      good: (total - bad) / units,
      total: total / units,
      burn: windowBurn(bad, total, targetPpm),
      endsAtMs: endTick * TICK_MS,
    }
    return [name, window] as const
  })
  const stateOf = (bit: number): StepAlert['state'] => {
    if ((holding & bit) !== 0) return 'firing'
    return (burning & bit) !== 0 ? 'suppressed' : 'inactive'
  }
  return {
    sloId: template.sloId,
    state,
    windows: Object.fromEntries(windows),
    budgetLeftRatio: reading.budgetLeft(slo),
    alerts: pairs.map(({ speed, action, bit }) => ({ speed, action, state: stateOf(bit) })),
  }
}
