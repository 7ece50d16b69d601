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
  const text = <bdi>{children}</bdi>
  return (
    <>
      {clip ? (
        <span className={classes.clipped} title={children}>
          {text}
        </span>
      ) : (
        <span className={classes.whole}>{text}</span>
      )}
      {hasHiddenCharacters(children) && (
        <Tooltip label="It may read differently from what it is, for example backwards.">
          <Badge
            component="span"
            color="yellow"
            size="sm"
            ml={6}
            leftSection={<IconEyeOff size={12} aria-hidden />}
          >
            Contains hidden characters
          </Badge>
        </Tooltip>
      )}
    </>
  )
}
