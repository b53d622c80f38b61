/** One target on a thread of its own. It says in shared memory which input it is at. */
import { parentPort, workerData } from 'node:worker_threads'
import { runInputs } from './run-target.ts'
import { loadTarget } from './targets.ts'

export interface WorkerInput {
  readonly name: string
  readonly seed: number
  readonly inputs: number
  readonly progress: SharedArrayBuffer
}

const { name, seed, inputs, progress } = workerData as WorkerInput
const at = new Int32Array(progress)
const { openTarget } = await loadTarget(name)
const tally = runInputs(openTarget(), { seed, from: 0, to: inputs }, (input) => {
  at[0] = input + 1
})
parentPort?.postMessage(tally)
