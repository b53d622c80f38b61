/** Makes expositions in Prometheus' text format: families as its description has them, with blanks
 *  and comments, something odd now and then, half of them damaged afterwards. */
import { mutate } from './mutate.ts'
import { openPick, type Pick } from './pick.ts'
import { label, LABEL_NAMES, NAMES, number } from './tokens.ts'

/** How often a part is not what belongs there. */
const ODD = 0.01
const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped'] as const
type Type = (typeof TYPES)[number]

/** Makes the body of a number: the same each time. */
export function textBody(seed: number): string {
  const pick = openPick(seed)
  const names = pick.shuffled(NAMES)
  const body = pick.many(0, 4, (index) => family(pick, names[index]!)).join('')
  return pick.chance(0.5) ? mutate(body, pick) : body
}

function family(pick: Pick, name: string): string {
  const type = pick.one(TYPES)
  const metadata = [
    ...(pick.chance(0.8)
      ? [`#${blank(pick)}TYPE ${name} ${pick.chance(ODD) ? 'unknown' : type}`]
      : []),
    ...(pick.chance(0.4)
      ? [`# HELP ${name} ${pick.one(['', 'a text', 'a \\\\ \\n', 'é "b"'])}`]
      : []),
    ...(pick.chance(0.1)
      ? [pick.one(['# a comment', '#', '', '\t', '# EOF', '#TYPE', '# UNIT a b'])]
      : []),
  ]
  const samples = pick.many(0, 3, (index) => metric(pick, type, name, index)).flat()
  return [...pick.shuffled(metadata), ...samples].map((line) => `${line}\n`).join('')
}

function metric(pick: Pick, type: Type, name: string, index: number): string[] {
  const labels = [...labelsOf(pick), ...(index === 0 ? [] : [`n="${String(index)}"`])]
  const line = (suffix: string, own: readonly string[], value: string): string => {
    const all = pick.shuffled([...labels, ...own])
    return `${series(pick, name + suffix, all)} ${pick.chance(ODD) ? number(pick, 0.7) : value}${timestamp(pick)}`
  }
  if (type === 'histogram') {
    const bounds = pick.one([['0.1', '1', '+Inf'], ['1.0', '1e6', '+Inf'], ['5', 'Inf'], ['x']])
    return [
      ...bounds.map((bound, at) => line('_bucket', [`le="${bound}"`], String(at))),
      line('_sum', [], number(pick, ODD)),
      line('_count', [], '2'),
    ]
  }
  if (type === 'summary') {
    return [
      ...['0.5', '0.990', '1']
        .slice(pick.below(4))
        .map((quantile) => line('', [`quantile="${quantile}"`], number(pick, 0.1))),
      line('_sum', [], number(pick, ODD)),
      line('_count', [], '2'),
    ]
  }
  return [line('', [], number(pick, 0.2))]
}

function series(pick: Pick, name: string, labels: readonly string[]): string {
  if (labels.length === 0) return pick.chance(0.1) ? `${name}{}` : name
  const comma = pick.chance(0.1) ? ',' : ''
  const gap = pick.chance(0.1) ? blank(pick) : ''
  if (pick.chance(0.05)) return `{"${name}",${labels.join(',')}${comma}}`
  return `${name}${gap}{${gap}${labels.join(`${gap},${gap}`)}${comma}${gap}}`
}

function timestamp(pick: Pick): string {
  if (!pick.chance(0.1)) return pick.chance(0.05) ? blank(pick) : ''
  return `${blank(pick)}${pick.chance(0.9) ? String(pick.below(1e9)) : number(pick, 0.5)}`
}

function blank(pick: Pick): string {
  return pick.one([' ', ' ', '  ', '\t', ' \t'])
}

/** Unique by name, mostly. */
function labelsOf(pick: Pick): string[] {
  const [first = '', second = ''] = pick.shuffled(LABEL_NAMES)
  return [first, pick.chance(ODD) ? first : second]
    .slice(0, pick.below(3))
    .map((name) => label(pick, ODD, name))
}
