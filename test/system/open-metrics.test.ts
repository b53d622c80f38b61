/** Our OpenMetrics reader against prometheus_client on generated and damaged bodies. `npm run
 *  parsers` compares more of them; `test/parsers/README.md` lists the differences. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compareOpenMetrics } from '../parsers/compare-open-metrics.ts'
import { openOracle, type Oracle } from '../parsers/oracle.ts'
import { requireTool } from '../tools/find-tool.ts'

const CASES = 20_000

const python = requireTool('prometheus-client')

describe.skipIf(python === undefined)('OpenMetrics beside prometheus_client', () => {
  let oracle: Oracle

  beforeAll(() => {
    const script = join(import.meta.dirname, '../parsers/open-metrics-oracle.py')
    oracle = openOracle(python ?? '', [script])
  })
  afterAll(() => oracle.stop())

  it('agrees on what is accepted, and on every value in it', async () => {
    const { cases, accepted, unexplained } = await compareOpenMetrics(oracle, 1, CASES)
    expect(unexplained.slice(0, 3)).toEqual([])
    expect(cases).toBe(CASES)
    // Both verdicts have to occur in plenty, or the comparison says little.
    expect(accepted / cases).toBeGreaterThan(0.3)
    expect(accepted / cases).toBeLessThan(0.5)
  })
})
