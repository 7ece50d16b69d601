import { Badge, Tooltip } from '@mantine/core'
import { IconEyeOff, IconLanguage } from '@tabler/icons-react'
import { hasHiddenCharacters } from '../hidden-characters.ts'
import { mixesAlphabets } from '../mixed-alphabets.ts'
import classes from './directory-text.module.css'

type DirectoryTextProps = {
  children: string
  /** Keeps it to one line, cut by an ellipsis, whole on hover. */
  clip?: boolean
}

const warnings = [
  {
    isAbout: hasHiddenCharacters,
    Icon: IconEyeOff,
    label: 'Contains hidden characters',
    why: 'It may read differently from what it is, for example backwards.',
  },
  {
    isAbout: mixesAlphabets,
    Icon: IconLanguage,
    label: 'Mixes alphabets',
    why: 'Some of its letters only look like others, as a Cyrillic а looks like a Latin a.',
  },
]

/** Text somebody else wrote: isolated from the text around it, shown as text, marked where it is not what it seems. */
export function DirectoryText({ children, clip = false }: DirectoryTextProps) {
  const text = clip ? (
    <bdi className={classes.clipped} title={children}>
      {children}
    </bdi>
  ) : (
    <bdi className={classes.whole}>{children}</bdi>
  )
  const given = warnings.filter(({ isAbout }) => isAbout(children))
  if (given.length === 0) return text
  return (
    <span className={classes.marked}>
      {text}
      {given.map(({ label, why, Icon }) => (
        <Tooltip key={label} label={why}>
          <Badge component="span" color="yellow" size="xs" leftSection={<Icon size={11} aria-hidden />}>
            {label}
          </Badge>
        </Tooltip>
      ))}
    </span>
  )
}
