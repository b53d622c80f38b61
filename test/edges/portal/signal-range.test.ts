import { describe, expect, it } from 'vitest'
import {
  rangeOf,
  readSignalSearch,
  withRange,
  withTable,
  withZoom,
} from '../../../src/edges/portal/signals/signal-range.ts'

const FROM = 1_790_000_000_000

describe('the range in the address', () => {
  it('is the last hour where nothing is said', () => {
    expect(rangeOf(readSignalSearch({}))).toEqual({ kind: 'last', name: '1h', seconds: 3_600 })
    expect(readSignalSearch({ range: '1h' })).toEqual({})
  })

  it.each([
    [{ range: '30d' }, { range: '30d' }],
    [{ range: 'soon' }, {}],
    [
      { from: String(FROM), to: String(FROM + 60_000) },
      { from: String(FROM), to: String(FROM + 60_000) },
    ],
    [{ from: String(FROM), to: String(FROM + 1) }, {}],
    [{ from: String(FROM) }, {}],
    [{ from: 'x', to: String(FROM), range: '7d' }, { range: '7d' }],
    [
      { range: '7d', from: String(FROM), to: String(FROM + 60_000) },
      { from: String(FROM), to: String(FROM + 60_000) },
    ],
    [{ colour: 'red' }, {}],
  ])('%j is read as %j', (search, read) => {
    expect(readSignalSearch(search)).toEqual(read)
  })

  it('becomes a fixed one by zooming, and keeps the tables that are open', () => {
    const zoomed = withZoom({ range: '24h', table: 'cpu' }, FROM + 0.4, FROM + 600_000)
    expect(zoomed).toEqual({ from: String(FROM), to: String(FROM + 600_000), table: 'cpu' })
    expect(rangeOf(zoomed)).toEqual({ kind: 'fixed', fromMs: FROM, toMs: FROM + 600_000 })
    expect(withRange(zoomed, '7d')).toEqual({ range: '7d', table: 'cpu' })
  })

  it('stays where the zoom would be too narrow', () => {
    expect(withZoom({ range: '24h' }, FROM, FROM + 5_000)).toEqual({ range: '24h' })
  })

  it('holds which charts are tables', () => {
    const one = withTable({ range: '24h' }, 'cpu')
    expect(one).toEqual({ range: '24h', table: 'cpu' })
    expect(withTable(one, 'errors').table).toBe('cpu,errors')
    expect(withTable(one, 'cpu')).toEqual({ range: '24h' })
  })
})
