import { describe, expect, it } from 'vitest'
import { SYSTEM } from '../../../../src/domain/access/access.ts'
import {
  concerns,
  correctionRequestSchema,
} from '../../../../src/domain/slo/corrections/correction.ts'
import { openCorrections } from '../../../../src/domain/slo/corrections/corrections.ts'
import { sloId, tenantId } from '../../../../src/core/ids.ts'
import { fieldProblems } from '../../../../src/machinery/runtime/field-problems.ts'
import { openWorld, T0 } from '../../access/harness.ts'

const REQUEST = {
  tenantId: 'acme',
  startsAt: '2026-03-01T10:00:00Z',
  endsAt: '2026-03-01T11:00:00Z',
  reason: 'load test',
}

describe('corrections', () => {
  it('are kept with who made them and why, and stay to be read once revoked', () => {
    const world = openWorld()
    const corrections = openCorrections(world)
    const made = corrections.create(REQUEST, SYSTEM, T0)
    expect(corrections.revoke(made.correctionId, SYSTEM, T0 + 1)).toEqual({
      ...made,
      revokedAtMs: T0 + 1,
      revokedBy: 'system',
    })
    expect(corrections.revoke(made.correctionId, SYSTEM, T0 + 2).revokedAtMs).toBe(T0 + 1)
    const again = openCorrections(world)
    expect(again.all()).toEqual(corrections.all())
    expect(again.all()).toMatchObject([{ reason: 'load test', createdBy: 'system' }])
    expect(corrections.generation()).toBe(3)
    expect(() => corrections.revoke('cor_none', SYSTEM, T0)).toThrow(
      'there is none called cor_none',
    )
  })

  it('are refused with the field that is wrong', () => {
    const problems = (change: object): string[] => {
      const request = { ...REQUEST, ...change }
      const parsed = correctionRequestSchema.safeParse(request)
      if (parsed.success) return []
      return fieldProblems(parsed.error, request).map(
        ({ field, message }) => `${field}: ${message}`,
      )
    }
    expect(problems({})).toEqual([])
    expect(problems({ tier: 'starter' })).toEqual(['tier: has a tenantId beside it'])
    expect(problems({ endsAt: REQUEST.startsAt })).toEqual([
      'endsAt: expected an instant after startsAt',
    ])
    expect(problems({ endsAt: '2026-05-01T00:00:00Z' })).toEqual([
      'endsAt: expected at most 31 days',
    ])
    expect(problems({ rrule: 'FREQ=DAILY' })).toEqual([
      'zone: is missing; expected the time zone that the rule is in',
    ])
    expect(problems({ rrule: 'FREQ=SECONDLY', zone: 'UTC' })).toEqual([
      'rrule: expected at most HOURLY',
    ])
  })

  it('concern what they name', () => {
    const acme = {
      tenantId: tenantId('acme'),
      tier: 'starter',
      sloId: sloId('error-rate'),
    } as const
    const all = { tenantId: null, tier: null, sloId: null }
    expect(concerns(all, acme)).toBe(true)
    expect(concerns({ ...all, tier: 'enterprise' }, acme)).toBe(false)
    expect(concerns({ ...all, tenantId: tenantId('bolt') }, acme)).toBe(false)
    expect(concerns({ ...all, sloId: sloId('availability') }, acme)).toBe(false)
    expect(concerns({ ...all, sloId: sloId('availability') }, { ...acme, sloId: null })).toBe(true)
  })
})
