import { describe, expect, it } from 'vitest'
import { crash } from '../crash/crash.ts'

describe('kill -9 while a client writes', () => {
  it('loses nothing acknowledged and counts nothing twice', async () => {
    const report = await crash({ kills: 14, seed: 20_260 })
    expect(report.violations).toEqual([])
    expect(report.acknowledged).toBeGreaterThan(20)
    expect(report.countedBeforeRetry).toBeGreaterThan(0)
  }, 180_000)
})
