/** Hands the tokens of tokens.css to Mantine, so that its components and ours take their colours
 *  from one file. */
import { createTheme, defaultVariantColorsResolver, type CSSVariablesResolver } from '@mantine/core'

/** Mantine wants ten shades of an accent; the portal's components use the tokens, these only
 *  feed what Mantine derives itself. */
const accent = [
  '#eceefb',
  '#d5d9f6',
  '#b3baee',
  '#97a2ff',
  '#7783e6',
  '#5b68d6',
  '#4451c4',
  '#3743ad',
  '#2c3692',
  '#222a75',
] as const

export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 6, dark: 3 },
  // Mantine looks at the light scheme's shade alone for what is written on the accent.
  variantColorResolver: (input) => ({
    ...defaultVariantColorsResolver(input),
    ...(input.variant === 'filled' ? { color: 'var(--tn-on-accent)' } : {}),
  }),
  colors: { accent },
  fontFamily: 'var(--tn-font)',
  fontFamilyMonospace: 'var(--tn-mono)',
  defaultRadius: 'md',
  radius: { sm: '4px', md: '6px', lg: '8px' },
  fontSizes: { xs: '12px', sm: '13px', md: '13px', lg: '15px', xl: '20px' },
  lineHeights: { xs: '16px', sm: '20px', md: '20px', lg: '20px', xl: '28px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  shadows: { md: 'var(--tn-shadow)', xl: 'var(--tn-shadow)' },
  components: {
    Menu: { defaultProps: { shadow: 'md', transitionProps: { duration: 0 } } },
  },
})

const variables = {
  '--mantine-color-body': 'var(--tn-surface)',
  '--mantine-color-text': 'var(--tn-text)',
  '--mantine-color-dimmed': 'var(--tn-muted)',
  '--mantine-color-placeholder': 'var(--tn-faint)',
  '--mantine-color-default': 'var(--tn-surface)',
  '--mantine-color-default-hover': 'var(--tn-hover)',
  '--mantine-color-default-color': 'var(--tn-text)',
  '--mantine-color-default-border': 'var(--tn-line-strong)',
  '--mantine-color-anchor': 'var(--tn-accent)',
  '--mantine-color-disabled': 'var(--tn-track)',
  '--mantine-color-disabled-color': 'var(--tn-muted)',
  '--mantine-color-disabled-border': 'var(--tn-track)',
  '--mantine-primary-color-filled': 'var(--tn-accent)',
  '--mantine-primary-color-filled-hover': 'var(--tn-accent-hover)',
  '--mantine-primary-color-contrast': 'var(--tn-on-accent)',
}

/** Points Mantine's variables at the tokens; the tokens themselves know the scheme. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    ...variables,
    '--mantine-color-gray-1': 'var(--tn-hover)',
    '--mantine-color-gray-2': 'var(--tn-line)',
    '--mantine-color-gray-3': 'var(--tn-track)',
  },
  dark: {
    ...variables,
    '--mantine-color-dark-4': 'var(--tn-track)',
    '--mantine-color-dark-5': 'var(--tn-hover)',
    '--mantine-color-dark-6': 'var(--tn-surface)',
  },
})
