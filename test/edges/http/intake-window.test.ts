import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../../src/core/time.ts'
import { IntakeWindow } from '../../../src/edges/http/intake-window.ts'

const T0 = 1_700_000_000_000

/** Notes every five seconds, 100 samples a second, some of them nobody's. */
function noted(seconds: number, unattributedShare: (second: number) => number): IntakeWindow {
  const window = new IntakeWindow()
  let received = 0
  let unattributed = 0
  for (let second = 0; second <= seconds; second += 5) {
    window.note(T0 + second * 1_000, { received, unattributed })
    received += 500
    unattributed += 500 * unattributedShare(second)
  }
  return window
}

describe('the intake window', () => {
  it('knows nothing before the first note, and no rate after it', () => {
    const window = new IntakeWindow()
    expect(window.rates()).toEqual({ samplesPerSecond: 0, unattributedRatio: null })
    window.note(T0, { received: 1_000_000, unattributed: 5 })
    expect(window.rates()).toEqual({ samplesPerSecond: 0, unattributedRatio: null })
  })

  it('tells the last minute’s rate and the last hour’s share', () => {
    const window = noted(2 * 3_600, (second) => (second < 3_600 ? 1 : 0.25))
    expect(window.rates().samplesPerSecond).toBe(100)
    expect(window.rates().unattributedRatio).toBe(0.25)
  })

  it('begins anew when the clock steps back', () => {
    const window = noted(600, () => 0)
    window.note(T0, { received: 1_000, unattributed: 0 })
    expect(window.rates()).toEqual({ samplesPerSecond: 0, unattributedRatio: null })
  })

  it('tells no share of nothing', () => {
    const window = new IntakeWindow()
    window.note(T0, { received: 5, unattributed: 1 })
    window.note(T0 + HOUR_MS, { received: 5, unattributed: 1 })
    expect(window.rates()).toEqual({ samplesPerSecond: 0, unattributedRatio: null })
  })
})
