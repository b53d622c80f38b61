import { describe, expect, it } from 'vitest'
import { startLoops, type Loop } from '../src/loops.ts'
import { openSimClock } from '../src/machinery/runtime/sim-clock.ts'
import { silentLog } from './fixtures/silent-log.ts'

/** A loop of five seconds whose turns take as long as `spans` says, one after the other. */
function openLoop(spans: readonly number[] = [], overrides: Partial<Loop> = {}) {
  const clock = openSimClock(0)
  const begunMs: number[] = []
  const lateMs: number[] = []
  let ended = 0
  let failures = 0
  const loops = startLoops({
    clock,
    log: silentLog(),
    loops: [
      {
        name: 'tick',
        everyMs: 5_000,
        async run() {
          const span = spans[begunMs.length] ?? 0
          begunMs.push(clock.monotonicMs())
          if (span > 0) await clock.sleep(span)
          ended += 1
        },
        onLate: () => lateMs.push(clock.monotonicMs()),
        onFailure: () => (failures += 1),
        ...overrides,
      },
    ],
  })
  return { clock, loops, begunMs, lateMs, ended: () => ended, failures: () => failures }
}

describe('a loop', () => {
  it('runs at its interval, however long its turns take', async () => {
    const { clock, loops, begunMs, lateMs } = openLoop([3_000, 1_000])
    await clock.advance(20_000)
    expect(begunMs).toEqual([5_000, 10_000, 15_000, 20_000])
    expect(lateMs).toEqual([])
    await loops.stop()
  })

  it('begins the next turn at once where one took longer, and counts it as late', async () => {
    const { clock, loops, begunMs, lateMs } = openLoop([12_000])
    await clock.advance(30_000)
    expect(begunMs).toEqual([5_000, 17_000, 22_000, 27_000])
    expect(lateMs).toEqual([17_000])
    await loops.stop()
  })

  it('goes on after a failure', async () => {
    let turns = 0
    const { clock, loops, failures } = openLoop([], {
      run() {
        turns += 1
        if (turns === 1) throw new Error('broken')
        return turns === 2 ? Promise.reject(new Error('broken')) : undefined
      },
    })
    await clock.advance(15_000)
    expect(turns).toBe(3)
    expect(failures()).toBe(2)
    await loops.stop()
  })

  it('ends after the turn under way', async () => {
    const { clock, loops, begunMs, ended } = openLoop([4_000])
    await clock.advance(6_000)
    const stopped = loops.stop()
    expect(ended()).toBe(0)
    await clock.advance(60_000)
    await stopped
    expect(begunMs).toEqual([5_000])
    expect(ended()).toBe(1)
    expect(clock.pending()).toBe(0)
  })

  it('makes up for nothing that was missed while all stood still', async () => {
    const clock = openSimClock(0)
    let stoodStillMs = 0
    const frozen = { ...clock, monotonicMs: () => clock.monotonicMs() + stoodStillMs }
    const begunMs: number[] = []
    let late = 0
    const loops = startLoops({
      clock: frozen,
      log: silentLog(),
      loops: [
        {
          name: 'tick',
          everyMs: 5_000,
          run: () => void begunMs.push(frozen.monotonicMs()),
          onLate: () => (late += 1),
        },
      ],
    })
    await clock.advance(4_000)
    stoodStillMs = 60_000
    await clock.advance(11_000)
    expect(begunMs).toEqual([65_000, 70_000, 75_000])
    expect(late).toBe(1)
    await loops.stop()
  })
})
