import { describe, expect, it } from 'vitest'
import { tenantId, type SloId } from '../../../../src/core/ids.ts'
import { HOUR_MS } from '../../../../src/core/time.ts'
import { SYSTEM } from '../../../../src/domain/access/access.ts'
import {
  RECOMPUTE_LIMITS,
  type SloRecount,
} from '../../../../src/domain/slo/recompute/recompute.ts'
import { openRecomputes } from '../../../../src/domain/slo/recompute/recomputes.ts'
import { memoryCounters } from '../../../../src/machinery/runtime/memory-counters.ts'
import { config, openWorld, T0 } from '../../access/harness.ts'

const acme = tenantId('acme')
const slow = 'slow' as SloId

function hour(hours: number, before: number, after: number): SloRecount['hours'][number] {
  return {
    hourEndMs: T0 - hours * HOUR_MS,
    before: { total: 100, bad: before },
    after: { total: 100, bad: after },
  }
}

function recountOf(hours: SloRecount['hours'], bad: { before: number; after: number }): SloRecount {
  return {
    fromMs: T0 - 9 * HOUR_MS,
    toMs: T0,
    minutes: 540,
    before: { total: 900, bad: bad.before },
    after: { total: 900, bad: bad.after },
    hours,
    left: [],
  }
}

function open() {
  const world = openWorld()
  world.tenants.create(config('acme'), SYSTEM, T0)
  const counters = memoryCounters()
  const reopen = () => openRecomputes({ db: world.db, access: world.access, counters })
  return { world, counters, reopen, why: { actor: SYSTEM, reason: 'a test' } }
}

describe('the record of what was counted again', () => {
  it('has what counts were before they are replaced, and over a restart', () => {
    const { reopen, why, counters } = open()
    const recount = recountOf([hour(2, 1, 30)], { before: 1, after: 30 })
    const recomputes = reopen()
    recomputes.begin([{ tenantId: acme, sloId: slow, recount }], why, T0)
    expect(reopen().open(acme, slow)).toMatchObject({ recount, endedAtMs: null })
    reopen().end([{ tenantId: acme, sloId: slow, recount }], SYSTEM, T0 + 1)
    expect(reopen().open(acme, slow)).toBeNull()
    expect(reopen().statusOf(acme, slow)).toEqual({
      atMs: T0 + 1,
      by: SYSTEM.id,
      reason: 'a test',
      fromMs: recount.fromMs,
      toMs: recount.toMs,
    })
    expect(counters.read('tenantry_slo_recomputed_hours_total')).toBe(1)
  })

  it('keeps the counts of the first begin where it was broken off half-way', () => {
    const { reopen, why } = open()
    const planned = recountOf([hour(5, 1, 30), hour(2, 2, 40)], { before: 3, after: 70 })
    reopen().begin([{ tenantId: acme, sloId: slow, recount: planned }], why, T0)
    // The older hour was on disk already.
    const rest = recountOf([hour(2, 2, 40)], { before: 32, after: 70 })
    const recomputes = reopen()
    const again = { actor: SYSTEM, reason: 'another' }
    recomputes.begin([{ tenantId: acme, sloId: slow, recount: rest }], again, T0 + 1)
    const [ended] = recomputes.end([{ tenantId: acme, sloId: slow, recount: rest }], SYSTEM, T0 + 2)
    expect(ended).toMatchObject({ reason: 'a test', recount: planned })
    expect(recomputes.list(acme)).toHaveLength(1)
  })

  it('is ended once where two ask for the same at the same time', () => {
    const { reopen, why } = open()
    const recomputes = reopen()
    const row = {
      tenantId: acme,
      sloId: slow,
      recount: recountOf([hour(2, 1, 30)], { before: 1, after: 30 }),
    }
    const [first] = recomputes.begin([row], why, T0)
    expect(recomputes.begin([row], why, T0)).toEqual([first])
    expect(recomputes.end([row], SYSTEM, T0 + 1)).toHaveLength(1)
    expect(recomputes.end([row], SYSTEM, T0 + 2)).toEqual([])
  })

  it('forgets all but the newest of an SLO', () => {
    const { reopen, why } = open()
    const recomputes = reopen()
    for (let i = 0; i < RECOMPUTE_LIMITS.keptEach + 5; i += 1) {
      const recount = recountOf([hour(2, i, i + 1)], { before: i, after: i + 1 })
      const row = { tenantId: acme, sloId: slow, recount }
      recomputes.begin([row], why, T0 + i)
      recomputes.end([row], SYSTEM, T0 + i)
    }
    const listed = recomputes.list(null)
    expect(listed).toHaveLength(RECOMPUTE_LIMITS.keptEach)
    expect(listed[0]!.begunAtMs).toBe(T0 + RECOMPUTE_LIMITS.keptEach + 4)
  })
})
