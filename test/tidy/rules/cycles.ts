/** Files that need each other at run time cannot be understood one after the other. Types may go round. */
import type { Finding, Project, Rule } from '../project.ts'

export const rule: Rule = {
  says: 'No file imports itself over others, types apart.',
  check: findCycles,
}

/** Walks the imports depth first; an import of a file that is still being walked closes a cycle. */
function findCycles({ files }: Project): Finding[] {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const done = new Set<string>()
  const trail: string[] = []
  const findings: Finding[] = []
  const walk = (path: string): void => {
    trail.push(path)
    for (const { target, isType, line } of byPath.get(path)?.imports ?? []) {
      if (target === null || isType || !byPath.has(target) || done.has(target)) continue
      const start = trail.indexOf(target)
      if (start === -1) walk(target)
      else findings.push({ path, line, message: [...trail.slice(start), target].join(' -> ') })
    }
    trail.pop()
    done.add(path)
  }
  for (const { path } of files) if (!done.has(path)) walk(path)
  return findings
}
