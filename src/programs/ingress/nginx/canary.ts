import { BoundedRegExp } from '../../../shell/utilities/bounded-regex.ts';
import type { HttpRequest } from '../../../world/network/http.ts';
import type { Random } from '../../../world/random.ts';
import type { CanarySettings } from './annotations.ts';

/** Whether a canary gets a request: by its header, else by its cookie, else by its weight. kubernetes/ingress-nginx: rootfs/etc/nginx/lua/balancer.lua */
export function takesCanary(canary: CanarySettings, request: HttpRequest, random: Random): boolean {
  if (canary.header !== '') {
    const byHeader = headerDecides(canary, request.headers.get(canary.header));
    if (byHeader !== undefined) return byHeader;
  }
  const cookie = canary.cookie === '' ? undefined : cookieOf(request, canary.cookie);
  if (cookie === 'always') return true;
  if (cookie === 'never') return false;
  return random.integer(canary.weightTotal) + 1 <= canary.weight;
}

function headerDecides({ headerValue, headerPattern }: CanarySettings, value: string | undefined): boolean | undefined {
  if (value === undefined) return undefined;
  if (headerValue !== '') return value === headerValue ? true : undefined;
  if (headerPattern !== '') return safely(() => new BoundedRegExp(headerPattern).test(value)) ? true : undefined;
  if (value === 'always') return true;
  return value === 'never' ? false : undefined;
}

function safely(test: () => boolean): boolean {
  try {
    return test();
  } catch {
    return false;
  }
}

function cookieOf(request: HttpRequest, name: string): string | undefined {
  for (const pair of (request.headers.get('cookie') ?? '').split(';')) {
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
}
