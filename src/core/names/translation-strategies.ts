/** How OpenTelemetry names become Prometheus names: the four ways that Prometheus offers. */
export const TRANSLATION_STRATEGIES = [
  'UnderscoreEscapingWithSuffixes',
  'NoUTF8EscapingWithSuffixes',
  'UnderscoreEscapingWithoutSuffixes',
  'NoTranslation',
] as const
export type TranslationStrategy = (typeof TRANSLATION_STRATEGIES)[number]

/** Prometheus' own default. */
export const DEFAULT_TRANSLATION: TranslationStrategy = 'UnderscoreEscapingWithSuffixes'
