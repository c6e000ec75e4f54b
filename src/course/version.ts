/** The version of this kubetutor; a build replaces it by the package's. */
export const VERSION: string = process.env['KUBETUTOR_VERSION'] ?? '0.1.0-source';
