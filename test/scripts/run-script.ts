/**
 * Runs one end-to-end case: a text file with commands and what they must print, run by the real program.
 *
 *   # a comment says what the case shows
 *   $ tenantry validate -f config        a command; `tenantry` is the launcher, the folder is empty at first
 *   expected output, stdout then stderr  `…` inside a line stands for any text
 *   [exit 1]                             where the code is not 0
 *   -- config/acme.yaml --               begins a file that is written before the first command; ends at the next such line or `$`
 *
 * A case that says `[server]` on its second line gets a running server, whose data directory is ./data; `[server config]` one that is given the
 * configuration in ./config.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface ScriptCase {
  readonly needsServer: boolean
  /** The folder of configuration that the server is given. */
  readonly serverConfig: string | null
  readonly files: readonly { readonly path: string; readonly text: string }[]
  readonly steps: readonly ScriptStep[]
}

export interface ScriptStep {
  readonly line: number
  readonly command: string
  readonly expected: string
  readonly exitCode: number
}

export function parseScript(text: string): ScriptCase {
  const files: { path: string; text: string }[] = []
  const steps: { line: number; command: string; expected: string; exitCode: number }[] = []
  let server: RegExpExecArray | null = null
  let sink: 'none' | 'file' | 'step' = 'none'
  for (const [index, line] of text.split('\n').entries()) {
    const file = /^-- (\S+) --$/.exec(line)
    const exit = /^\[exit (\d)\]$/.exec(line)
    if (file?.[1] !== undefined) {
      files.push({ path: file[1], text: '' })
      sink = 'file'
    } else if (line.startsWith('$ ')) {
      steps.push({ line: index + 1, command: line.slice(2), expected: '', exitCode: 0 })
      sink = 'step'
    } else if (line.startsWith('[server')) server = /^\[server(?: (\S+))?\]$/.exec(line)
    else if (sink === 'none' || (sink === 'step' && line.startsWith('# '))) continue
    else if (sink === 'file') files.at(-1)!.text += `${line}\n`
    else if (exit?.[1] !== undefined) steps.at(-1)!.exitCode = Number(exit[1])
    else steps.at(-1)!.expected += `${line}\n`
  }
  return { needsServer: server !== null, serverConfig: server?.[1] ?? null, files, steps }
}

export interface StepResult {
  readonly output: string
  readonly exitCode: number | null
}

export function writeFiles(directory: string, script: ScriptCase): void {
  for (const { path, text } of script.files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), text)
  }
}

export function runStep(step: ScriptStep, directory: string, launcher: string): StepResult {
  const shell = `tenantry() { "${process.execPath}" "${launcher}" "$@"; }; ${step.command}`
  const ended = spawnSync('bash', ['-c', shell], {
    cwd: directory,
    encoding: 'utf8',
    timeout: 60_000,
    env: { PATH: process.env['PATH'] ?? '', HOME: directory, NO_COLOR: '1' },
  })
  return { output: `${ended.stdout}${ended.stderr}`, exitCode: ended.status }
}

/** Tells whether output is as expected, line by line; `…` matches any text within its line. */
export function matches(expected: string, output: string): boolean {
  const want = expected.trimEnd().split('\n')
  const got = output.trimEnd().split('\n')
  if (want.length !== got.length) return false
  return want.every((line, index) => {
    const parts = line
      .split('…')
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    return new RegExp(`^${parts.join('.*')}$`).test(got[index] ?? '')
  })
}
