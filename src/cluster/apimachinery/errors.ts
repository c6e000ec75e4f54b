// The two kinds of error that everything in the API server raises.
export { FieldError } from './field-error.ts';
export { NoSuchPath, StatusError } from './status-error.ts';
