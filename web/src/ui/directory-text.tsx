import { Badge, Tooltip } from '@mantine/core'
import { IconEyeOff } from '@tabler/icons-react'
import { hasHiddenCharacters } from '../hidden-characters.ts'
import classes from './directory-text.module.css'

type DirectoryTextProps = {
  children: string
  /** Keeps it to one line, cut by an ellipsis, whole on hover. */
  clip?: boolean
}

/** Text somebody else wrote: isolated from the text around it, shown as text, marked where it hides something. */
export function DirectoryText({ children, clip = false }: DirectoryTextProps) {
  const text = clip ? (
    <bdi className={classes.clipped} title={children}>
      {children}
    </bdi>
  ) : (
    <bdi className={classes.whole}>{children}</bdi>
  )
  if (!hasHiddenCharacters(children)) return text
  return (
    <span className={classes.marked}>
      {text}
      <Tooltip label="It may read differently from what it is, for example backwards.">
        <Badge component="span" color="yellow" size="xs" leftSection={<IconEyeOff size={11} aria-hidden />}>
          Contains hidden characters
        </Badge>
      </Tooltip>
    </span>
  )
}
