/** The thread that makes artefacts: one job, one answer. */
import { parentPort, workerData } from 'node:worker_threads'
import type { ArtefactAnswer } from './artefacts.ts'
import { doJob, type CodegenJob } from './codegen/job.ts'
import { isTenantryError } from './core/errors.ts'

parentPort?.postMessage(await answerOf(workerData as CodegenJob))

async function answerOf(job: CodegenJob): Promise<ArtefactAnswer> {
  try {
    return { ok: true, result: await doJob(job) }
  } catch (error) {
    if (!isTenantryError(error)) throw error
    const { code, status, retryable, hint, message } = error
    return { ok: false, row: { code, status, retryable, hint }, message }
  }
}
