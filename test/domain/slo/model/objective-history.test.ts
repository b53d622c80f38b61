import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sloId, tenantId } from '../../../../src/core/ids.ts'
import { HOUR_MS } from '../../../../src/core/time.ts'
import {
  effectiveFromMs,
  stretchesOf,
  versionAt,
  type ObjectiveVersion,
} from '../../../../src/domain/slo/model/objective-history.ts'
import { historyFor, sloBookOf } from '../../../../src/domain/slo/model/slo-book.ts'

const history = fc.uniqueArray(fc.integer({ min: 1, max: 50 }), { maxLength: 5 }).chain((hours) =>
  fc.tuple(
    ...[0, ...hours.toSorted((left, right) => left - right)].map((hour) =>
      fc.record<ObjectiveVersion>({
        fromMs: fc.constant(hour * HOUR_MS),
        targetPpm: fc.integer({ min: 1, max: 999_999 }),
        recompute: fc.boolean(),
      }),
    ),
  ),
)

describe('the objectives of an SLO over time', () => {
  it('judge every hour by what held in it, unless a later one that holds recomputes', () => {
    const range = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 30 }))
    fc.assert(
      fc.property(history, range, (versions, [from, length]) => {
        const [fromMs, toMs] = [from * HOUR_MS, (from + length) * HOUR_MS]
        const stretches = stretchesOf(versions, { fromMs, toMs })
        for (let endMs = fromMs + HOUR_MS; endMs <= toMs; endMs += HOUR_MS) {
          const begun = versions.filter((version) => version.fromMs < toMs)
          const rewritten = begun.findLastIndex(({ recompute }) => recompute)
          const held = versionAt(versions, endMs - HOUR_MS)
          const expected = versions[Math.max(rewritten, versions.indexOf(held))]!
          const stretch = stretches.filter((one) => one.fromMs < endMs && one.toMs >= endMs)
          expect(stretch.map(({ targetPpm }) => targetPpm)).toEqual([expected.targetPpm])
        }
        expect(stretches.at(0)!.fromMs).toBe(fromMs)
        expect(stretches.at(-1)!.toMs).toBe(toMs)
      }),
    )
  })

  it('change at the first full hour', () => {
    const noon = Date.UTC(2026, 2, 2, 12)
    expect(effectiveFromMs(noon)).toBe(noon)
    expect(effectiveFromMs(noon + 1)).toBe(noon + HOUR_MS)
  })

  it('are those of the tier where a tenant has none of its own, before and after', () => {
    const book = sloBookOf({
      slos: [],
      overrides: [
        {
          tenant: 'acme',
          slo: 'availability',
          objectives: [
            { from: '2026-03-01T00:00:00Z', percent: 99.99 },
            { from: '2026-04-01T00:00:00Z', percent: null },
          ],
        },
      ],
    })
    const template = book.templates[0]!
    const override = book.override(tenantId('acme'), sloId('availability'))
    const at = (iso: string): number =>
      versionAt(historyFor(template, 'enterprise', override), Date.parse(iso)).targetPpm
    expect(at('2026-02-28T23:00:00Z')).toBe(999_000)
    expect(at('2026-03-01T00:00:00Z')).toBe(999_900)
    expect(at('2026-04-01T00:00:00Z')).toBe(999_000)
    expect(book.override(tenantId('bolt'), sloId('availability'))).toBeUndefined()
  })
})
