import {
  Badge,
  Checkbox,
  type CSSVariablesResolver,
  createTheme,
  Drawer,
  Menu,
  Modal,
  Notification,
  Pagination,
  Radio,
  Text,
  Tooltip,
} from '@mantine/core'

const fontFamily = "'Inter Variable', system-ui, sans-serif"

const choiceWords = {
  label: { fontSize: 'var(--mantine-font-size-sm)' },
  description: { fontSize: 'var(--mantine-font-size-xs)' },
}

/** The look of the panel: neutral greys, one deep teal accent, contrasts that axe accepts in light and dark. */
export const theme = createTheme({
  fontFamily,
  headings: {
    fontFamily,
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.5rem', lineHeight: '2rem' },
      h2: { fontSize: '1.125rem', lineHeight: '1.5rem' },
      h3: { fontSize: '1rem', lineHeight: '1.5rem' },
    },
  },
  colors: {
    'deep-teal': [
      '#e8f6f6',
      '#d2ebec',
      '#a5d7d9',
      '#76c3c5',
      '#50b1b4',
      '#349fa2',
      '#1d898d',
      '#12757a',
      '#0b6065',
      '#074b4f',
    ],
  },
  primaryColor: 'deep-teal',
  primaryShade: 8,
  autoContrast: true,
  luminanceThreshold: 0.35,
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // The header of a dialog is no banner of the page, which its element would say.
    Modal: Modal.extend({
      defaultProps: { attributes: { header: { role: 'none' } }, closeButtonProps: { 'aria-label': 'Close' } },
      styles: { title: { fontWeight: 600 } },
    }),
    Drawer: Drawer.extend({
      defaultProps: { attributes: { header: { role: 'none' } }, closeButtonProps: { 'aria-label': 'Close' } },
      styles: { title: { fontWeight: 600 } },
    }),
    // Its placeholder for the first focus is a child that a menu may not have.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
    Badge: Badge.extend({ defaultProps: { variant: 'light', tt: 'none', fw: 500, radius: 'sm' } }),
    // Large enough to hit, beside words as large as those of a switch.
    Checkbox: Checkbox.extend({ defaultProps: { size: 'md' }, styles: choiceWords }),
    Radio: Radio.extend({ defaultProps: { size: 'md' }, styles: choiceWords }),
    Text: Text.extend({ defaultProps: { size: 'sm' } }),
    Tooltip: Tooltip.extend({ defaultProps: { events: { hover: true, focus: true, touch: true } } }),
    Pagination: Pagination.extend({
      defaultProps: { getControlProps: (control) => ({ 'aria-label': `${control} page` }) },
    }),
    Notification: Notification.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } }),
  },
})

/** Colours that Mantine's defaults leave under 4.5:1 on their background. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
    '--mantine-color-placeholder': 'var(--mantine-color-gray-7)',
    '--mantine-color-error': 'var(--mantine-color-red-9)',
    '--mantine-color-green-light-color': '#1e6b2b',
    '--mantine-color-yellow-light-color': '#7a4100',
  },
  dark: {
    '--mantine-color-dimmed': 'var(--mantine-color-dark-1)',
    '--mantine-color-placeholder': 'var(--mantine-color-dark-1)',
    '--mantine-color-error': 'var(--mantine-color-red-4)',
  },
})
