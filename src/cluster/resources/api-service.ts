import { type ApiObject, at, isRecord } from '../api/object.ts';
import type { Strategy } from '../api/resource.ts';
import { ageColumn, nameColumn } from '../api/table.ts';

/** Which server answers for a group and version. kubernetes: kube-aggregator/pkg/registry/apiservice/etcd/etcd.go */
export const apiServiceStrategy: Strategy = {
  columns: [
    nameColumn,
    {
      name: 'Service',
      value: (object) => {
        const service = at(object, 'spec', 'service');
        return isRecord(service) ? `${String(service['namespace'])}/${String(service['name'])}` : 'Local';
      },
    },
    { name: 'Available', value: availability },
    ageColumn,
  ],
};

function availability(object: ApiObject): string {
  const conditions = at(object, 'status', 'conditions');
  const found = Array.isArray(conditions)
    ? conditions.find((condition) => isRecord(condition) && condition['type'] === 'Available')
    : undefined;
  if (!isRecord(found)) return 'Unknown';
  return found['status'] === 'True' ? 'True' : `${String(found['status'])} (${String(found['reason'])})`;
}
