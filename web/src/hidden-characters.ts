// Controls, fillers and tags that show nothing; direction marks, embeddings, overrides and isolates; the soft hyphen.
const controls =
  /\p{Cc}|[\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\u3164\ufeff\uffa0\u{e0000}-\u{e007f}]|\u034f|\u17b4|\u17b5/u

// Joiners are honest inside emoji and between letters of scripts that need them, such as Persian and Hindi.
const strayJoiner =
  /(?<!\p{L}|\p{M}|\p{Emoji}|\ufe0f)[\u200c\u200d]|[\u200c\u200d](?!\p{L}|\p{M}|\p{Emoji})|\p{Script=Latin}[\u200c\u200d]|[\u200c\u200d]\p{Script=Latin}/u

/** Whether a text holds characters one cannot see that turn its direction, split it or pad it. */
export const hasHiddenCharacters = (text: string) => controls.test(text) || strayJoiner.test(text)
