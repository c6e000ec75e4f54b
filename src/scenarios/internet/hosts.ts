/** The names of the simulated internet and their addresses, as resolvers everywhere in the world give them. */
export const HOSTS: Readonly<Record<string, readonly string[]>> = {
  'awscli.amazonaws.com': ['18.165.122.36'],
  'cdn.dl.k8s.io': ['151.101.65.55'],
  'dl.k8s.io': ['34.107.204.206'],
  'dns.google': ['8.8.8.8', '8.8.4.4'],
  'example.com': ['23.192.228.80'],
  'github.com': ['140.82.121.4'],
  'google.com': ['142.250.74.46'],
  'kubernetes.io': ['15.197.167.90'],
  'manifests.kubetutor.example': ['203.0.113.10'],
  'one.one.one.one': ['1.1.1.1', '1.0.0.1'],
  'raw.githubusercontent.com': ['185.199.108.133'],
  'registry.k8s.io': ['34.96.108.209'],
  'release-assets.githubusercontent.com': ['185.199.109.133'],
  'www.example.com': ['23.192.228.84'],
  'www.google.com': ['142.250.74.36'],
};

/** Those that answer everybody's questions for names, on port 53. */
export const PUBLIC_RESOLVERS: readonly string[] = ['dns.google', 'one.one.one.one'];
