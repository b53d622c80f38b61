/**
 * The lines that the grammar of OpenMetrics 1.0 has, as regular expressions and apart from the
 * reader, which must accept no others. Beside the grammar stand names in quotes (the UTF-8 proposal
 * of Prometheus 3), and help texts are any text.
 * Source: OpenMetrics 1.0, "ABNF".
 */
const REAL = '[+-]?(?:[0-9]+(?:\\.[0-9]*)?|[0-9]*\\.[0-9]+)(?:[eE][+-]?[0-9]+)?'
const NUMBER = `(?:${REAL}|[+-]?[iI][nN][fF](?:[iI][nN][iI][tT][yY])?|[nN][aA][nN])`
const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const TEXT = '(?:[^"\\\\\\n]|\\\\[^\\n])*'
const QUOTED = `"(?:[^"\\\\\\n]|\\\\[^\\n])+"`
/** Those that begin with two underscores are reserved. */
const LABEL = `(?:(?!__)[a-zA-Z_][a-zA-Z0-9_]*|(?!"__)${QUOTED})="${TEXT}"`
const LABELS = `\\{(?:${LABEL}(?:,${LABEL})*)?\\}`
const SERIES = `(?:${NAME}(?:${LABELS})?|\\{${QUOTED}(?:,${LABEL})*\\})`
const TIME = `(?: ${REAL})?`
const TYPES = 'counter|gauge|histogram|gaugehistogram|stateset|info|summary|unknown'

const SAMPLE = new RegExp(`^${SERIES} ${NUMBER}${TIME}(?: # ${LABELS} ${NUMBER}${TIME})?$`, 'u')
const METADATA = new RegExp(
  `^# (?:HELP (?:${NAME}|${QUOTED}) [^\\n]*|TYPE (?:${NAME}|${QUOTED}) (?:${TYPES})|UNIT (?:${NAME}|${QUOTED}) [a-zA-Z0-9_:]*)$`,
  'u',
)

/** Tells whether every line of a body is one of the grammar, and its end the right one. */
export function isInGrammar(body: string): boolean {
  const lines = body.split('\n')
  const end = lines.at(-1) === '' ? lines.slice(0, -1) : lines
  return (
    end.at(-1) === '# EOF' &&
    end.slice(0, -1).every((line) => SAMPLE.test(line) || METADATA.test(line))
  )
}

/** Lists the numbers of a body that stand where the grammar has a number, as they are written. */
export function numbersOf(body: string): string[] {
  return sampleLines(body).flatMap((line) => line.split(' ').slice(1))
}

/** Lists the values of the labels that bound buckets and quantiles. */
export function boundsOf(body: string): string[] {
  return Array.from(body.matchAll(/(?:le|quantile)="([^"]*)"/g), ([, bound]) => bound ?? '')
}

export function isNumber(text: string): boolean {
  return new RegExp(`^${NUMBER}$`).test(text)
}

export function sampleLines(body: string): string[] {
  return body.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}
