const FORM = /^v(\d+)(?:(alpha|beta)(\d+))?$/;
const STAGES = ['alpha', 'beta', undefined];

/**
 * Orders versions from the one to prefer on: v2, v1, v1beta2, v1alpha1, then other names by the alphabet.
 * kubernetes: apimachinery/pkg/version/helpers.go CompareKubeAwareVersionStrings
 */
export function compareVersions(a: string, b: string): number {
  const x = FORM.exec(a);
  const y = FORM.exec(b);
  if (!x || !y) return x ? -1 : y ? 1 : a < b ? -1 : a > b ? 1 : 0;
  return (
    STAGES.indexOf(y[2]) - STAGES.indexOf(x[2]) || Number(y[1]) - Number(x[1]) || Number(y[3] ?? 0) - Number(x[3] ?? 0)
  );
}
