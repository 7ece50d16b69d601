// Latin beside Cyrillic or Greek in one word: https://www.unicode.org/reports/tr39/#Restriction_Level_Detection
const mixed =
  /\p{Script=Latin}[\p{L}\p{M}]*[\p{Script=Cyrillic}\p{Script=Greek}]|[\p{Script=Cyrillic}\p{Script=Greek}][\p{L}\p{M}]*\p{Script=Latin}/u

/** Whether a word of the text has letters of alphabets that look alike, so that it may pass for another. */
export const mixesAlphabets = (text: string) => mixed.test(text)
