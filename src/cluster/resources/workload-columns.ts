import { type ApiObject, isRecord, type Stored } from '../api/object.ts';
import type { Column } from '../api/resource.ts';
import type { PodSpec } from '../api/types.generated.ts';
import { formatLabelSelector, formatLabels } from '../apimachinery/labels.ts';

/** The wide columns of workloads. */
export function containerColumns<T extends ApiObject>(
  template: (object: Stored<T>) => PodSpec | undefined,
  selector?: (object: Stored<T>) => unknown,
): Column<T>[] {
  const columns: Column<T>[] = [
    { name: 'Containers', priority: 1, value: (o) => (template(o)?.containers ?? []).map((c) => c.name).join(',') },
    { name: 'Images', priority: 1, value: (o) => (template(o)?.containers ?? []).map((c) => c.image ?? '').join(',') },
  ];
  if (selector) columns.push({ name: 'Selector', priority: 1, value: (o) => selectorText(selector(o)) });
  return columns;
}

/** A LabelSelector as `app=web,tier in (a,b)`. */
export function selectorText(selector: unknown): string {
  return isRecord(selector) ? formatLabelSelector(selector) : '<none>';
}

/** A map of labels as `a=b,c=d`, or `<none>`. */
export function labelsText(labels: { [key: string]: string } | undefined): string {
  return labels && Object.keys(labels).length > 0 ? formatLabels(labels) : '<none>';
}
