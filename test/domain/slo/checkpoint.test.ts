import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ERROR_RATE } from '../../../src/domain/slo/model/default-slos.ts'
import { unpackHistory } from '../../../src/domain/slo/history-pack.ts'
import { readHistory } from '../../../src/domain/slo/store.ts'
import { Desk, START_MS } from './harness.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const UPGRADE = readFileSync(
  new URL(
    '../../../src/machinery/storage/migrations/bulk/0011-slo-hour-by-tens.sql',
    import.meta.url,
  ),
  'utf8',
)
const HOUR_NUMBER = START_MS / HOUR

function busyDesk() {
  const desk = new Desk()
  const acme = desk.admit('acme')
  const { ok, failed } = desk.requestCells(acme)
  const minute = (i: number): void => {
    const atMs = START_MS + i * MINUTE
    desk.book([
      { cell: ok, atMs, amount: 100 + i },
      { cell: failed, atMs, amount: i % 3 },
    ])
    desk.evaluate(atMs)
  }
  const history = (stepSeconds: 60 | 300, hour: number) => {
    const rowHours = stepSeconds === 60 ? 6 : 24
    const stretch = Math.floor(hour / rowHours)
    const key = { sloId: ERROR_RATE, estimate: 'upper', stepSeconds, stretch } as const
    const perHour = 3_600 / stepSeconds
    const first = (hour % rowHours) * perHour
    const columns = unpackHistory(readHistory(acme, key, desk.bulk).counts, rowHours * perHour)
    return [...columns.totals.subarray(first, first + perHour)]
  }
  return { desk, acme, ok, minute, history }
}

describe('a checkpoint', () => {
  it('that was not written is taken again', async () => {
    const { desk, acme, minute } = busyDesk()
    for (let i = 1; i <= 70; i += 1) minute(i)
    desk.slo.checkpoint()
    desk.slo.confirm(false)
    await desk.checkpoint()
    const before = desk.slo.status(acme)
    desk.restart()
    desk.evaluate(desk.nowMs)
    expect(desk.slo.status(acme)).toEqual(before)
  })

  it('of a time when ten seconds were kept for six minutes has the whole hour all the same', async () => {
    const { desk, acme, minute } = busyDesk()
    for (let i = 1; i <= 90; i += 1) minute(i)
    const hour = (): number => {
      const step = desk.slo.steps(acme).find(({ sloId }) => sloId === ERROR_RATE)!
      return step.windows['1h']!.total
    }
    const before = hour()
    await desk.checkpoint()
    await desk.bulk.commit({
      file: 'shared',
      logPosition: 1_000,
      writes: [{ sql: UPGRADE, rows: [[]] }],
    })
    desk.restart()
    desk.evaluate(desk.nowMs)
    expect(before).toBeGreaterThan(6_000)
    expect(hour()).toBe(before)
  })

  it('loses nothing that was booked ahead of the clock', async () => {
    const { desk, acme, ok } = busyDesk()
    desk.book([{ cell: ok, atMs: START_MS, amount: 7 }])
    await desk.checkpoint()
    desk.restart()
    desk.evaluate(START_MS + MINUTE)
    expect(desk.status(acme, 'error-rate').total).toBe(7)
  })

  it('keeps an hour per minute and per five minutes, late counts included', async () => {
    const { desk, ok, minute, history } = busyDesk()
    for (let i = 1; i <= 70; i += 1) minute(i)
    await desk.checkpoint()
    const totals = Array.from({ length: 60 }, (_, i) => 101 + i + ((i + 1) % 3))
    expect(history(60, HOUR_NUMBER)).toEqual(totals)
    desk.book([{ cell: ok, atMs: START_MS + 30 * MINUTE, amount: 1_000 }])
    await desk.checkpoint()
    totals[29]! += 1_000
    expect(history(60, HOUR_NUMBER)).toEqual(totals)
    const fives = Array.from({ length: 12 }, (_, i) =>
      totals.slice(5 * i, 5 * i + 5).reduce((sum, total) => sum + total, 0),
    )
    expect(history(300, HOUR_NUMBER)).toEqual(fives)
  })

  it('keeps the hours that a pause jumped over', async () => {
    const { desk, minute, history } = busyDesk()
    for (let i = 1; i <= 30; i += 1) minute(i)
    for (const i of [31 + 5 * 60, 32 + 5 * 60, 33 + 9 * 60]) minute(i)
    for (let i = 1; i <= 200; i += 1) desk.evaluate(START_MS + 10 * HOUR + i * MINUTE)
    await desk.checkpoint()
    const sums = [0, 5, 9].map((hour) =>
      history(60, HOUR_NUMBER + hour).reduce((sum, total) => sum + total, 0),
    )
    const offered = (i: number): number => 100 + i + (i % 3)
    const first = Array.from({ length: 30 }, (_, i) => offered(i + 1))
    expect(sums).toEqual([
      first.reduce((sum, total) => sum + total, 0),
      offered(331) + offered(332),
      offered(573),
    ])
  })

  it('keeps the burns of the last hour, also those of a checkpoint that was not written', async () => {
    const { desk, acme, minute } = busyDesk()
    for (let i = 1; i <= 70; i += 1) {
      minute(i)
      if (i === 40) {
        desk.slo.checkpoint()
        desk.slo.confirm(false)
      }
      if (i % 20 === 0 && i !== 40) await desk.checkpoint()
    }
    const shown = desk.slo.burnSpark(acme, desk.nowMs)
    expect(shown.every((burn) => burn !== null && burn > 0)).toBe(true)
    await desk.checkpoint()
    desk.restart()
    expect(desk.slo.burnSpark(acme, desk.nowMs)).toEqual(Array(60).fill(null))
    desk.evaluate(desk.nowMs)
    expect(desk.slo.burnSpark(acme, desk.nowMs)).toEqual(shown)
    const laterMs = desk.nowMs + 10 * MINUTE
    const later = desk.slo.burnSpark(acme, laterMs)
    expect(later).toEqual([...shown.slice(10), ...Array<null>(10).fill(null)])
  })

  it('refuses a state that cannot be', async () => {
    const { desk, minute } = busyDesk()
    minute(1)
    const { writes } = desk.slo.checkpoint()
    const cut = writes.map(({ sql, rows }) => ({
      sql,
      rows: [...rows].map((row) =>
        row.map((value) => (value instanceof Uint8Array ? value.subarray(0, 3) : value)),
      ),
    }))
    await desk.bulk.commit({ file: 'shared', logPosition: 1, writes: cut })
    expect(() => desk.restart()).toThrow(expect.objectContaining({ code: 'SLO_STATE_DAMAGED' }))
  })
})
