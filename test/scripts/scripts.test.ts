/** Each text file in this folder is a case. `run-script.ts` says how they are written. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LAUNCHER, startServer } from '../system/harness/server.ts'
import { matches, parseScript, runStep, writeFiles } from './run-script.ts'

const cases = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.txt'))

describe('end-to-end cases', () => {
  it('are there', () => expect(cases.length).toBeGreaterThan(0))

  it.each(cases)(
    '%s',
    async (name) => {
      const script = parseScript(readFileSync(join(import.meta.dirname, name), 'utf8'))
      const directory = mkdtempSync(join(tmpdir(), 'tenantry-script-'))
      writeFiles(directory, script)
      const server = script.needsServer
        ? await startServer({
            dataDirectory: join(directory, 'data'),
            arguments:
              script.serverConfig === null
                ? []
                : ['--config', join(directory, script.serverConfig)],
          })
        : undefined
      try {
        for (const step of script.steps) {
          const { output, exitCode } = runStep(step, directory, LAUNCHER)
          if (!matches(step.expected, output)) {
            expect(`line ${String(step.line)}: $ ${step.command}\n${output}`).toBe(
              `line ${String(step.line)}: $ ${step.command}\n${step.expected}`,
            )
          }
          expect(exitCode, `exit code of line ${String(step.line)}: ${step.command}`).toBe(
            step.exitCode,
          )
        }
      } finally {
        await server?.stop()
        rmSync(directory, { recursive: true, force: true })
      }
    },
    120_000,
  )
})
