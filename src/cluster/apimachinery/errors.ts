// The two kinds of error that everything in the API server raises.
export { aggregate, FieldError, type FieldErrorType, formatValue } from './field-error.ts';
export {
  type GroupKind,
  type GroupResource,
  type StatusCause,
  type StatusDetails,
  StatusError,
} from './status-error.ts';
