/** Who looks for what is read and written has to look into few files. */
import { isStore } from '../areas.ts'
import type { Rule } from '../project.ts'
import { descend, stringOf } from '../syntax.ts'

/** Statements by their form, so that English sentences with one of the words pass. */
const SQL = [
  /\b(SELECT\b[\s\S]+\bFROM|INSERT (OR \w+ )?INTO|UPDATE \w+\s+SET|DELETE FROM)\b/,
  /\b(CREATE|ALTER|DROP) (UNIQUE |TEMP |VIRTUAL )?(TABLE|INDEX|TRIGGER|VIEW)\b/,
  /\b(PRAGMA \w+|ON CONFLICT)\b/,
  /^\s*(select\b[\s\S]+\bfrom|insert into|update \w+\s+set|delete from)\b/,
]

export const rule: Rule = {
  says: 'SQL stands in store files and in machinery/storage, nowhere else.',
  check: ({ files }) =>
    files
      .filter(({ path }) => mayNotHold(path))
      .flatMap((file) => {
        const lines = new Set<number>()
        for (const { node } of descend(file.program)) {
          const text = stringOf(node)
          if (text !== undefined && SQL.some((pattern) => pattern.test(text)))
            lines.add(file.lineOf(node.start))
        }
        return [...lines].map((line) => ({ path: file.path, line, message: 'SQL outside a store' }))
      }),
}

function mayNotHold(path: string): boolean {
  return path.startsWith('src/') && !isStore(path) && !path.startsWith('src/machinery/storage/')
}
