export { type LoginOptions, startLoginShell } from './login.ts';
export { ash, bash, dash, sh } from './program.ts';
