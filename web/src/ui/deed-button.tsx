import { Button, type ButtonProps, Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'

type DeedButtonProps = ButtonProps & {
  /** Why it cannot be done now; the button stays in sight and in the order of Tab, and says so. */
  unavailable?: string | null
  onClick?: () => void
  children: ReactNode
}

/** A deed that may be unavailable: then it is visible, does nothing, and gives its reason on hover and on focus. */
export function DeedButton({ unavailable = null, onClick, children, ...props }: DeedButtonProps) {
  if (unavailable === null) {
    return (
      <Button {...props} onClick={onClick}>
        {children}
      </Button>
    )
  }
  return (
    <Tooltip label={unavailable} multiline maw={320} withinPortal={false}>
      <Button {...props} data-disabled aria-disabled="true" onClick={(event) => event.preventDefault()}>
        {children}
      </Button>
    </Tooltip>
  )
}
