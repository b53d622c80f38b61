/** Damages an exposition in one to three places: characters, tokens and lines. */
import type { Pick } from './pick.ts'
import { TOKENS } from './tokens.ts'

type Damage = (text: string, pick: Pick) => string

const CHARACTERS = Array.from(' \t\n\r"\\{}=,#.+-_:019aeEfIilnNstTx\u00a0é\u2028\u001c')

export function mutate(text: string, pick: Pick): string {
  const damages = pick.many(1, 3, () => pick.one(DAMAGES))
  return damages.reduce((damaged, damage) => damage(damaged, pick), text).toWellFormed()
}

const DAMAGES: readonly Damage[] = [
  (text, pick) => splice(text, pick.below(text.length + 1), 0, pick.one(CHARACTERS)),
  (text, pick) => splice(text, pick.below(text.length), 1, ''),
  (text, pick) => splice(text, pick.below(text.length), 1, pick.one(CHARACTERS)),
  (text, pick) => splice(text, pick.below(text.length + 1), 0, pick.one(TOKENS)),
  (text, pick) => {
    const words = text.split(/(\s+|[{},="]+)/)
    words[pick.below(words.length)] = pick.one(TOKENS)
    return words.join('')
  },
  (text, pick) =>
    byLine(text, pick, (lines, at) => {
      lines.splice(at, 1)
    }),
  (text, pick) =>
    byLine(text, pick, (lines, at) => {
      lines.splice(pick.below(lines.length), 0, lines[at]!)
    }),
  (text, pick) =>
    byLine(text, pick, (lines, at) => {
      const other = pick.below(lines.length)
      ;[lines[at], lines[other]] = [lines[other]!, lines[at]!]
    }),
  (text, pick) => text.slice(0, pick.below(text.length + 1)),
]

function splice(text: string, at: number, gone: number, put: string): string {
  return text.slice(0, at) + put + text.slice(at + gone)
}

function byLine(text: string, pick: Pick, change: (lines: string[], at: number) => void): string {
  const lines = text.split('\n')
  change(lines, pick.below(lines.length))
  return lines.join('\n')
}
