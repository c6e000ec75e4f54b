import type { Kind } from '../../../cluster/api/client.ts';
import type { ApiObject } from '../../../cluster/api/object.ts';
import type { Condition, LabelSelector } from '../../../cluster/api/types.generated.ts';

export const GROUP = 'gateway.networking.k8s.io';

/** sigs.k8s.io/gateway-api: apis/v1, as far as a controller here reads it. Defaults of the CRDs are filled in. */
export interface GatewayClass extends ApiObject {
  readonly spec?: { readonly controllerName?: string };
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly supportedFeatures?: readonly { readonly name: string }[];
  };
}

export interface Gateway extends ApiObject {
  readonly spec?: { readonly gatewayClassName?: string; readonly listeners?: readonly Listener[] };
  readonly status?: GatewayStatus;
}

export interface Listener {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  readonly hostname?: string;
  readonly tls?: { readonly mode?: string; readonly certificateRefs?: readonly ObjectReference[] };
  readonly allowedRoutes?: {
    readonly namespaces?: { readonly from?: string; readonly selector?: LabelSelector };
    readonly kinds?: readonly RouteKind[];
  };
}

export interface RouteKind {
  readonly group?: string;
  readonly kind: string;
}

export interface ObjectReference {
  readonly group?: string;
  readonly kind?: string;
  readonly name: string;
  readonly namespace?: string;
}

export interface GatewayStatus {
  readonly addresses?: readonly { readonly type: string; readonly value: string }[];
  readonly conditions?: readonly Condition[];
  readonly listeners?: readonly ListenerStatus[];
}

export interface ListenerStatus {
  readonly name: string;
  readonly supportedKinds: readonly RouteKind[];
  readonly attachedRoutes: number;
  readonly conditions: readonly Condition[];
}

export interface Route extends ApiObject {
  readonly spec?: {
    readonly parentRefs?: readonly ParentReference[];
    readonly hostnames?: readonly string[];
    readonly rules?: readonly RouteRule[];
  };
  readonly status?: { readonly parents?: readonly RouteParentStatus[] };
}

export interface ParentReference extends ObjectReference {
  readonly sectionName?: string;
  readonly port?: number;
}

export interface RouteParentStatus {
  readonly parentRef: ParentReference;
  readonly controllerName: string;
  readonly conditions: readonly Condition[];
}

export interface RouteRule {
  readonly matches?: readonly RouteMatch[];
  readonly filters?: readonly Filter[];
  readonly backendRefs?: readonly BackendRef[];
}

export interface RouteMatch {
  readonly path?: { readonly type?: string; readonly value?: string };
  /** An HTTPRoute's method is a word; a GRPCRoute's has a service too. */
  readonly method?: string | { readonly type?: string; readonly service?: string; readonly method?: string };
  readonly headers?: readonly NamedMatch[];
  readonly queryParams?: readonly NamedMatch[];
}

export interface NamedMatch {
  readonly type?: string;
  readonly name: string;
  readonly value: string;
}

export interface BackendRef extends ObjectReference {
  readonly port?: number;
  readonly weight?: number;
}

export interface HeaderFilter {
  readonly set?: readonly { readonly name: string; readonly value: string }[];
  readonly add?: readonly { readonly name: string; readonly value: string }[];
  readonly remove?: readonly string[];
}

export interface PathModifier {
  readonly type: string;
  readonly replaceFullPath?: string;
  readonly replacePrefixMatch?: string;
}

export interface Filter {
  readonly type: string;
  readonly requestHeaderModifier?: HeaderFilter;
  readonly responseHeaderModifier?: HeaderFilter;
  readonly requestRedirect?: {
    readonly scheme?: string;
    readonly hostname?: string;
    readonly port?: number;
    readonly statusCode?: number;
    readonly path?: PathModifier;
  };
  readonly urlRewrite?: { readonly hostname?: string; readonly path?: PathModifier };
  readonly extensionRef?: ObjectReference;
}

export interface ReferenceGrant extends ApiObject {
  readonly spec?: {
    readonly from?: readonly { readonly group: string; readonly kind: string; readonly namespace: string }[];
    readonly to?: readonly { readonly group: string; readonly kind: string; readonly name?: string }[];
  };
}

function kind<T extends ApiObject>(plural: string, version = 'v1'): Kind<T> {
  return { group: GROUP, version, plural };
}

export const GATEWAY_CLASSES = kind<GatewayClass>('gatewayclasses');
export const GATEWAYS = kind<Gateway>('gateways');
export const HTTP_ROUTES = kind<Route>('httproutes');
export const GRPC_ROUTES = kind<Route>('grpcroutes');
export const REFERENCE_GRANTS = kind<ReferenceGrant>('referencegrants', 'v1beta1');
export const BACKEND_TLS_POLICIES = kind<ApiObject>('backendtlspolicies');
