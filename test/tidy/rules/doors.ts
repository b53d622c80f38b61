/** A domain folder is entered by its door, the file with its own name. Types may be taken from any of its files. */
import { areaOf, doorOf } from '../areas.ts'
import type { Rule, SourceFile } from '../project.ts'

/** Files at the top of `src` that speak to doors only. The others construct. */
const SPEAKERS = new Set(['src/pipeline.ts', 'src/jobs.ts'])

export const rule: Rule = {
  says: 'Edges, jobs, pipeline and other domain folders import a door, or types.',
  check: ({ files }) =>
    files.filter(isOutsider).flatMap(({ path, imports }) =>
      imports.flatMap(({ line, target, isType }) => {
        const to = target === null ? null : areaOf(target)
        if (isType || to === null || !to.startsWith('domain/') || to === areaOf(path)) return []
        const door = doorOf(to)
        if (target === door) return []
        return [{ path, line, message: `${to} is entered by ${door}, not by ${target}` }]
      }),
    ),
}

function isOutsider({ path }: SourceFile): boolean {
  const from = areaOf(path)
  if (from === null) return false
  return from.startsWith('domain/') || from.startsWith('edges/') || SPEAKERS.has(path)
}
