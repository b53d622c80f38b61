/** A thing has one name, everywhere. Only tools that read their configuration from a default export get one. */
import type { Rule } from '../project.ts'
import { descend, nameOf } from '../syntax.ts'

const CONFIGURATION = /(^|\/)(vite|vitest)\.config\.ts$|-reporter\.ts$/

export const rule: Rule = {
  says: 'No default exports.',
  check: ({ files }) =>
    files
      .filter(({ path }) => !CONFIGURATION.test(path))
      .flatMap((file) =>
        [...descend(file.program)]
          .filter(
            ({ node }) =>
              node.type === 'ExportDefaultDeclaration' ||
              (node.type === 'ExportSpecifier' && nameOf(node['exported']) === 'default'),
          )
          .map(({ node }) => ({
            path: file.path,
            line: file.lineOf(node.start),
            message: 'default export',
          })),
      ),
}
