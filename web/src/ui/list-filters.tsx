import { CloseButton, NativeSelect, type NativeSelectProps, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import type { ListParams } from './list-params.ts'

type ListSearchProps = { list: ListParams<'search'>; label: string; placeholder: string }

/** Search as one types, 300 ms after the last key, kept in the address. */
export function ListSearch({ list, label, placeholder }: ListSearchProps) {
  const inAddress = list.filters.search ?? ''
  const [typed, setTyped] = useState(inAddress)
  const apply = useDebouncedCallback((value: string) => {
    if (value.trim() !== inAddress) list.setFilter('search', value.trim() || undefined, { replace: true })
  }, 300)
  useEffect(() => setTyped((current) => (current.trim() === inAddress ? current : inAddress)), [inAddress])
  const type = (value: string) => {
    setTyped(value)
    apply(value)
  }
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={placeholder}
      value={typed}
      maxLength={200}
      onChange={(event) => type(event.currentTarget.value)}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={typed && <CloseButton size="sm" aria-label="Clear the search" onClick={() => type('')} />}
      flex={{ base: '1 1 100%', sm: '1 1 14rem' }}
      maw={{ sm: '24rem' }}
    />
  )
}

type ListFilterProps<F extends string> = {
  list: ListParams<F>
  name: F
  label: string
  /** The choice that does not filter, for example “Any status”. */
  any: string
  options: NonNullable<NativeSelectProps['data']>
}

/** One filter of a list as a drop-down, kept in the address. */
export function ListFilter<F extends string>({ list, name, label, any, options }: ListFilterProps<F>) {
  return (
    <NativeSelect
      aria-label={label}
      value={list.filters[name] ?? ''}
      onChange={(event) => list.setFilter(name, event.currentTarget.value || undefined)}
      data={[{ value: '', label: any }, ...options]}
      flex={{ base: '1 1 8rem', sm: '0 1 10rem' }}
    />
  )
}
