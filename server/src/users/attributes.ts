import type { AttributeName } from '@keyroster/api/attributes.ts'

/** The column that holds each attribute, alike in `users` and `import_entries`. */
export const columnOf = {
  displayName: 'display_name',
  email: 'email',
  givenName: 'given_name',
  surname: 'surname',
  userPrincipalName: 'user_principal_name',
  jobTitle: 'job_title',
  department: 'department',
  employeeId: 'employee_id',
  officeLocation: 'office_location',
  mobilePhone: 'mobile_phone',
  preferredLanguage: 'preferred_language',
  userType: 'user_type',
  accountEnabled: 'account_enabled',
} as const satisfies Record<AttributeName, string>
