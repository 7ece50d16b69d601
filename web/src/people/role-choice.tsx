import { type Role, roleNames, roles } from '@keyroster/api/roles.ts'
import { Radio, Stack } from '@mantine/core'
import { roleSentences } from './role-words.ts'

type RoleChoiceProps = {
  value: Role | null
  error?: string | undefined
  disabled?: boolean
  onChange: (role: Role) => void
}

/** The roles, each with what it is for. */
export function RoleChoice({ value, error, disabled = false, onChange }: RoleChoiceProps) {
  return (
    <Radio.Group
      id="role"
      label="Role"
      tabIndex={-1}
      value={value}
      error={error}
      onChange={(chosen) => {
        const role = roles.find((role) => role === chosen)
        if (role) onChange(role)
      }}
    >
      <Stack gap="xs" my="xs">
        {roles.map((role) => (
          <Radio
            key={role}
            id={`role-${role}`}
            value={role}
            disabled={disabled}
            label={roleNames[role]}
            description={roleSentences[role]}
          />
        ))}
      </Stack>
    </Radio.Group>
  )
}
