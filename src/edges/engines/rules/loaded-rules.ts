/**
 * What vmalert or Prometheus says that it has loaded, held against files: a file that is written is
 * not yet one that is read.
 */
import { z } from 'zod'
import type { Clock } from '../../../core/ports.ts'
import { callEngine } from '../engine-calls.ts'
import type { EngineClient } from '../engine-client.ts'
import { exprMeaning, type RuleGroup } from './rule-group.ts'

const loadedSchema = z.object({
  data: z.object({
    groups: z.array(
      z.object({
        name: z.string(),
        file: z.string(),
        rules: z.array(z.object({ name: z.string(), query: z.string() })),
      }),
    ),
  }),
})

/** Asks what is loaded, and tells the first group that is not as its file has it. */
export async function loadedProblem(
  parts: { readonly client: EngineClient; readonly clock: Clock },
  reloadUrl: string,
  wanted: readonly RuleGroup[],
): Promise<string | undefined> {
  const url = reloadUrl.replace(/\/-\/reload\/?(?:\?.*)?$/, '/api/v1/rules')
  if (url === reloadUrl) return undefined
  const said = await callEngine(parts, { method: 'GET', url })
  const { groups } = loadedSchema.parse(JSON.parse(said.body)).data
  // Prometheus writes expressions in its own way: of it only what is there is compared.
  const withQueries = parts.client.engine.type !== 'prometheus'
  const ours = groups.filter(({ file }) => /(?:^|\/)tenantry-[^/]*\.rules\.yaml$/.test(file))
  const loaded = new Map(
    ours.map(({ name, file, rules }) => [
      `${file.slice(file.lastIndexOf('/') + 1)}/${name}`,
      rules.map((rule) => shape(rule.name, rule.query, withQueries)).join('\n'),
    ]),
  )
  for (const { namespace, body } of wanted) {
    const key = `${namespace}/${body.name}`
    const is = loaded.get(key)
    if (is === undefined) return `${key} is not loaded`
    if (is !== body.rules.map((rule) => wantedShape(rule, withQueries)).join('\n'))
      return `${key} is loaded as it was before`
    loaded.delete(key)
  }
  const [rest] = loaded.keys()
  return rest === undefined ? undefined : `${rest} is still loaded`
}

function wantedShape(rule: Readonly<Record<string, unknown>>, withQueries: boolean): string {
  const name = String(rule['record'] ?? rule['alert'])
  return shape(name, String(rule['expr']), withQueries)
}

function shape(name: string, query: string, withQueries: boolean): string {
  return withQueries ? `${name} ${exprMeaning(query)}` : name
}
