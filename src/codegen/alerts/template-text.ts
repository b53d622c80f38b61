/** Texts that Prometheus reads as templates. */

/** Keeps what somebody wrote from being read as a template: braces are printed, not run.
 *  Worked: `a {{ b` -> `a {{ "{{" }} b`. */
export function escapedForTemplate(text: string): string {
  return text.replaceAll('{{', '{{ "{{" }}')
}
