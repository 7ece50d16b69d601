/** DEL and C1 controls, line separators, and what turns the direction of writing: a terminal or an editor obeys them. */
const obeyed = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/**
 * JSON with what a terminal obeys written as \uXXXX, which means the same to whoever parses it. Below U+0020 JSON does that
 * by itself, line ends and the escape character among them.
 */
export function printableJson(json: string): string {
  return json.replace(obeyed, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
