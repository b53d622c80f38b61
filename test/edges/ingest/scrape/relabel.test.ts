import { describe, expect, it } from 'vitest'
import { relabelSchema } from '../../../../src/edges/ingest/scrape/config-schema.ts'
import { relabel, wholeText } from '../../../../src/edges/ingest/scrape/relabel.ts'
import { joinLabels } from '../../../../src/edges/ingest/scrape/sample-labels.ts'

/** Applies rules as they stand in a file. Null where the label set is dropped. */
function after(
  labels: Record<string, string>,
  ...rules: Record<string, unknown>[]
): Record<string, string> | null {
  const own = new Map(Object.entries(labels))
  const kept = relabel(
    own,
    rules.map((rule) => relabelSchema.parse(rule)),
  )
  return kept ? Object.fromEntries(own) : null
}

const AB = { a: 'foo', b: 'bar', c: 'baz' }

describe('relabelling', () => {
  it('replaces by the groups of a match', () => {
    const rule = {
      source_labels: ['a'],
      regex: 'f(.*)',
      target_label: 'd',
      replacement: 'ch${1}-$1',
    }
    expect(after(AB, rule)).toEqual({ ...AB, d: 'choo-oo' })
    const joined = {
      source_labels: ['a', 'b'],
      regex: '(.+);(.+)',
      target_label: 'd',
      replacement: '$2$1',
    }
    expect(after(AB, joined)).toEqual({ ...AB, d: 'barfoo' })
    expect(after(AB, { source_labels: ['a'], target_label: 'd' })).toEqual({ ...AB, d: 'foo' })
  })

  it('fits the whole text or not at all', () => {
    const rule = { source_labels: ['a'], regex: 'o+', target_label: 'd', replacement: 'x' }
    expect(after(AB, rule)).toEqual(AB)
    expect(after(AB, { action: 'keep', source_labels: ['a'], regex: 'fo' })).toBeNull()
    expect(wholeText('a|b').test('ac')).toBe(false)
    expect(wholeText('.*').test('a\nb')).toBe(true)
    expect(wholeText('(?i)AbC').test('aBc')).toBe(true)
    expect(wholeText('(?P<x>a)').exec('a')?.groups?.['x']).toBe('a')
  })

  it('removes a label that gets an empty value', () => {
    const rule = { source_labels: ['a'], target_label: 'b', regex: '(x)?foo', replacement: '$1' }
    expect(after(AB, rule)).toEqual({ a: 'foo', c: 'baz' })
    expect(after(AB, { target_label: 'b', replacement: '' })).toEqual({ a: 'foo', c: 'baz' })
  })

  it('makes the target label from groups, and dollars from two', () => {
    const rule = {
      source_labels: ['a'],
      regex: '(?P<first>f).*',
      target_label: '${first}_x',
      replacement: '$$1$nope',
    }
    expect(after(AB, rule)).toEqual({ ...AB, f_x: '$1' })
  })

  it('keeps and drops', () => {
    expect(after(AB, { action: 'keep', source_labels: ['a'], regex: 'foo' })).toEqual(AB)
    expect(after(AB, { action: 'drop', source_labels: ['a'], regex: 'f|foo' })).toBeNull()
    expect(after(AB, { action: 'drop', source_labels: ['missing'], regex: '.+' })).toEqual(AB)
    expect(
      after(AB, { action: 'KEEP', source_labels: ['a', 'b'], separator: '-', regex: 'foo-bar' }),
    ).toEqual(AB)
    expect(after(AB, { action: 'keepequal', source_labels: ['a'], target_label: 'b' })).toBeNull()
    expect(after(AB, { action: 'dropequal', source_labels: ['a'], target_label: 'b' })).toEqual(AB)
    expect(
      after({ a: 'x', b: 'x' }, { action: 'dropequal', source_labels: ['a'], target_label: 'b' }),
    ).toBeNull()
  })

  it('spreads by the last eight bytes of an MD5', () => {
    const rule = { action: 'hashmod', source_labels: ['c'], target_label: 'd', modulus: 1_000 }
    expect(after(AB, rule)).toEqual({ ...AB, d: '976' })
    const lines = { ...rule, source_labels: ['a'] }
    expect(after({ a: 'foo\nbar' }, lines)).toEqual({ a: 'foo\nbar', d: '734' })
  })

  it('renames, drops and keeps labels by name', () => {
    const meta = { a: '1', __meta_pod: 'p', __meta_node: 'n' }
    expect(after(meta, { action: 'labelmap', regex: '__meta_(.+)' })).toEqual({
      ...meta,
      pod: 'p',
      node: 'n',
    })
    expect(after(AB, { action: 'labeldrop', regex: '[ab]' })).toEqual({ c: 'baz' })
    expect(after(AB, { action: 'labelkeep', regex: '[ab]' })).toEqual({ a: 'foo', b: 'bar' })
  })

  it('changes case', () => {
    expect(
      after({ a: 'Foo' }, { action: 'lowercase', source_labels: ['a'], target_label: 'a' }),
    ).toEqual({ a: 'foo' })
    expect(
      after({ a: 'Foo' }, { action: 'uppercase', source_labels: ['a'], target_label: 'b' }),
    ).toEqual({ a: 'Foo', b: 'FOO' })
  })
})

describe('the labels of a target and of its samples', () => {
  const target = [
    ['instance', 'host:80'],
    ['job', 'app'],
  ] as const
  const join = (labels: Record<string, string>, honor: boolean): Record<string, string> =>
    Object.fromEntries(
      joinLabels(
        Object.entries(labels).map(([name, value]) => ({ name, value })),
        target,
        honor,
      ),
    )

  it("keep what was exposed beside the target's own", () => {
    expect(join({ __name__: 'm', job: 'x', exported_job: 'y' }, false)).toEqual({
      __name__: 'm',
      instance: 'host:80',
      job: 'app',
      exported_job: 'y',
      exported_exported_job: 'x',
    })
    expect(join({ __name__: 'm', job: '' }, false)).toEqual({
      __name__: 'm',
      instance: 'host:80',
      job: 'app',
    })
  })

  it('are honoured where that is asked for, also when empty', () => {
    expect(join({ __name__: 'm', job: 'x' }, true)).toEqual({
      __name__: 'm',
      job: 'x',
      instance: 'host:80',
    })
    expect(join({ __name__: 'm', job: '' }, true)).toEqual({ __name__: 'm', instance: 'host:80' })
  })
})
