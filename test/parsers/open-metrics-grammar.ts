/** Makes OpenMetrics expositions: whole families as the specification has them, with something odd
 *  now and then, half of them damaged afterwards. */
import { mutate } from './mutate.ts'
import { openPick, type Pick } from './pick.ts'
import { familyName, label, LABEL_NAMES, NAMES, number } from './tokens.ts'

/** How often a part is not what belongs there. */
const ODD = 0.01

const TYPES = [
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'stateset',
  'info',
  'summary',
  'unknown',
] as const
type Type = (typeof TYPES)[number]

/** Makes the body of a number: the same each time. */
export function openMetricsBody(seed: number): string {
  const pick = openPick(seed)
  const names = pick.shuffled(NAMES)
  const families = pick.many(0, 4, (index) => family(pick, names[index]!))
  const body = [...families, '# EOF\n'].join('')
  return pick.chance(0.5) ? mutate(body, pick) : body
}

function family(pick: Pick, usual: string): string {
  const type = pick.one(TYPES)
  const unit = pick.chance(type === 'info' || type === 'stateset' ? ODD : 0.15)
    ? pick.one(['seconds', 'bytes', 'b'])
    : undefined
  const own = pick.chance(ODD) ? familyName(pick, 0.5) : usual
  const name = unit !== undefined && pick.chance(0.9) ? `${own}_${unit}` : own
  const bare = type === 'unknown' && pick.chance(0.5)
  const metadata = [
    ...(bare ? [] : [`# TYPE ${name} ${pick.chance(ODD) ? 'untyped' : type}\n`]),
    ...(pick.chance(0.3)
      ? [`# HELP ${name} ${pick.one(['', 'a text', 'a \\\\ \\n \\x', '# é'])}\n`]
      : []),
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}\n`]),
  ]
  const metrics = pick.many(0, 3, (index) => metric(pick, type, name, index))
  return [...pick.shuffled(metadata), ...metrics].join('')
}

/** One metric of a family: one or more points, with or without timestamps. */
function metric(pick: Pick, type: Type, name: string, index: number): string {
  const labels = pick.shuffled([
    ...labelsOf(pick),
    ...(index === 0 ? [] : [`n="${String(index)}"`]),
  ])
  const timed = pick.chance(0.4)
  let seconds = pick.below(1_000)
  const points = timed
    ? pick.many(1, pick.chance(0.3) ? 3 : 1, () => (seconds += pick.below(3)))
    : [undefined]
  return points.map((at) => point(pick, type, name, labels, timestampOf(pick, at))).join('')
}

/** Unique by name, mostly. */
function labelsOf(pick: Pick): string[] {
  const [first = '', second = ''] = pick.shuffled(LABEL_NAMES)
  const names = [first, pick.chance(ODD) ? first : second]
  return names.slice(0, pick.below(3)).map((name) => label(pick, ODD, name))
}

function timestampOf(pick: Pick, at: number | undefined): string {
  if (at === undefined) return pick.chance(ODD) ? ` ${number(pick, 0.5)}` : ''
  if (pick.chance(ODD)) return ` ${number(pick, 0.7)}`
  return ` ${String(at)}${pick.one(['', '', '.5', '.123456789', '.25', pick.chance(ODD) ? 'e0' : '.0'])}`
}

function point(
  pick: Pick,
  type: Type,
  name: string,
  labels: readonly string[],
  at: string,
): string {
  const line = (suffix: string, own: readonly string[], value: string, exemplar = ''): string => {
    const all = [...labels, ...own]
    const braces = all.length > 0 || pick.chance(0.1) ? `{${all.join(',')}}` : ''
    return `${name}${suffix}${braces} ${pick.chance(ODD) ? number(pick, 0.7) : value}${at}${exemplar}\n`
  }
  const some = (lines: readonly string[]): string => lines.filter(() => !pick.chance(ODD)).join('')
  switch (type) {
    case 'counter':
      return some([
        line('_total', [], number(pick, 0), exemplarOf(pick)),
        ...(pick.chance(0.4) ? [line('_created', [], number(pick, ODD))] : []),
      ])
    case 'gauge':
    case 'unknown':
      return line('', [], number(pick, 0.2), pick.chance(ODD) ? exemplarOf(pick) : '')
    case 'info':
      return line('_info', [], '1')
    case 'stateset':
      return some(
        ['on', 'off'].map((state) => line('', [`${name}="${state}"`], pick.one(['0', '1']))),
      )
    case 'summary':
      return some([
        ...['0', '0.5', '0.99', pick.chance(ODD) ? '1.1' : '1']
          .slice(pick.below(5))
          .map((quantile) => line('', [`quantile="${quantile}"`], number(pick, ODD))),
        ...summaryEnd(pick, line),
      ])
    case 'histogram':
    case 'gaugehistogram':
      return some(buckets(pick, type, line))
  }
}

const ODD_BOUNDS = [
  ['-1.0', '0.0', '+Inf'],
  ['1', 'Inf'],
  ['2.0', '1.0', '+Inf'],
  ['1', '1.0', '+Inf'],
  ['1'],
]

type Line = (suffix: string, own: readonly string[], value: string, exemplar?: string) => string

function summaryEnd(pick: Pick, line: Line): string[] {
  return [
    ...(pick.chance(0.7) ? [line('_count', [], String(pick.below(9)))] : []),
    ...(pick.chance(0.7) ? [line('_sum', [], number(pick, 0))] : []),
    ...(pick.chance(0.2) ? [line('_created', [], number(pick, ODD))] : []),
  ]
}

function buckets(pick: Pick, type: 'histogram' | 'gaugehistogram', line: Line): string[] {
  const bounds = pick.one([
    ['0.1', '1.0', '+Inf'],
    ['1', '2', '+Inf'],
    ['+Inf'],
    ['1e-05', '1e+06', '+Inf'],
    ...(pick.chance(0.1) ? ODD_BOUNDS : []),
  ])
  let count = 0
  const lines = bounds.map((bound) => {
    count += pick.below(4)
    return line('_bucket', [`le="${bound}"`], String(count), exemplarOf(pick))
  })
  const [countSuffix, sumSuffix] = type === 'histogram' ? ['_count', '_sum'] : ['_gcount', '_gsum']
  const hasSum = pick.chance(0.7)
  if (hasSum || pick.chance(0.03)) lines.push(line(countSuffix, [], String(count)))
  if (hasSum) lines.push(line(sumSuffix, [], number(pick, ODD)))
  if (pick.chance(0.2)) lines.push(line('_created', [], number(pick, ODD)))
  return lines
}

function exemplarOf(pick: Pick): string {
  if (!pick.chance(0.15)) return ''
  const labels = labelsOf(pick)
  const at = pick.chance(0.5) ? ` ${number(pick, ODD)}` : ''
  return ` # {${labels.join(',')}} ${number(pick, ODD)}${at}`
}
