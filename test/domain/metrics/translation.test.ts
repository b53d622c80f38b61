/** Names as Prometheus makes them: the expected ones are what otlptranslator 1.0.0 answers. */
import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { TRANSLATION_STRATEGIES } from '../../../src/core/names/translation-strategies.ts'
import {
  translateLabelName,
  translateLabels,
  translatedType,
  translateMetricName,
  type TranslatedType,
} from '../../../src/domain/metrics/translation.ts'

type Names = readonly [full: string, unescaped: string, plain: string]

const METRICS: readonly [string, string, TranslatedType, ...Names][] = [
  [
    'http.server.request.duration',
    's',
    'other',
    'http_server_request_duration_seconds',
    'http.server.request.duration_seconds',
    'http_server_request_duration',
  ],
  [
    'process.network.io',
    'By',
    'counter',
    'process_network_io_bytes_total',
    'process.network.io_bytes_total',
    'process_network_io',
  ],
  [
    'system.cpu.utilization',
    '1',
    'gauge',
    'system_cpu_utilization_ratio',
    'system.cpu.utilization_ratio',
    'system_cpu_utilization',
  ],
  ['items', '1', 'counter', 'items_total', 'items_total', 'items'],
  ['queue.length', '1', 'other', 'queue_length', 'queue.length', 'queue_length'],
  [
    'jvm.gc.duration_seconds_total',
    's',
    'counter',
    'jvm_gc_duration_seconds_total',
    'jvm.gc.duration_seconds_total',
    'jvm_gc_duration_seconds_total',
  ],
  // a word that the name has anywhere goes to its end
  ['total.requests', '', 'counter', 'requests_total', 'total.requests_total', 'total_requests'],
  ['ratio.of.hits', '1', 'gauge', 'of_hits_ratio', 'ratio.of.hits_ratio', 'ratio_of_hits'],
  ['requests', '1/s', 'gauge', 'requests_per_second', 'requests_per_second', 'requests'],
  ['io', 'By/s', 'gauge', 'io_bytes_per_second', 'io_bytes_per_second', 'io'],
  ['speed', 'm/m', 'gauge', 'speed_meters_per_minute', 'speed_meters_per_minute', 'speed'],
  ['events', '{event}', 'counter', 'events_total', 'events_total', 'events'],
  ['events', '{event}/s', 'gauge', 'events_per_second', 'events_per_second', 'events'],
  ['volume', 'By/{request}', 'gauge', 'volume_bytes', 'volume_bytes', 'volume'],
  ['load', 'kBy', 'gauge', 'load_kBy', 'load_kBy', 'load'],
  ['odd', 'a@b/c d', 'gauge', 'odd_a_b_per_c_d', 'odd_a@b_per_c d', 'odd'],
  ['5xx.rate', '%', 'gauge', '_5xx_rate_percent', '5xx.rate_percent', '_5xx_rate'],
  ['a..b__c', '', 'gauge', 'a_b_c', 'a..b__c', 'a_b__c'],
  ['.edge.', '', 'gauge', 'edge', '.edge.', 'edge'],
  ['größe', 'm', 'gauge', 'gr_e_meters', 'größe_meters', 'gr_e'],
  ['rule:sum', '', 'gauge', 'rule:sum', 'rule:sum', 'rule:sum'],
  ['總數total', '', 'counter', 'total', '總_total', 'total'],
]

describe('the name of a metric', () => {
  it.each(METRICS)('%s in "%s", a %s', (name, unit, type, ...expected) => {
    const metric = { name, unit, type }
    const [full, unescaped, plain, same] = TRANSLATION_STRATEGIES.map((strategy) =>
      translateMetricName(metric, strategy),
    )
    expect([full, unescaped, plain, same]).toEqual([...expected, name])
  })

  it('is none where nothing is left', () => {
    const none = (name: string, type: TranslatedType = 'gauge') =>
      TRANSLATION_STRATEGIES.map((strategy) =>
        translateMetricName({ name, unit: '', type }, strategy),
      )
    expect(none('')).toEqual([undefined, undefined, undefined, undefined])
    expect(none('@#')).toEqual([undefined, '@#', undefined, '@#'])
    expect(none('@_@_')).toEqual([undefined, '@_@_', undefined, '@_@_'])
    expect(none('@#', 'counter')).toEqual(['total', '@#_total', undefined, '@#'])
  })

  it('stays as it is once it is translated, but for units that are no single word', () => {
    const units = fc.constantFrom('', '1', 's', 'By', '{x}', '%')
    const types = fc.constantFrom<TranslatedType>('counter', 'gauge', 'other')
    fc.assert(
      fc.property(fc.string(), units, types, (name, unit, type) => {
        const strategy = 'UnderscoreEscapingWithSuffixes'
        const once = translateMetricName({ name, unit, type }, strategy)
        fc.pre(once !== undefined && !once.startsWith('_'))
        expect(once).toMatch(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/)
        expect(translateMetricName({ name: once!, unit, type }, strategy)).toBe(once)
      }),
    )
  })
})

describe('the name of a label', () => {
  it.each([
    ['http.route', 'http_route'],
    ['label:with:colons', 'label_with_colons'],
    ['a..b', 'a__b'],
    ['2xx', 'key_2xx'],
    ['.hidden', 'key_hidden'],
    ['_hidden', 'key_hidden'],
    ['__kept', '__kept'],
    ['naïve', 'na_ve'],
    ['日本', undefined],
    ['_', 'key_'],
    ['', undefined],
  ])('%s is %s', (name, expected) => {
    expect(translateLabelName(name, 'UnderscoreEscapingWithSuffixes')).toBe(expected)
    expect(translateLabelName(name, 'UnderscoreEscapingWithoutSuffixes')).toBe(expected)
    const plain = /[^_]/.test(name) ? name : undefined
    expect(translateLabelName(name, 'NoTranslation')).toBe(plain)
  })
})

describe('labels', () => {
  const resource = [
    { name: 'service.name', value: 'cart' },
    { name: 'service.namespace', value: 'shop' },
    { name: 'service.instance.id', value: 'i-1' },
    { name: 'host.name', value: 'h1' },
  ]

  it('that become one hold all values, in the order of their own names', () => {
    const attributes = [
      { name: 'a_b', value: 'last' },
      { name: 'a.b', value: 'middle' },
      { name: 'a-b', value: 'first' },
      { name: 'a:b', value: '' },
    ]
    expect(translateLabels(attributes, [], 'UnderscoreEscapingWithSuffixes')).toEqual([
      { name: 'a_b', value: 'first;middle;last' },
    ])
    expect(translateLabels(attributes, [], 'NoTranslation')).toHaveLength(3)
  })

  it('name job and instance of the resource, which attributes cannot', () => {
    const attributes = [
      { name: 'route', value: '/' },
      { name: 'job', value: 'other' },
    ]
    expect(translateLabels(attributes, resource, 'UnderscoreEscapingWithSuffixes')).toEqual([
      { name: 'instance', value: 'i-1' },
      { name: 'job', value: 'shop/cart' },
      { name: 'route', value: '/' },
    ])
    const [, ...nameless] = resource
    const job = translateLabels([], nameless, 'NoTranslation')
    expect(job).toEqual([{ name: 'instance', value: 'i-1' }])
  })
})

it('only a monotonic sum is a counter', () => {
  expect(translatedType({ kind: 'sum', monotonic: true })).toBe('counter')
  expect(translatedType({ kind: 'sum', monotonic: false })).toBe('other')
  expect(translatedType({ kind: 'gauge', monotonic: false })).toBe('gauge')
  expect(translatedType({ kind: 'histogram', monotonic: false })).toBe('other')
})
