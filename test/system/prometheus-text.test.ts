/** Our reader of the text format against promtool and a real Prometheus on generated and damaged
 *  pages. `npm run parsers` compares more; `test/parsers/README.md` lists the differences. */
import { describe, expect, it } from 'vitest'
import { compareText } from '../parsers/compare-text.ts'
import { requireTool } from '../tools/find-tool.ts'

const CASES = 200

const prometheus = requireTool('prometheus')
const promtool = requireTool('promtool')
const isMissing = prometheus === undefined || promtool === undefined

describe.skipIf(isMissing)('the text format beside promtool and Prometheus', () => {
  it('agrees on what is accepted, and on every value in it', async () => {
    const programs = { prometheus: prometheus ?? '', promtool: promtool ?? '' }
    const { cases, accepted, unexplained } = await compareText(programs, 1, CASES)
    expect(unexplained.slice(0, 3)).toEqual([])
    expect(cases).toBe(CASES)
    expect(accepted / cases).toBeGreaterThan(0.3)
    expect(accepted / cases).toBeLessThan(0.7)
  })
})
