/** Names that need no thought: lower case with hyphens, and an extension that says who reads the file. */
import type { Rule } from '../project.ts'

const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/
const NAMED_BY_OTHERS = new Set(['README.md'])
const LAUNCHER = 'src/tenantry.js'

export const rule: Rule = {
  says: 'Files and folders of src and test are named in kebab-case; JSX lies in the portal; the launcher is the only JavaScript.',
  check: ({ paths }) =>
    paths
      .filter((path) => /^(src|test)\//.test(path))
      .flatMap((path) => {
        const message = objection(path)
        return message === null ? [] : [{ path, line: 1, message }]
      }),
}

function objection(path: string): string | null {
  const strange = path.split('/').find((name) => !KEBAB.test(name) && !NAMED_BY_OTHERS.has(name))
  if (strange !== undefined) return `${strange} is not in kebab-case`
  if (path.endsWith('.tsx') && !/^(src|test)\/edges\/portal\//.test(path))
    return 'JSX outside the portal'
  if (/\.[cm]?jsx?$/.test(path) && path !== LAUNCHER) return 'JavaScript: write TypeScript'
  return null
}
