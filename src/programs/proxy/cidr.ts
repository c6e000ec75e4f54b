/** Whether an IPv4 address lies in `10.0.0.0/8`; an address alone stands for itself. */
export function inCidr(address: string, cidr: string): boolean {
  const [base = '', length = '32'] = cidr.trim().split('/');
  const bits = Number(length);
  const [a, b] = [numberOf(address), numberOf(base)];
  if (a === undefined || b === undefined || !(bits >= 0 && bits <= 32)) return false;
  const size = 2 ** (32 - bits);
  return Math.floor(a / size) === Math.floor(b / size);
}

function numberOf(address: string): number | undefined {
  const parts = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address)?.slice(1).map(Number);
  if (!parts || parts.some((part) => part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}
