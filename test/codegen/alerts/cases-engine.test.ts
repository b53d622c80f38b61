/** The cases that promtool runs against the rules, through Tenantry's own engine. */
import { describe, expect, it } from 'vitest'
import { expectedSpeeds } from '../../../src/codegen/alerts/tests/expected.ts'
import {
  CASE_MINUTES,
  CHECKED_MINUTES,
  sloTraffic,
} from '../../../src/codegen/alerts/tests/slo-cases.ts'
import type { TenantTraffic } from '../../../src/codegen/alerts/tests/traffic.ts'
import { SPEEDS } from '../../../src/domain/slo/windows.ts'
import { tenantId } from '../../../src/core/ids.ts'
import { sloBookOf } from '../../../src/domain/slo/model/slo-book.ts'
import { inputOf, isBucketInput, type SloTemplate } from '../../../src/domain/slo/template.ts'
import { Desk, START_MS, type Gain } from '../../domain/slo/harness.ts'

const MINUTE_MS = 60_000

/** The engine counts whole events: a case's minutes are multiplied until they are. */
const WHOLE = 1_000

interface Cells {
  readonly good: readonly number[]
  readonly bad: readonly number[]
}

function cellsOf(desk: Desk, id: string, { counting, sloId }: SloTemplate): Cells {
  const tenant = tenantId(id)
  const input = inputOf({ counting })!
  if (isBucketInput(input)) {
    const [fast, all] = desk.durationCells(tenant, [input.thresholdSeconds, Infinity])
    return { good: [fast!, all!], bad: [all!] }
  }
  if (sloId === 'throughput') {
    return {
      good: [desk.requestCells(tenant).ok],
      bad: [desk.turnedAwayCells(tenant).down],
    }
  }
  const { ok, failed } = desk.requestCells(tenant)
  return { good: [ok], bad: [failed] }
}

describe.each(
  sloBookOf({ slos: [], overrides: [] }).templates.filter(({ counting }) => counting.from === 'cells'),
)('the cases of $sloId', (template) => {
  const traffic = sloTraffic(template)

  it('are decided alike by the engine', () => {
    const desk = deskOf(template, traffic)
    const cells = traffic.map(({ tenantId: id }) => cellsOf(desk, id, template))
    // What comes less than once a minute cannot be multiplied: it is few on purpose.
    const scaleOf = (tenant: TenantTraffic): number => (tenant.tenantId === 'few' ? 1 : WHOLE)
    for (let minute = 1; minute <= CASE_MINUTES; minute += 1) {
      const atMs = START_MS + minute * MINUTE_MS
      const gains = traffic.flatMap((tenant, index): Gain[] => {
        const phase = phaseAt(tenant, minute)
        const gain = (names: readonly number[], amount: number): Gain[] =>
          names.map((cell) => ({ cell, atMs, amount: Math.round(amount * scaleOf(tenant)) }))
        return [...gain(cells[index]!.good, phase.good), ...gain(cells[index]!.bad, phase.bad)]
      })
      desk.book(gains)
      desk.evaluate(atMs)
      if (!CHECKED_MINUTES.some((checked) => checked === minute)) continue
      for (const tenant of traffic) {
        const { burns } = desk.status(tenantId(tenant.tenantId), template.sloId)
        const held = burns.filter(({ holds }) => holds).map(({ speed }) => speed)
        const expected = expectedSpeeds(template, tenant, minute)
        // Only at the end, a full hour, do the windows of all pairs end on that minute.
        const compared: readonly string[] = minute === CASE_MINUTES ? SPEEDS : ['fast']
        expect(
          held.filter((speed) => compared.includes(speed)),
          `${tenant.tenantId} after ${minute} minutes`,
        ).toEqual(expected.filter((speed) => compared.includes(speed)))
      }
    }
  })
})

function deskOf(template: SloTemplate, traffic: readonly TenantTraffic[]): Desk {
  const overrides = traffic.flatMap(({ tenantId: tenant, promisedPpm }) =>
    promisedPpm === null
      ? []
      : [{ tenant, slo: template.sloId, objectives: [{ percent: promisedPpm / 10_000 }] }],
  )
  const desk = new Desk({ book: sloBookOf({ slos: [], overrides }) })
  for (const { tenantId: id, tier } of traffic) desk.admit(id, tier)
  return desk
}

function phaseAt({ phases }: TenantTraffic, minute: number): { good: number; bad: number } {
  let end = 0
  for (const phase of phases) {
    end += phase.minutes
    if (minute <= end) return phase
  }
  return { good: 0, bad: 0 }
}
