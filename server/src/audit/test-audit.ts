/** SQL that runs `statement` as only the owner of the tables can, who takes the guards of the audit log off. */
export const unguarded = (statement: string): string =>
  `alter table audit_events disable trigger user; ${statement}; alter table audit_events enable trigger user`
