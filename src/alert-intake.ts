/**
 * The way in of alerts that other systems tell of: kept, raised and routed in one transaction, some
 * at a time. More than can be taken is refused with 503: senders repeat that, and no other refusal.
 */
import { TenantryError, type ErrorRows } from './core/errors.ts'
import type { TenantId } from './core/ids.ts'
import type { Clock } from './core/ports.ts'
import type { ForeignAlerts, Incidents, Told, ToldProblem } from './domain/incidents/incidents.ts'
import type { Routing } from './domain/routing/routing.ts'
import { inTransaction, type Database } from './machinery/storage/database.ts'

export const ALERT_INTAKE_ERRORS = {
  busy: {
    code: 'ALERTS_BUSY',
    status: 503,
    retryable: true,
    hint: 'Send them again: alerts that fire are told of again and again anyway.',
  },
} as const satisfies ErrorRows

/** Taken in one transaction: a few milliseconds. */
const TAKEN_AT_ONCE = 64
/** Some seconds of work. */
const MOST_WAITING = 20_000

export interface AlertIntake {
  /** Takes what a sender tells. Rejects with ALERTS_BUSY; then nothing of it is kept. */
  take(told: Told, sender: TenantId | null): Promise<readonly ToldProblem[]>
}

export function openAlertIntake(parts: {
  readonly control: Database
  readonly foreign: ForeignAlerts
  readonly incidents: Incidents
  readonly routing: Routing
  readonly clock: Pick<Clock, 'nowMs'>
  /** Gives other work a turn. */
  readonly pause: () => Promise<void>
}): AlertIntake {
  const { control, foreign, incidents, routing, clock, pause } = parts
  let waiting = 0
  return {
    async take(told, sender) {
      const { alerts } = told
      if (waiting + alerts.length > MOST_WAITING) {
        const message = `${String(waiting)} alerts wait already`
        throw new TenantryError(ALERT_INTAKE_ERRORS.busy, `taking alerts: ${message}`)
      }
      waiting += alerts.length
      const problems: ToldProblem[] = []
      try {
        for (let from = 0; from === 0 || from < alerts.length; from += TAKEN_AT_ONCE) {
          if (from > 0) await pause()
          const some = alerts.slice(from, from + TAKEN_AT_ONCE)
          const given = from === 0 ? { ...told, alerts: some } : { ...NOTHING, alerts: some }
          const nowMs = clock.nowMs()
          inTransaction(control, () => {
            const taken = foreign.tell(given, sender, nowMs)
            problems.push(...taken.problems)
            routing.enqueue(incidents.observe(taken.conditions, nowMs), nowMs)
          })
        }
      } finally {
        waiting -= alerts.length
        routing.wake()
      }
      return problems
    },
  }
}

const NOTHING = { problems: [], truncated: 0 } as const
