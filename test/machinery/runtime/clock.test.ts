import { describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../../src/machinery/runtime/clock.ts'

describe('the system clock', () => {
  it('calls after a span, and not once it is cancelled', async () => {
    const clock = systemClock()
    const called: string[] = []
    const cancel = clock.after(1, () => called.push('cancelled'))
    clock.after(1, () => called.push('kept'))
    cancel()
    await clock.sleep(5)
    expect(called).toEqual(['kept'])
  })

  it('waits for spans beyond what one timer holds: 30 days', () => {
    vi.useFakeTimers()
    try {
      const daysMs = 30 * 86_400_000
      const called: string[] = []
      systemClock().after(daysMs, () => called.push('after'))
      const cancel = systemClock().after(daysMs, () => called.push('cancelled'))
      vi.advanceTimersByTime(daysMs - 1)
      expect(called).toEqual([])
      cancel()
      vi.advanceTimersByTime(1)
      expect(called).toEqual(['after'])
    } finally {
      vi.useRealTimers()
    }
  })

  it('wakes a sleeper whose signal aborts, before or while it sleeps', async () => {
    const clock = systemClock()
    const aborter = new AbortController()
    const sleeping = clock.sleep(2 ** 40, aborter.signal)
    aborter.abort()
    await expect(sleeping).resolves.toBeUndefined()
    await expect(clock.sleep(2 ** 40, aborter.signal)).resolves.toBeUndefined()
  })

  it('lets others have a turn in a sleep of nothing', async () => {
    let turned = false
    setImmediate(() => (turned = true))
    await systemClock().sleep(0)
    expect(turned).toBe(true)
  })

  it('never steps back in elapsed time', () => {
    const clock = systemClock()
    const before = clock.monotonicMs()
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(before)
  })
})
