import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import openapi from '../recordings/graph-openapi.json' with { type: 'json' }

interface Operation {
  responses: Record<string, { $ref?: string; content?: Content }>
}
type Content = Record<string, { schema: object }>

const ajv = new Ajv({ strict: false, allErrors: true, logger: false })
addFormats.default(ajv)
ajv.addSchema(withRealInnerErrors(), 'graph')
const validators = new Map<string, ValidateFunction>()

const paths = Object.entries(openapi.paths as unknown as Record<string, { get?: Operation }>)
const responses = openapi.components.responses as unknown as Record<string, { content: Content }>

/**
 * What Microsoft's schema finds wrong with the answer to a GET of a path below the version. Throws for a path
 * that the schema does not have.
 */
export function schemaErrors(path: string, status: number, body: unknown): string[] {
  const template = templateOf(path)
  const operation = paths.find(([known]) => known === template)?.[1].get
  const answer = operation?.responses[status < 400 ? '2XX' : 'default']
  if (!answer) throw new Error(`The schema has no answer ${status} to ${template}`)
  const content = answer.$ref ? responses[answer.$ref.split('/').at(-1)!]!.content : answer.content!
  const [[type, { schema }]] = Object.entries(content) as [[string, { schema: object }]]
  const validate = validatorOf(schema)
  validate(type === 'text/plain' ? Number(body) : body)
  return (validate.errors ?? []).map(({ instancePath, message }) => `${path}${instancePath} ${message}`)
}

/** The schema says that an inner error holds only objects; every recorded one holds texts. */
function withRealInnerErrors() {
  const inner = openapi.components.schemas['microsoft.graph.ODataErrors.InnerError']
  return {
    ...openapi,
    components: {
      ...openapi.components,
      schemas: {
        ...openapi.components.schemas,
        'microsoft.graph.ODataErrors.InnerError': { ...inner, additionalProperties: { type: 'string' } },
      },
    },
  }
}

function templateOf(path: string): string {
  const segments = (path.split('?')[0] ?? '').split('/')
  const fits = ([known]: [string, unknown]) => {
    const wanted = known.split('/')
    return (
      wanted.length === segments.length &&
      wanted.every((segment, at) => segment.startsWith('{') || segment === segments[at])
    )
  }
  // The one with the fewest placeholders: $count is a segment of its own, not an id.
  const found = paths
    .filter(fits)
    .sort(([one], [other]) => one.split('{').length - other.split('{').length)[0]
  if (!found) throw new Error(`The schema has no path for ${path}`)
  return found[0]
}

function validatorOf(schema: object): ValidateFunction {
  const absolute = JSON.stringify(schema).replaceAll('"#/', '"graph#/')
  const known = validators.get(absolute) ?? ajv.compile(JSON.parse(absolute))
  validators.set(absolute, known)
  return known
}
