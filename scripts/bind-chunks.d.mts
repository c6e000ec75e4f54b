/** A chunk of esbuild, an ES module that is not minified, as CommonJS. Raises an error for what cannot be bound once. */
export function bindChunk(text: string): string;
