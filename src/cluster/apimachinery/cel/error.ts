/** What an expression says while it runs: `no such key: spec`. */
export class CelError extends Error {}
