/** How each property of a row follows from the row's index. */
export type Columns<T> = { readonly [Property in keyof T]-?: (index: number) => T[Property] }

/** Makes rows whose properties are computed when they are read: a scan by one property costs only that one. */
export function lazyRows<T>(columns: Columns<T>): (index: number) => T {
  const index = Symbol('index')
  const shape = {}
  for (const property of Object.keys(columns) as (keyof T)[]) {
    const compute = columns[property]
    Object.defineProperty(shape, property, {
      enumerable: true,
      get(this: { [index]: number }) {
        return compute(this[index])
      },
    })
  }
  function Row(this: { [index]: number }, at: number) {
    this[index] = at
  }
  Row.prototype = shape
  const Constructor = Row as unknown as new (at: number) => T
  return (at) => new Constructor(at)
}
