export * from './flag.ts';
export * from './flag-set.ts';
export * from './parse-value.ts';
