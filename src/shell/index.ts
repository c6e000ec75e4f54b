export type { Dialect } from './dialect.ts';
export { ash, bash, dash, sh } from './program.ts';
