import { Box, VisuallyHidden } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import classes from './steps.module.css'

const labels = ['Connect', 'Choose who', 'Review', 'Import'] as const

/** Where one is on the way from choosing a source to importing. */
export function Steps({ current }: { current: (typeof labels)[number] }) {
  const at = labels.indexOf(current)
  return (
    <ol className={classes.steps} aria-label="Steps of the import">
      {labels.map((label, index) => (
        <Box
          component="li"
          key={label}
          className={classes.step}
          mod={{ current: index === at }}
          aria-current={index === at ? 'step' : undefined}
        >
          <span className={classes.mark} aria-hidden>
            {index < at ? <IconCheck size={14} /> : index + 1}
          </span>
          <span className={classes.label}>
            {label}
            {index < at && <VisuallyHidden> (done)</VisuallyHidden>}
          </span>
        </Box>
      ))}
    </ol>
  )
}
