import { describe, expect, it } from 'vitest'
import type { Condition } from '../../../../src/core/condition.ts'
import { tenantId } from '../../../../src/core/ids.ts'
import { LABELS } from '../../../../src/core/names/labels.ts'
import type { RulerState } from '../../../../src/edges/engines/readback/readback.ts'
import type { RulerAlert } from '../../../../src/edges/engines/readback/ruler-answer.ts'
import {
  decidedBy,
  type FiringAlert,
  type RulerTenant,
} from '../../../../src/edges/engines/readback/ruler-conditions.ts'

const [ACME, BOLT] = [tenantId('acme'), tenantId('bolt')]
const NOW = 1_800_000_000_000

const FAST: RulerAlert = { slo: 'error-rate', cause: 'fail', speed: 'fast', action: 'page' }
const SLOW: RulerAlert = { slo: 'error-rate', cause: 'fail', speed: 'slow', action: 'ticket' }

function ruled(alerts: RulerAlert[], state: Partial<RulerState> = {}): RulerTenant {
  return {
    tenantId: ACME,
    name: 'Acme',
    tier: 'enterprise',
    causes: new Set(['fail']),
    state: {
      engine: 'eu',
      heardAtMs: NOW - 30_000,
      sinceMs: NOW - 30_000,
      isSilent: false,
      failure: null,
      says: {
        heardAtMs: NOW - 30_000,
        burns: new Map([
          [
            'error-rate',
            new Map([
              [300, 20],
              [3_600, 15],
            ]),
          ],
        ]),
        budgetLeft: new Map([['error-rate', 0.4]]),
        alerts,
      },
      ...state,
    },
  }
}

function local(id: typeof ACME, key: string, holds = true): Condition {
  const facts = { source: 'slo', tenantId: id, key, holds, action: 'page' } as const
  return { ...facts, summary: 'local', numbers: {}, labels: {}, atMs: NOW }
}

function firing(key: string, labels: Record<string, string> = {}): FiringAlert {
  return { source: 'slo', tenantId: ACME, key, action: 'page', labels }
}

const keys = (conditions: readonly Condition[]): string[] =>
  conditions.map(({ tenantId: id, key, holds }) => `${id} ${key} ${String(holds)}`)

describe('what a ruler decides on', () => {
  it('is raised as its alerts say, and what Tenantry works out is not', () => {
    const conditions = [local(ACME, 'fail/page'), local(BOLT, 'fail/page'), local(ACME, 'no-data')]
    const told = decidedBy([ruled([FAST])], conditions, [], NOW)
    expect(keys(told)).toEqual(['bolt fail/page true', 'acme fail/page true'])
    expect(told[1]).toMatchObject({
      summary: 'Acme burns its error-rate budget too fast (fast), says the ruler of eu.',
      numbers: { longBurn: 20, budgetLeft: 0.4 },
      labels: { slo: 'error-rate', speed: 'fast', evaluator: 'ruler' },
    })
    expect(keys(decidedBy([ruled([])], conditions, [], NOW))).toEqual(['bolt fail/page true'])
  })

  it('leaves to Tenantry what rules do not count', () => {
    const conditions = [local(ACME, 'late/page'), local(ACME, 'fail/clock')]
    expect(decidedBy([ruled([])], conditions, [], NOW)).toEqual(conditions)
  })

  it('holds a new ticket back behind the page of its cause, and keeps one that was there', () => {
    expect(keys(decidedBy([ruled([FAST, SLOW])], [], [], NOW))).toEqual(['acme fail/page true'])
    const was = [firing('fail/ticket')]
    expect(keys(decidedBy([ruled([FAST, SLOW])], [], was, NOW))).toEqual([
      'acme fail/page true',
      'acme fail/ticket true',
    ])
  })

  it('takes over alerts that Tenantry raised, and ends those that the ruler does not have', () => {
    const was = [firing('fail/page'), firing('fail/ticket'), firing('late/page')]
    expect(keys(decidedBy([ruled([FAST])], [], was, NOW))).toEqual([
      'acme fail/page true',
      'acme fail/ticket false',
    ])
  })

  it('leaves a page that a policy made of a ticket to the policy, which follows the ticket', () => {
    const was = [
      firing('fail/page', { [LABELS.priority]: 'raised', [LABELS.raisedFrom]: 'ticket' }),
    ]
    expect(keys(decidedBy([ruled([])], [], was, NOW))).toEqual([])
    const silent = ruled([], { isSilent: true })
    expect(keys(decidedBy([silent], [], was, NOW))).toContain('acme fail/ticket true')
  })

  it('ends nothing while the ruler is silent, and says that it is', () => {
    const silent = ruled([], { isSilent: true, sinceMs: NOW - 400_000, failure: 'no answer' })
    const told = decidedBy([silent], [local(ACME, 'fail/page')], [firing('fail/page')], NOW)
    expect(keys(told)).toEqual(['acme ruler-silent true'])
    expect(told[0]).toMatchObject({
      source: 'metrics',
      action: 'page',
      summary: 'The ruler of eu decides for Acme and is silent: it does not answer: no answer.',
      numbers: { silentSeconds: 400 },
    })
    const back = decidedBy([ruled([])], [], [firing('ruler-silent')], NOW)
    expect(keys(back)).toContain('acme ruler-silent false')
    const local_ = decidedBy([], [], [firing('ruler-silent')], NOW)
    expect(keys(local_)).toEqual(['acme ruler-silent false'])
  })

  it('raises nothing before it was heard at all', () => {
    const unheard = ruled([], {
      heardAtMs: null,
      says: { heardAtMs: null, burns: new Map(), budgetLeft: new Map(), alerts: [] },
    })
    expect(
      keys(decidedBy([unheard], [local(ACME, 'fail/page')], [firing('fail/page')], NOW)),
    ).toEqual([])
  })

  it('tells of silence as urgent as the rules have it', () => {
    const silence: RulerAlert = { slo: 'all', cause: 'no-data', speed: null, action: 'ticket' }
    const [told] = decidedBy([ruled([silence])], [], [], NOW)
    expect(told).toMatchObject({ key: 'no-data', action: 'ticket', holds: true })
  })
})
