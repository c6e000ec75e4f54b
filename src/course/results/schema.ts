export function resultsJsonSchema(): unknown {
  return {};
}
