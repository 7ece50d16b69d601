/**
 * What a terminal or an editor obeys or hides: C1 controls and DEL, line separators, and all of Unicode's format characters,
 * among them those that turn the direction of writing.
 */
const obeyed = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu

/**
 * JSON with what a terminal obeys written as \uXXXX, which means the same to whoever parses it. Below U+0020 JSON does that
 * by itself, line ends and the escape character among them.
 */
export function printableJson(json: string): string {
  return json.replace(obeyed, (found) =>
    [...Array(found.length).keys()]
      .map((at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}
