import type { Stored } from '../../api/object.ts';
import type { Node, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, Pod } from '../../api/types.generated.ts';

/** kubernetes: component-helpers/scheduling/corev1/nodeaffinity */
export function nodeSelectorMatches(selector: NodeSelector, node: Stored<Node>): boolean {
  return selector.nodeSelectorTerms.some((term) => termMatches(term, node));
}

/** A term without requirements selects nothing. */
export function termMatches(term: NodeSelectorTerm, node: Stored<Node>): boolean {
  const { matchExpressions = [], matchFields = [] } = term;
  if (matchExpressions.length === 0 && matchFields.length === 0) return false;
  const labels = node.metadata.labels ?? {};
  return (
    matchExpressions.every((requirement) => requirementMatches(requirement, labels[requirement.key])) &&
    matchFields.every((requirement) =>
      requirementMatches(requirement, requirement.key === 'metadata.name' ? node.metadata.name : undefined),
    )
  );
}

function requirementMatches({ operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return false;
  }
}

/** Whether a node has what a Pod's nodeSelector and required node affinity ask for. */
export function nodeFitsAffinity(pod: Pod, node: Stored<Node>): boolean {
  const labels = node.metadata.labels ?? {};
  for (const [key, value] of Object.entries(pod.spec?.nodeSelector ?? {})) if (labels[key] !== value) return false;
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || nodeSelectorMatches(required, node);
}
