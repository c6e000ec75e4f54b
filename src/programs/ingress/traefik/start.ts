import { goQuote } from '../../../cluster/apimachinery/go-quote.ts';
import type { Task } from '../../../world/task.ts';
import type { Flags } from './flags.ts';
import type { Logger } from './logger.ts';

const DOCUMENTATION = 'https://doc.traefik.io/traefik';

/** What Traefik says before it serves. traefik: cmd/traefik/traefik.go runCmd */
export function* greet(logger: Logger, flags: Flags, release: string, buildDate: string): Task {
  const minor = release.split('.').slice(0, 2).join('.');
  const info = (message: string, fields: Readonly<Record<string, string>> = {}) => logger.log('INFO', message, fields);
  yield* logger.log(
    'WARN',
    `Traefik can reject some encoded characters in the request path. When your backend is not fully compliant with [RFC 3986](https://datatracker.ietf.org/doc/html/rfc3986), it is recommended to set these options to \`false\` to avoid split-view situation. Refer to the documentation for more details: ${DOCUMENTATION}/v${minor}/migrate/v3/#encoded-characters-configuration-default-values`,
  );
  yield* info(`Traefik version ${release} built on ${buildDate}`, { version: release });
  if (flags.checkNewVersion) {
    yield* info('Version check is enabled.');
    yield* info('Traefik checks for new releases to notify you if your version is out of date.');
    yield* info('It also collects usage data during this process.');
    yield* info(`Check the documentation to get more info: ${DOCUMENTATION}/contributing/data-collection/`);
  }
  if (flags.sendAnonymousUsage) {
    yield* info('Stats collection is enabled.');
    yield* info(
      "Many thanks for contributing to Traefik's improvement by allowing us to receive anonymous information from your configuration.",
    );
    yield* info('Help us improve Traefik by leaving this feature on :)');
    yield* info(`More details on: ${DOCUMENTATION}/contributing/data-collection/`);
  } else
    yield* info(
      `\nStats collection is disabled.\nHelp us improve Traefik by turning this feature on :)\nMore details on: ${DOCUMENTATION}/contributing/data-collection/\n`,
    );
  const gateway = { providerName: 'kubernetesgateway' };
  if (flags.gateway) {
    yield* info('Label selector is: ""', gateway);
    yield* info('Creating in-cluster Provider client', { ...gateway, endpoint: '' });
  }
  yield* info('Starting provider aggregator *aggregator.ProviderAggregator');
  yield* info('Starting provider *traefik.Provider');
  if (flags.ingress) {
    yield* info('Starting provider *ingress.Provider');
    const selector = goQuote(flags.ingressSelector);
    if (flags.badSelector)
      yield* logger.log('ERROR', 'Cannot start the provider *ingress.Provider', {
        error: `invalid ingress label selector: ${selector}`,
      });
  }
  if (flags.ingress && !flags.badSelector) {
    const ingress = { providerName: 'kubernetes' };
    yield* info(`ingress label selector is: ${goQuote(flags.ingressSelector)}`, ingress);
    yield* info('Creating in-cluster Provider client', ingress);
    if (flags.allowExternalNameServices)
      yield* info(
        'ExternalName service loading is enabled, please ensure that this is expected (see AllowExternalNameServices option)',
        ingress,
      );
  }
  if (flags.gateway) yield* info('Starting provider *gateway.Provider');
  yield* info('Starting provider *acme.ChallengeTLSALPN');
}
