/** Requests that were turned away: cells of their own, also in the data of an earlier version. */
import { describe, expect, it } from 'vitest'
import { CELL, KIND, ROLE_STRIDE, SERIES_KINDS } from '../../../src/domain/metrics/series-table.ts'
import { openBulkInline } from '../../../src/machinery/storage/bulk-writer.ts'
import type { BulkWriter } from '../../../src/core/ports.ts'
import { openBench, remoteWrite, type Labels } from './writing.ts'

const T = 1_700_000_000_000

const requests = (labels: Labels, ...samples: [number, number][]) => ({
  labels: { __name__: 'http_requests_total', tenant: 'acme', ...labels },
  samples,
})

function round(atMs: number, value: number): Uint8Array {
  return remoteWrite([
    requests({ code: '200' }, [atMs, value]),
    requests({ code: '404' }, [atMs, 2 * value]),
    requests({ code: '429' }, [atMs, 3 * value]),
    requests({ code: '429', reason: 'quota' }, [atMs, 4 * value]),
    requests({ code: '500' }, [atMs, 5 * value]),
    requests({ code: '503' }, [atMs, 6 * value]),
    requests({ code: '4xx' }, [atMs, 7 * value]),
  ])
}

const APART = {
  'acme requests 2xx': 1,
  'acme requests 4xx': 9,
  'acme requests 4xx 429': 3,
  'acme requests 4xx quota': 4,
  'acme requests 5xx': 5,
  'acme requests 5xx 503': 6,
}

async function checkpoint(bench: ReturnType<typeof openBench>, position: number): Promise<void> {
  bench.metrics.drain(T)
  const { writes } = bench.metrics.checkpoint()
  await bench.bulk.commit({ file: 'shared', logPosition: position, writes })
  bench.metrics.confirm(true)
}

/** Makes of the data what the version before wrote: one cell a class. */
async function asBefore(bulk: BulkWriter): Promise<void> {
  const cells = bulk.read<{ cell_id: number; status_class: string }>(
    'shared',
    `SELECT cell_id, status_class FROM metrics_cell ORDER BY cell_id`,
  )
  const first = new Map<string, number>()
  const kept: number[] = []
  const numbers = cells.map(({ cell_id: cellId, status_class: name }) => {
    if (first.has(name)) return first.get(name)!
    first.set(name, kept.length)
    kept.push(cellId)
    return kept.length - 1
  })
  const [{ body }] = bulk.read<{ body: Uint8Array }>(
    'shared',
    `SELECT body FROM metrics_state WHERE part = 'series: roles' AND chunk = 0`,
  ) as [{ body: Uint8Array }]
  const roles = new Int32Array(body.slice().buffer)
  for (let at = 0; at < roles.length; at += ROLE_STRIDE) {
    const isSeries = roles[at + KIND] === SERIES_KINDS.counter
    if (isSeries) roles[at + CELL] = numbers[roles[at + CELL]!]!
  }
  const gone = cells.map(({ cell_id: id }) => id).filter((id) => !kept.includes(id))
  const writes = [
    { sql: 'DELETE FROM metrics_cell WHERE cell_id = ?', rows: gone.map((id) => [id]) },
    {
      sql: 'UPDATE metrics_cell SET cell_id = ?, refusal = NULL WHERE cell_id = ?',
      rows: kept.map((id, index) => [index, id]),
    },
    {
      sql: `UPDATE metrics_state SET body = ? WHERE part = 'series: roles' AND chunk = 0`,
      rows: [[new Uint8Array(roles.buffer)]],
    },
  ]
  await bulk.commit({ file: 'shared', logPosition: 2, writes })
}

describe('requests that were turned away', () => {
  it('are told apart within their class, where their status tells', () => {
    const bench = openBench()
    bench.write(round(T, 0), T)
    bench.write(round(T + 1_000, 1), T + 1_000)
    expect(bench.gains()).toEqual(APART)
    expect(bench.metrics.totals('acme' as never).requests).toMatchObject({ '4xx': 16, '5xx': 11 })
    expect(bench.metrics.totals('acme' as never).turnedAway).toEqual({ 429: 3, quota: 4, 503: 6 })
  })

  it('of an earlier version’s data are told apart from the start on, and nothing is counted twice', async () => {
    const bulk = openBulkInline({ directory: ':memory:' })
    const before = openBench({ bulk })
    before.write(round(T, 0), T)
    before.write(round(T + 1_000, 1), T + 1_000)
    await checkpoint(before, 1)
    await asBefore(bulk)

    const after = openBench({ bulk })
    after.metrics.restore()
    const told = after.metrics.cells().filter(({ refusal }) => refusal !== undefined)
    expect(new Set(told.map(({ refusal }) => refusal))).toEqual(new Set(['429', '503', 'quota']))
    after.write(round(T + 2_000, 2), T + 2_000)
    expect(after.gains()).toEqual(APART)

    // And so they stay at the next start
    await checkpoint(after, 3)
    const again = openBench({ bulk })
    again.metrics.restore()
    again.write(round(T + 3_000, 3), T + 3_000)
    expect(again.gains()).toEqual(APART)
    expect(again.metrics.cells()).toHaveLength(6)
  })
})
