/**
 * Scraped text, classic and OpenMetrics, under damage: whatever the bytes are, a reader ends with
 * an answer or a refusal, and reads the same bytes the same way a second time.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Prng } from '../../../src/core/prng.ts'
import type { ExpositionReader } from '../../../src/machinery/wire/exposition-visitor.ts'
import { openOpenMetricsReader } from '../../../src/machinery/wire/open-metrics.ts'
import { openPrometheusTextReader } from '../../../src/machinery/wire/prometheus-text.ts'
import { told } from '../../machinery/wire/exposition-told.ts'
import { mutated } from '../mutate.ts'
import { attempt, Disagreement, type FuzzTarget } from '../target.ts'

const pick = <V>(prng: Prng, values: readonly V[]): V => values[prng.below(values.length)]!

const NAMES = [
  'up',
  'http_requests_total',
  'a:b',
  '"größe"',
  'x_bucket',
  'x_count',
  'x_sum',
  'y_created',
]
const LABELS = [
  '',
  '{}',
  '{a="b"}',
  '{le="0.1",}',
  '{le="+Inf"}',
  '{a="\\n\\"\\\\",b="日本"}',
  '{"q.r"="1"}',
]
const NUMBERS = [
  '0',
  '1',
  '-1.5',
  '+Inf',
  'NaN',
  '1e3',
  '12345678901234567890',
  '.5',
  '1_000',
  '0x10',
]
const TIMES = ['', '', ' 1700000000000', ' 1700000000.123', ' -1']
const LINES = [
  '# TYPE x histogram',
  '# TYPE up gauge',
  '# HELP up what \\n it is',
  '# UNIT x s',
  '# EOF',
  '',
  '#',
]

export function openTarget(): FuzzTarget {
  let other: Uint8Array = new Uint8Array(0)
  return {
    run(prng) {
      const sound = Buffer.from(textOf(prng))
      const body = prng.below(3) === 0 ? sound : mutated(prng, sound, other)
      other = sound
      const open = prng.below(2) === 0 ? openPrometheusTextReader : openOpenMetricsReader
      const reader: ExpositionReader = open()
      const first = attempt(() => told(reader, body).samples)
      const second = attempt(() => told(reader, body).samples)
      if (!isDeepStrictEqual(first, second)) throw new Disagreement('read otherwise again', body)
      return 'value' in first ? 'accepted' : 'rejected'
    },
  }
}

function textOf(prng: Prng): string {
  const lines = Array.from({ length: prng.below(8) }, () =>
    prng.below(4) === 0
      ? pick(prng, LINES)
      : `${pick(prng, NAMES)}${pick(prng, LABELS)} ${pick(prng, NUMBERS)}${pick(prng, TIMES)}`,
  )
  if (prng.below(2) === 0) lines.push('# EOF')
  return lines.map((line) => `${line}\n`).join('')
}
