/** Fields of the token endpoint's answers, success and refusal alike, for tests to look into. */
interface TokenAnswer {
  access_token: string
  id_token: string
  refresh_token: string
  error: string
  error_description: string
  error_codes: number[]
  error_uri: string
  trace_id: string
  timestamp: string
}

export async function readTokenAnswer(response: Response): Promise<TokenAnswer> {
  return (await response.json()) as TokenAnswer
}
