/** Names of ports as /etc/services has them, for programs that are not told to show numbers. */
export const PORT_NAMES: { readonly [port: number]: string } = {
  22: 'ssh',
  53: 'domain',
  80: 'http',
  443: 'https',
  3306: 'mysql',
  5432: 'postgresql',
  6379: 'redis',
  8080: 'http-alt',
};
