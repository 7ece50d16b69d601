import { config } from 'zod'

// Zod tries whether it may make code from text, which the panel's Content-Security-Policy refuses and reports each time.
config({ jitless: true })
