/**
 * The nonce of the page, which the server put on its scripts: styles that are made here carry it too, or the panel's
 * Content-Security-Policy refuses them.
 */
export const nonce = document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? ''

// The scroll lock under dialogs makes a style element of its own, with the nonce it finds under webpack's name:
// https://github.com/theKashey/get-nonce
Object.assign(globalThis, { __webpack_nonce__: nonce })
