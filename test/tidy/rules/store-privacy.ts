/** What rows look like is known in one folder only. */
import { dirname } from 'node:path/posix'
import { isStore } from '../areas.ts'
import type { Rule } from '../project.ts'

export const rule: Rule = {
  says: 'A store is imported only within its own folder and the folders below it.',
  check: ({ files }) =>
    files
      .filter(({ path }) => path.startsWith('src/'))
      .flatMap(({ path, imports }) =>
        imports.flatMap(({ target, line }) => {
          if (target === null || !isStore(target)) return []
          if (path.startsWith(`${dirname(target)}/`)) return []
          return [{ path, line, message: `${target} is private to its folder` }]
        }),
      ),
}
