import { describe, expect, it } from 'vitest'
import { MINUTE_MS } from '../../../src/core/time.ts'
import { dedupKey, turn, type Alert } from '../../../src/domain/incidents/alert.ts'
import { condition } from './conditions.ts'

const T0 = 1_700_000_000_000

function fired(atMs = T0): Alert {
  const transition = turn(undefined, condition(), atMs)
  if (transition === null) throw new Error('a condition that holds fires')
  return transition.alert
}

function resolved(alert: Alert, atMs: number): Alert {
  const transition = turn(alert, condition({ holds: false }), atMs)
  if (transition === null) throw new Error('a condition that ceased resolves')
  return transition.alert
}

describe('turn', () => {
  it('fires on a condition that holds and keeps the numbers it opened with', () => {
    const transition = turn(undefined, condition(), T0)
    expect(transition).toMatchObject({ kind: 'firing', event: 'fired', atMs: T0 })
    expect(transition?.alert).toMatchObject({
      openedAtMs: T0,
      firedAtMs: T0,
      resolvedAtMs: null,
      flaps: 0,
      openingNumbers: { longBurn: 15.2, shortBurn: 16 },
    })
  })

  it('does nothing where nothing turned', () => {
    const alert = fired()
    expect(turn(undefined, condition({ holds: false }), T0)).toBeNull()
    expect(turn(alert, condition(), T0 + 5_000)).toBeNull()
    expect(turn(resolved(alert, T0 + 1), condition({ holds: false }), T0 + 2)).toBeNull()
  })

  it('resolves with the summary of what fired and the numbers of what ended it', () => {
    const alert = resolved(fired(), T0 + MINUTE_MS)
    expect(alert).toMatchObject({ state: 'resolved', resolvedAtMs: T0 + MINUTE_MS })
    expect(alert.summary).toContain('15.2 times too fast')
  })

  it('is the same alert one flap richer within ten minutes, and a new one after', () => {
    const first = resolved(fired(), T0 + MINUTE_MS)
    const soon = turn(first, condition(), T0 + 2 * MINUTE_MS)
    expect(soon).toMatchObject({ event: 'fired-again' })
    expect(soon?.alert).toMatchObject({ alertId: first.alertId, flaps: 1, openedAtMs: T0 })
    expect(soon?.alert.firedAtMs).toBe(T0 + 2 * MINUTE_MS)
    const late = turn(first, condition(), T0 + 11 * MINUTE_MS)
    expect(late).toMatchObject({ event: 'fired' })
    expect(late?.alert.alertId).not.toBe(first.alertId)
  })

  it('keeps ids unique when the clock steps back to the instant of the first firing', () => {
    const first = resolved(fired(), T0 + MINUTE_MS)
    const again = turn(first, condition(), T0)
    expect(again?.event).toBe('fired-again')
  })

  it('passes firing again when the action grows more urgent, and not when it grows less', () => {
    const ticket = turn(undefined, condition({ action: 'ticket' }), T0)?.alert
    const raised = turn(ticket, condition({ action: 'page' }), T0 + 5_000)
    expect(raised).toMatchObject({ kind: 'firing', event: 'urgency-raised' })
    expect(raised?.alert.action).toBe('page')
    expect(turn(raised?.alert, condition({ action: 'ticket' }), T0 + 10_000)).toBeNull()
  })

  it('drops numbers that JSON cannot carry', () => {
    const numbers = { longBurn: Number.NaN, shortBurn: 2, worst: Number.POSITIVE_INFINITY }
    expect(turn(undefined, condition({ numbers }), T0)?.alert.numbers).toEqual({ shortBurn: 2 })
  })
})

describe('dedupKey', () => {
  it('names tenant, source and key', () => {
    expect(dedupKey(fired())).toBe('acme/slo/availability/fast')
  })
})
