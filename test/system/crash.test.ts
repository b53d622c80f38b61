import { describe, expect, it } from 'vitest'
import { crash } from '../crash/crash.ts'

describe('kill -9 while clients write', () => {
  it('loses nothing acknowledged and counts nothing twice', async () => {
    const report = await crash({ kills: 14, seed: 20_260 })
    expect(report.violations).toEqual([])
    expect([report.lost, report.countedTwice]).toEqual([0, 0])
    expect(Math.min(...Object.values(report.acknowledged))).toBeGreaterThan(0)
    expect(report.retried).toBeGreaterThan(0)
  }, 300_000)
})
