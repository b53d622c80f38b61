import { describe, expect, it } from 'vitest'
import { openSimClock } from '../../../src/machinery/runtime/sim-clock.ts'

const START_MS = Date.UTC(2026, 0, 31, 23, 0, 0)

describe('a simulated clock', () => {
  it('stands still by itself', () => {
    const clock = openSimClock(START_MS)
    expect([clock.nowMs(), clock.nowMs(), clock.monotonicMs()]).toEqual([START_MS, START_MS, 0])
  })

  it('fires timers in order of their due time, equal ones in order of their making', async () => {
    const clock = openSimClock(START_MS)
    const fired: string[] = []
    const note = (name: string) => () => fired.push(`${name}@${clock.monotonicMs()}`)
    clock.after(20, note('late'))
    clock.after(10, note('first'))
    clock.after(10, note('second'))
    clock.after(30, note('never'))
    await clock.advance(20)
    expect(fired).toEqual(['first@10', 'second@10', 'late@20'])
    expect(clock.nowMs()).toBe(START_MS + 20)
    expect(clock.pending()).toBe(1)
  })

  it('fires what a timer sets within the same span', async () => {
    const clock = openSimClock(START_MS)
    const fired: number[] = []
    const again = (): void => {
      fired.push(clock.monotonicMs())
      clock.after(5, again)
    }
    clock.after(5, again)
    await clock.advance(17)
    expect(fired).toEqual([5, 10, 15])
    await clock.advance(3)
    expect(fired).toEqual([5, 10, 15, 20])
  })

  it('lets promise chains of any length settle between two timers', async () => {
    const clock = openSimClock(START_MS)
    const seen: string[] = []
    const worker = async (name: string, spanMs: number): Promise<void> => {
      await clock.sleep(spanMs)
      for (let step = 0; step < 50; step += 1) await Promise.resolve()
      seen.push(`${name}@${clock.monotonicMs()}`)
    }
    const all = [worker('a', 10), worker('b', 10), worker('c', 11)]
    await clock.advance(11)
    expect(seen).toEqual(['a@10', 'b@10', 'c@11'])
    await Promise.all(all)
  })

  it('forgets what is cancelled, also by a timer of the same instant', async () => {
    const clock = openSimClock(START_MS)
    const fired: string[] = []
    clock.after(5, () => cancel())
    const cancel = clock.after(5, () => fired.push('cancelled'))
    await clock.advance(10)
    cancel()
    expect(fired).toEqual([])
  })

  it('wakes a sleeper whose signal aborts, and leaves no timer behind', async () => {
    const clock = openSimClock(START_MS)
    const aborter = new AbortController()
    const sleeping = clock.sleep(1_000, aborter.signal)
    aborter.abort()
    await sleeping
    await clock.sleep(1_000, aborter.signal)
    expect(clock.pending()).toBe(0)
  })

  it('steps the wall clock without moving timers', async () => {
    const clock = openSimClock(START_MS)
    const fired: number[] = []
    clock.after(100, () => fired.push(clock.nowMs()))
    clock.step(-60_000)
    expect(clock.nowMs()).toBe(START_MS - 60_000)
    await clock.advance(100)
    expect(fired).toEqual([START_MS - 60_000 + 100])
    expect(clock.monotonicMs()).toBe(100)
  })

  it('drifts as told: 50 ppm are 180 ms an hour', async () => {
    const clock = openSimClock(START_MS, { driftPpm: 50 })
    await clock.advance(3_600_000)
    expect(clock.nowMs()).toBe(START_MS + 3_600_180)
    expect(clock.monotonicMs()).toBe(3_600_000)
  })

  it('throws the error of a timer, and can go on', async () => {
    const clock = openSimClock(START_MS)
    clock.after(5, () => {
      throw new Error('from a timer')
    })
    await expect(clock.advance(10)).rejects.toThrow('from a timer')
    await clock.advance(5)
    expect(clock.monotonicMs()).toBe(10)
  })

  it('takes one advance at a time, and none backwards', async () => {
    const clock = openSimClock(START_MS)
    const first = clock.advance(1)
    await expect(clock.advance(1)).rejects.toThrow('one advance at a time')
    await first
    await expect(clock.advance(-1)).rejects.toThrow('elapsed time does not go back')
  })
})
