import type { ApiObject, Stored } from '../object.ts';
import type { WriteOptions } from '../options.ts';
import type { Resource, StrategyContext } from '../resource.ts';

export interface AdmissionRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly resource: Resource;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** The object to be written, which mutating plugins may change; undefined for DELETE. */
  readonly object: ApiObject | undefined;
  readonly old: Stored | undefined;
  readonly context: StrategyContext;
  readonly options: WriteOptions;
}

/** An admission plugin: one file each. Both functions raise a StatusError to refuse. */
export interface AdmissionPlugin {
  readonly name: string;
  readonly admit?: (request: AdmissionRequest) => void;
  readonly validate?: (request: AdmissionRequest) => void;
}

/** The chain of plugins, in the order of kube-apiserver's --enable-admission-plugins. */
export class Admission {
  constructor(private readonly plugins: readonly AdmissionPlugin[]) {}

  admit(request: AdmissionRequest): void {
    for (const plugin of this.plugins) plugin.admit?.(request);
  }

  validate(request: AdmissionRequest): void {
    for (const plugin of this.plugins) plugin.validate?.(request);
  }
}
