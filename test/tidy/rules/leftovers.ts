/** Work that is left to do is an issue, not a comment. */
import type { Project, Rule, Text } from '../project.ts'

/** Put together here, so that this file does not hold what it looks for. */
const MARKER = new RegExp(
  String.raw`\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].join('|')})\b|@to` + 'do',
  'g',
)

export const rule: Rule = {
  says: 'No markers of leftover work.',
  check: (project) =>
    texts(project).flatMap(({ path, text, lineOf }) =>
      [...text.matchAll(MARKER)].map((match) => ({
        path,
        line: lineOf(match.index),
        message: `${match[0]}: do it, or open an issue`,
      })),
    ),
}

function texts({ files, documents }: Project): readonly Text[] {
  return [...files, ...documents]
}
