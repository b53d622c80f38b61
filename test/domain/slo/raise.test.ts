import { describe, expect, it } from 'vitest'
import { causesOf, raisedOf, type CauseFacts } from '../../../src/domain/slo/raise.ts'
import { DEFAULT_TEMPLATES } from '../../../src/domain/slo/model/default-slos.ts'
import { SPEEDS } from '../../../src/domain/slo/windows.ts'

const FAST = 1
const MEDIUM = 2
const SLOW = 4
const LONG = 8

const [FAILS, IS_SLOW] = causesOf(DEFAULT_TEMPLATES)

/** Masks of availability, error-rate and response-time. */
type Masks = readonly [number, number, number]
const NONE: Masks = [0, 0, 0]

function raised(part: Partial<CauseFacts>, group = FAILS!): Record<'page' | 'ticket', string> {
  const facts = { holding: NONE, lingering: NONE, raised: NONE, silent: false, ...part }
  const { page, ticket } = raisedOf(group, facts)
  const [pageVoice, ticketVoice] = [page, ticket].map((voice) =>
    voice === null
      ? ''
      : `${DEFAULT_TEMPLATES[voice.sloIndex]!.sloId} ${SPEEDS[voice.speedIndex]!}`,
  )
  return { page: pageVoice!, ticket: ticketVoice! }
}

describe('causes', () => {
  it('put SLOs together that count the same failures, those that count events first', () => {
    const names = causesOf(DEFAULT_TEMPLATES).map(({ cause, members }) => [
      cause,
      ...members.map((member) => DEFAULT_TEMPLATES[member]!.sloId),
    ])
    expect(names).toEqual([
      ['requests-fail', 'error-rate', 'availability', 'throughput'],
      ['requests-slow', 'response-time'],
      ['recovery', 'recovery'],
    ])
  })
})

describe('what a cause raises', () => {
  it('speaks through the fastest pair that holds, and of two SLOs at one speed through events', () => {
    expect(raised({ holding: [FAST | SLOW, MEDIUM, FAST] }).page).toBe('availability fast')
    expect(raised({ holding: [FAST, FAST | MEDIUM, 0] }).page).toBe('error-rate fast')
    expect(raised({ holding: [MEDIUM, 0, FAST] }, IS_SLOW).page).toBe('response-time fast')
  })

  it('is a ticket when no page holds, and none that is new beside a page', () => {
    expect(raised({ holding: [LONG, SLOW, 0] })).toEqual({ page: '', ticket: 'error-rate slow' })
    expect(raised({ holding: [LONG, MEDIUM | SLOW, 0] }).ticket).toBe('')
    const withTicket = { holding: [0, FAST | SLOW, 0], raised: [0, SLOW, 0] } as const
    expect(raised(withTicket)).toEqual({ page: 'error-rate fast', ticket: 'error-rate slow' })
  })

  it('is kept until the short windows of all pairs of its action have recovered', () => {
    const before: Masks = [FAST, 0, 0]
    const still = { raised: before, lingering: [0, MEDIUM | LONG, 0] } as const
    expect(raised(still)).toEqual({ page: 'error-rate medium', ticket: '' })
    expect(raised({ raised: before, lingering: [0, LONG, 0] }).page).toBe('')
    expect(raised({ lingering: [0, MEDIUM, 0] }).page).toBe('')
  })

  it('stays as it is while the tenant is silent, and nothing new is raised', () => {
    const holding: Masks = [FAST, FAST | SLOW, 0]
    expect(raised({ holding, silent: true })).toEqual({ page: '', ticket: '' })
    expect(raised({ raised: [MEDIUM, 0, 0], silent: true }).page).toBe('availability medium')
  })
})
