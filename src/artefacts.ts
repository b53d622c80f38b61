/**
 * Artefacts for a running server: made of its book in a thread of their own, one job after the
 * other, and remembered for a while. The same input gives the same bytes, so what is remembered is
 * never old.
 */
import { Worker } from 'node:worker_threads'
import { TenantryError, type ErrorRow } from './core/errors.ts'
import type { CodegenInput } from './codegen/input.ts'
import type { CodegenJob, JobResults, MadeArtefacts } from './codegen/job.ts'
import type { FileDiff } from './codegen/text-diff.ts'
import { TARGET_NAMES } from './codegen/targets.ts'
import type { Artefact } from './codegen/artefact.ts'
import { modulePath } from './machinery/runtime/paths.ts'

export interface Artefacts {
  /** Makes the files of every target. Rejects with the codes of `codegen/errors.ts`. */
  make(input: CodegenInput): Promise<MadeArtefacts>
  compare(before: readonly Artefact[], after: readonly Artefact[]): Promise<readonly FileDiff[]>
}

/** What the thread says. */
export type ArtefactAnswer =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly row: ErrorRow; readonly message: string }

export type DoJob = <Job extends CodegenJob>(job: Job) => Promise<JobResults[Job['kind']]>

/** Inputs that are remembered with their files, about a mebibyte each. */
const REMEMBERED = 4

export function openArtefacts({ doJob = inThread }: { doJob?: DoJob } = {}): Artefacts {
  const remembered = new Map<string, Promise<MadeArtefacts>>()
  let last: Promise<unknown> = Promise.resolve()

  /** One after the other: a server has other uses for its cores. */
  const inTurn: DoJob = (job) => {
    const done = last.then(() => doJob(job))
    last = done.catch(() => undefined)
    return done
  }

  return {
    make(input) {
      const key = JSON.stringify(input)
      const known = remembered.get(key)
      if (known !== undefined) return known
      const made = inTurn({ kind: 'make', targets: TARGET_NAMES, input })
      remembered.set(key, made)
      made.catch(() => remembered.delete(key))
      for (const oldest of remembered.keys()) {
        if (remembered.size <= REMEMBERED) break
        remembered.delete(oldest)
      }
      return made
    },
    compare: (before, after) => inTurn({ kind: 'compare', before, after }),
  }
}

function inThread<Job extends CodegenJob>(job: Job): Promise<JobResults[Job['kind']]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(modulePath('artefacts-thread'), { workerData: job })
    worker.once('message', (answer: ArtefactAnswer) => {
      if (answer.ok) resolve(answer.result as JobResults[Job['kind']])
      else reject(new TenantryError(answer.row, answer.message))
    })
    worker.once('error', reject)
    worker.once('exit', (code) => {
      reject(new Error(`the thread that makes artefacts ended with code ${code}`))
    })
  })
}
