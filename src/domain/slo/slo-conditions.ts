/** Writes what an evaluation tells: a cause's page or ticket, and a tenant's silence. Key, numbers
 *  and sentence; what is raised is decided elsewhere. */
import type { Condition } from '../../core/condition.ts'
import { LABELS } from '../../core/names/labels.ts'
import { PPM } from '../../core/units.ts'
import { assert } from '../../core/assert.ts'
import { budgetLeftEvents, budgetLeftRatio } from './budget.ts'
import { windowBurn } from './burn.ts'
import type { JudgedPair, Objective } from './objective.ts'
import { inUnits, type Periods } from './periods.ts'
import type { RaisedAction, Voice } from './raise.ts'
import type { Reading } from './reading.ts'
import type { SloTenant, TenantSlo } from './slots.ts'
import { silentSeconds, type Moment } from './state.ts'
import { NO_DATA_ACTION } from './template.ts'
import { budgetInWords, spanInWords, timesInWords } from './verdict.ts'

/** What is told of a cause's page or ticket. */
export interface BurnTold {
  readonly cause: string
  readonly action: RaisedAction
  readonly voice: Voice
  readonly holds: boolean
}

export const NO_DATA_KEY = 'no-data'

export class SloConditions {
  readonly #reading: Reading
  readonly #periods: Periods

  constructor(parts: { reading: Reading; periods: Periods }) {
    this.#reading = parts.reading
    this.#periods = parts.periods
  }

  /** Writes the page or ticket of a cause, holding or ceased. The key stays over the alert's
   *  life; SLO, speed, numbers and sentence are those of the voice at the moment. */
  burn(tenant: SloTenant, told: BurnTold, moment: Moment): Condition {
    const { cause, action, voice, holds } = told
    const slo = tenant.slos[voice.sloIndex]!
    const { objective } = slo
    const pair = pairAt(objective, voice)
    const { template, targetPpm } = objective
    const long = this.#reading.judged(slo, pair.long, slo.upper)
    const short = this.#reading.judged(slo, pair.short, slo.upper)
    const { period, allowed } = this.#periods.figures(slo)
    const leftRatio = budgetLeftRatio(period, allowed)
    const leftEvents = inUnits(budgetLeftEvents(period, allowed), objective)
    const exhausts = this.#reading.exhausts(slo, leftRatio)
    return {
      source: 'slo',
      tenantId: tenant.tenantId,
      key: `${cause}/${action}`,
      holds,
      action,
      summary: holds
        ? `${tenant.name} ${this.#burnInWords(slo, voice)}${budgetInWords(leftRatio, exhausts)}.`
        : `${tenant.name} no longer burns its ${template.noun} budget too fast.`,
      numbers: {
        longBurn: windowBurn(long.bad, long.total, targetPpm) ?? 0,
        shortBurn: windowBurn(short.bad, short.total, targetPpm) ?? 0,
        threshold: pair.threshold,
        good: (long.total - long.bad) / objective.units,
        bad: long.bad / objective.units,
        total: long.total / objective.units,
        shortGood: (short.total - short.bad) / objective.units,
        shortBad: short.bad / objective.units,
        shortTotal: short.total / objective.units,
        longSeconds: pair.longSeconds,
        shortSeconds: pair.shortSeconds,
        periodSeconds: template.periodSeconds,
        objective: targetPpm / PPM,
        ...(leftRatio === null ? {} : { budgetLeft: leftRatio }),
        ...(leftEvents === null ? {} : { budgetLeftEvents: leftEvents }),
        ...(exhausts === null ? {} : { exhaustsInSeconds: exhausts }),
      },
      labels: {
        [LABELS.slo]: template.sloId,
        [LABELS.speed]: pair.speed,
        [LABELS.tier]: tenant.tier,
      },
      atMs: moment.nowMs,
    }
  }

  /** Writes the condition of a tenant's silence. */
  silence(tenant: SloTenant, holds: boolean, moment: Moment): Condition {
    const seconds = silentSeconds(tenant, moment)
    return {
      source: 'slo',
      tenantId: tenant.tenantId,
      key: NO_DATA_KEY,
      holds,
      action: NO_DATA_ACTION[tenant.tier],
      summary: holds
        ? `${tenant.name} had traffic within a day and nothing is heard of it for ${spanInWords(seconds)}.`
        : `${tenant.name} is heard again.`,
      numbers: { silentSeconds: seconds },
      labels: { [LABELS.tier]: tenant.tier },
      atMs: moment.nowMs,
    }
  }

  /** Says why the voice of an alert speaks: its pair holds, or has not recovered, or nothing was
   *  heard since. */
  #burnInWords(slo: TenantSlo, voice: Voice): string {
    const { template, plan } = slo.objective
    const { noun } = template
    const { long, bit } = pairAt(slo.objective, voice)
    if ((this.#reading.holding(slo.upper, slo) & bit) !== 0) {
      const burn = this.#reading.burnOf(slo, long) ?? 0
      return `burns its ${noun} budget ${timesInWords(burn)} over ${plan.windows[long]!.name}`
    }
    const lingering = this.#reading.lingering(slo)
    if (lingering === null) return `burned its ${noun} budget too fast and fell silent`
    const rate = `${timesInWords(lingering.burn)} over ${lingering.window}`
    return `burned its ${noun} budget too fast and recovers: still ${rate}`
  }
}

function pairAt({ pairs }: Objective, { speedIndex }: Voice): JudgedPair {
  const pair = pairs.find(({ bit }) => bit === 1 << speedIndex)
  assert(pair !== undefined, 'a pair of the speed that an SLO speaks with')
  return pair
}
