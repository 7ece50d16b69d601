import type { Action, Outcome } from '@keyroster/api/imports.ts'
import { Anchor, Box, Text } from '@mantine/core'
import { Link } from 'react-router'
import { formatCount } from '../format.ts'
import classes from './count-bar.module.css'

/** Every kind of count in the one order and colour that review, progress and report share. */
const kinds: {
  action: Action | null
  outcome: Outcome | null
  planned: string
  done: string
  color: string
}[] = [
  { action: 'create', outcome: 'created', planned: 'to create', done: 'created', color: 'create' },
  { action: 'link', outcome: 'linked', planned: 'to link', done: 'linked', color: 'link' },
  { action: 'update', outcome: 'updated', planned: 'to update', done: 'updated', color: 'update' },
  { action: 'restore', outcome: 'restored', planned: 'to restore', done: 'restored', color: 'restore' },
  { action: 'suspend', outcome: 'suspended', planned: 'to suspend', done: 'suspended', color: 'suspend' },
  { action: 'conflict', outcome: null, planned: 'in conflict', done: '', color: 'conflict' },
  { action: null, outcome: 'failed', planned: '', done: 'failed', color: 'failed' },
  { action: 'unchanged', outcome: 'unchanged', planned: 'unchanged', done: 'unchanged', color: 'unchanged' },
  { action: 'skip', outcome: 'skipped', planned: 'skipped', done: 'skipped', color: 'skip' },
]

type CountBarProps = (
  | { plan: Record<Action, number>; to?: (action: Action) => string }
  | { outcomes: Record<Outcome, number>; to?: (outcome: Outcome) => string }
) & {
  /** People the bar stands for in all; what is not counted yet stays empty. Default: all that are counted. */
  total?: number
}

/** A thin stacked bar of people by what is planned or what came of it, with the counts in words below, as links where `to` is given. */
export function CountBar(props: CountBarProps) {
  const segments = segmentsOf(props).filter(({ count }) => count > 0)
  const counted = segments.reduce((sum, { count }) => sum + count, 0)
  const total = Math.max(props.total ?? 0, counted, 1)
  return (
    <div>
      <div className={classes.bar} aria-hidden>
        {segments.map(({ color, count }) => (
          <Box
            key={color}
            className={classes.segment}
            mod={{ color }}
            style={{ flexBasis: `${(count / total) * 100}%` }}
          />
        ))}
      </div>
      <ul className={classes.legend}>
        {segments.map(({ color, count, words, to }) => (
          <li key={color}>
            <Box component="span" className={classes.dot} mod={{ color }} aria-hidden />
            {to ? (
              <Anchor component={Link} to={to} size="sm" className="numeric">
                {formatCount(count)} {words}
              </Anchor>
            ) : (
              <Text span className="numeric">
                {formatCount(count)} {words}
              </Text>
            )}
          </li>
        ))}
        {segments.length === 0 && <Text component="li">Nobody yet</Text>}
      </ul>
    </div>
  )
}

function segmentsOf(props: CountBarProps) {
  return kinds.map(({ action, outcome, planned, done, color }) => {
    if ('plan' in props) {
      return {
        color,
        words: planned,
        count: action ? props.plan[action] : 0,
        to: action ? props.to?.(action) : undefined,
      }
    }
    return {
      color,
      words: done,
      count: outcome ? props.outcomes[outcome] : 0,
      to: outcome ? props.to?.(outcome) : undefined,
    }
  })
}
