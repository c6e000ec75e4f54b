export const podWarnings = (_pod: unknown, _old?: unknown): string[] => [];
export const podTemplateWarnings = (_template: unknown, _path: string): string[] => [];
