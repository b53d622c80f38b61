/** The runbook of every alert, as Markdown. */
import { GENERATED, type Artefact } from '../artefact.ts'
import { ALERT_NAMES, ALERTS, type AlertName, type AlertRow } from './alert-table.ts'

export function runbookFiles(): Artefact[] {
  return ALERT_NAMES.map((name) => {
    return { path: `alerts/runbooks/${name}.md`, text: runbookText(name, ALERTS[name]) }
  })
}

function runbookText(name: AlertName, { means, impact, look, act, silence }: AlertRow): string {
  const list = (lines: readonly string[]): string =>
    lines.map((line, index) => `${index + 1}. ${line}`).join('\n')
  return [
    `<!-- ${GENERATED} -->`,
    `# ${name}`,
    means,
    '## Whom it hurts',
    impact,
    '## Look',
    list(look),
    '## Do',
    list(act),
    '## Silence',
    silence,
    '',
  ].join('\n\n').replace(/\n+$/, '\n')
}
