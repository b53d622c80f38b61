import { describe, expect, it } from 'vitest'
import { RateWindow } from '../../../src/edges/http/rate-window.ts'

const T0 = 1_700_000_000_000

describe('the rate window', () => {
  it('tells no rate before the second note', () => {
    const window = new RateWindow()
    expect(window.perSecond('a')).toBe(0)
    window.note(T0, { a: 1_000 })
    expect([window.spanSeconds(), window.perSecond('a'), window.gained('a')]).toEqual([0, 0, 0])
  })

  it('tells the last minute, and what appeared within it from zero', () => {
    const window = new RateWindow()
    for (let second = 0; second <= 120; second += 5) {
      window.note(T0 + second * 1_000, {
        a: second < 60 ? second * 100 : 6_000 + (second - 60) * 10,
        ...(second < 90 ? {} : { b: 30 }),
      })
    }
    expect(window.spanSeconds()).toBe(60)
    expect(window.perSecond('a')).toBe(10)
    expect(window.gained('b')).toBe(30)
  })

  it('begins anew when the clock steps back', () => {
    const window = new RateWindow()
    window.note(T0, { a: 0 })
    window.note(T0 + 5_000, { a: 50 })
    window.note(T0 - 60_000, { a: 60 })
    expect(window.spanSeconds()).toBe(0)
  })
})
