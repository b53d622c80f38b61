/** Documents that cite what is gone are worse than none. What stands in backticks as a call, a file or a camel-case name has to exist. */
import { dirname, join } from 'node:path/posix'
import type { Finding, Project, Rule, SourceFile, Text } from '../project.ts'
import { descend, nameOf, stringOf, type Node } from '../syntax.ts'

export const rule: Rule = {
  says: 'Files and symbols that documents and comments cite exist; lines are not cited.',
  check: (project) => {
    const knows = openKnowledge(project)
    return citingTexts(project).flatMap((text) => checkText(text, knows))
  },
}

interface Citing extends Text {
  /** Parts of the text that are prose, as offsets and what stands there. */
  readonly prose: readonly { readonly offset: number; readonly text: string }[]
}

interface Knowledge {
  hasFile(cited: string, from: string): boolean
  hasName(name: string): boolean
}

function citingTexts({ documents, files }: Project): Citing[] {
  const readmes = documents.filter(({ path }) => path.endsWith('README.md'))
  return [
    ...readmes.map((text) => ({ ...text, prose: [{ offset: 0, text: withoutBlocks(text.text) }] })),
    ...files.filter(({ path }) => path.startsWith('src/')).map(withComments),
  ]
}

/** Blanks out fenced blocks: they are examples. Lengths stay, so that offsets do. */
function withoutBlocks(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```/gm, (block) => block.replaceAll(/[^\n]/g, ' '))
}

function withComments(file: SourceFile): Citing {
  return {
    ...file,
    prose: file.comments.map(({ start, value }) => ({ offset: start + 2, text: value })),
  }
}

function checkText({ path, prose, lineOf }: Citing, knows: Knowledge): Finding[] {
  return prose.flatMap(({ offset, text }) => {
    const cited = [...text.matchAll(/`([^`\n]+)`/g)].flatMap((match) => {
      const message = objection(match[1] ?? '', path, knows)
      return message === null ? [] : [{ path, line: lineOf(offset + match.index), message }]
    })
    const lines = [...text.matchAll(/[\w-]\.(?:tsx?|js|sql|md):\d+/g)].map((match) => ({
      path,
      line: lineOf(offset + match.index),
      message: 'cites a line, which moves: cite a symbol',
    }))
    return [...cited, ...lines]
  })
}

const FILE = /^[\w.@*<>{},-]+(\/[\w.@*<>{},-]+)*\.(tsx?|js|sql|md)$/
const CALL = /^(?:await |new )?([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)\([^()]*\)$/
const CAMEL = /^[a-z]+[A-Z]\w*$|^[A-Z][a-z]+[A-Z]\w*$/
const BUILT = /^(dist|data|node_modules)\//

function objection(cited: string, from: string, knows: Knowledge): string | null {
  if (FILE.test(cited) && !BUILT.test(cited))
    return knows.hasFile(cited, from) ? null : `there is no file ${cited}`
  const name = CALL.exec(cited)?.[1] ?? (CAMEL.test(cited) ? cited : undefined)
  if (name === undefined) return null
  const [root = '', last = ''] = [name.split('.')[0], name.split('.').at(-1)]
  return root in globalThis || knows.hasName(last) ? null : `there is no ${name}`
}

function openKnowledge({ paths, files }: Project): Knowledge {
  const names = new Set(files.flatMap((file) => [...wordsOf(file)]))
  return {
    hasName: (name) => names.has(name),
    hasFile(cited, from) {
      const beside = join(dirname(from), cited)
      const pattern = patternOf(cited)
      return paths.some((path) => path === beside || pattern.test(path))
    },
  }
}

/** A cited path may begin anywhere; `*` and `<noun>` stand for a part of a name, `{a,b}` for either. */
function patternOf(cited: string): RegExp {
  const source = cited
    .replace(/^(\.\.?\/)+/, '')
    .replaceAll(/[.$+?^()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(/\*+|<\w+>/g, '[^/]*')
    .replaceAll(/\{([^}]*)\}/g, (_, either: string) => `(${either.replaceAll(',', '|')})`)
  return new RegExp(`(^|/)${source}$`)
}

/** Every identifier of a file, and every string that is one: names of commands, rows and fields. */
function* wordsOf({ program }: SourceFile): Generator<string> {
  for (const { node } of descend(program)) {
    const word = nameOf(node) ?? stringOf(node) ?? privateName(node)
    if (word !== undefined) yield word
  }
}

function privateName(node: Node): string | undefined {
  return node.type === 'PrivateIdentifier' ? (node['name'] as string) : undefined
}
