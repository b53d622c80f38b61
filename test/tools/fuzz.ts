/**
 * `npm run fuzz [-- SECONDS [INPUTS [SEED]]]`: feeds every target of `test/fuzz/targets` its share
 * of the inputs (1,200,000 in all), then repeats every property test with new seeds until the time
 * is up (600 s, 0 for none). Exits 1 with seed and number of the input that found something.
 */
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Tally } from '../fuzz/run-target.ts'
import { TARGET_NAMES } from '../fuzz/targets.ts'
import type { WorkerInput } from '../fuzz/worker.ts'

const ROOT = resolve(import.meta.dirname, '../..')
/** An input that takes longer than this hangs. */
const HANG_SECONDS = 60

const [seconds = 600, inputs = 1_200_000, seed = 1] = process.argv.slice(2).map(Number)
const startedMs = performance.now()
const say = (line: string): boolean => process.stdout.write(`${line}\n`)

const ok = await fuzzAll(Math.ceil(inputs / TARGET_NAMES.length))
if (ok && seconds > 0) repeatProperties(startedMs + seconds * 1_000)
else process.exitCode = ok ? 0 : 1

/** As many targets at once as there are cores. */
async function fuzzAll(each: number): Promise<boolean> {
  const waiting = [...TARGET_NAMES]
  const tallies: Tally[] = []
  let failed = false
  const next = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      try {
        const tally = await fuzz(name, each)
        tallies.push(tally)
        say(`${name}: ${tally.inputs} inputs, ${describe(tally)}`)
      } catch (error) {
        failed = true
        say(`${name}: ${(error as Error).message}`)
      }
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, next))
  const total = tallies.reduce((sum, tally) => sum + tally.inputs, 0)
  const took = Math.round((performance.now() - startedMs) / 1_000)
  say(`${total} inputs in ${took} s, ${failed ? 'something was found' : 'nothing was found'}`)
  return !failed
}

function describe({ verdicts }: Tally): string {
  const { accepted = 0, rejected = 0, ...differences } = verdicts
  const named = Object.entries(differences).map(([name, count]) => `${name} ${count}`)
  return [`accepted ${accepted}`, `rejected ${rejected}`, ...named].join(', ')
}

function fuzz(name: string, each: number): Promise<Tally> {
  const progress = new SharedArrayBuffer(4)
  const at = new Int32Array(progress)
  const workerData: WorkerInput = { name, seed, inputs: each, progress }
  return new Promise((done, fail) => {
    const worker = new Worker(join(ROOT, 'test/fuzz/worker.ts'), { workerData })
    let seen = -1
    const watchdog = setInterval(() => {
      if (at[0] === seen) {
        void worker.terminate()
        fail(new Error(`seed ${seed}, input ${seen - 1}: no end after ${HANG_SECONDS} s`))
      }
      seen = at[0]!
    }, HANG_SECONDS * 1_000)
    worker.once('message', done)
    worker.once('error', fail)
    worker.once('exit', (code) => {
      clearInterval(watchdog)
      fail(new Error(`seed ${seed}, input ${at[0]! - 1}: the thread ended with ${code}`))
    })
  })
}

function repeatProperties(untilMs: number): void {
  const files = globSync('test/**/*.test.ts', { cwd: ROOT }).filter((file) =>
    readFileSync(join(ROOT, file), 'utf8').includes("from 'fast-check'"),
  )
  let rounds = 0
  do {
    rounds += 1
    say(`round ${rounds}: ${files.length} files`)
    const run = spawnSync(
      process.execPath,
      [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'unit', ...files],
      { cwd: ROOT, stdio: 'inherit', env: { ...process.env, TENANTRY_FUZZ_RUNS: '2000' } },
    )
    process.exitCode = run.status ?? 1
  } while (process.exitCode === 0 && performance.now() < untilMs)
}
