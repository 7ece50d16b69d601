import { Button, type ButtonProps, Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'react-router'

type DeedButtonProps = ButtonProps & {
  /** Why it cannot be done now; the button stays in sight and in the order of Tab, and says so. */
  unavailable?: string | null
  /** The page on which the deed is done. */
  to?: string
  type?: 'button' | 'submit'
  onClick?: () => void
  'aria-label'?: string
  children: ReactNode
}

/** A deed that may be unavailable: then it is visible, does nothing, and gives its reason on hover and on focus. */
export function DeedButton({
  unavailable = null,
  to,
  type = 'button',
  onClick,
  children,
  ...props
}: DeedButtonProps) {
  if (unavailable !== null) {
    return (
      <Tooltip label={unavailable} multiline maw={320} withinPortal={false}>
        <Button {...props} data-disabled aria-disabled="true" onClick={(event) => event.preventDefault()}>
          {children}
        </Button>
      </Tooltip>
    )
  }
  if (to !== undefined) {
    return (
      <Button {...props} component={Link} to={to}>
        {children}
      </Button>
    )
  }
  return (
    <Button {...props} type={type} onClick={onClick}>
      {children}
    </Button>
  )
}
