/**
 * What a server asks of this folder, as one value in and one out: it is done in a thread, since it
 * takes longer than anything else may hold up a server.
 */
import type { Artefact } from './artefact.ts'
import type { CodegenInput } from './input.ts'
import type { LeftOutSlo } from './alerts/rule-files.ts'
import type { FileDiff } from './text-diff.ts'

export type CodegenJob =
  | { readonly kind: 'make'; readonly targets: readonly string[]; readonly input: CodegenInput }
  | {
      readonly kind: 'compare'
      readonly before: readonly Artefact[]
      readonly after: readonly Artefact[]
    }

export interface MadeArtefacts {
  /** By target, in the order of the table. */
  readonly targets: readonly { readonly name: string; readonly files: readonly Artefact[] }[]
  /** SLOs that have no rules. */
  readonly leftOut: readonly LeftOutSlo[]
}

export interface JobResults {
  readonly make: MadeArtefacts
  readonly compare: readonly FileDiff[]
}

/** Does a job. Throws the codes of `errors.ts`. */
export async function doJob<Job extends CodegenJob>(job: Job): Promise<JobResults[Job['kind']]> {
  return (job.kind === 'make' ? await made(job) : await compared(job)) as JobResults[Job['kind']]
}

async function made({
  targets,
  input,
}: Extract<CodegenJob, { kind: 'make' }>): Promise<MadeArtefacts> {
  const [{ artefactsOf }, { leftOutSlos }] = await Promise.all([
    import('./targets.ts'),
    import('./alerts/rule-files.ts'),
  ])
  const files = targets.map(async (name) => ({ name, files: await artefactsOf([name], input) }))
  return { targets: await Promise.all(files), leftOut: leftOutSlos(input) }
}

async function compared({ before, after }: Extract<CodegenJob, { kind: 'compare' }>) {
  const { filesDiff } = await import('./text-diff.ts')
  return filesDiff(before, after)
}
