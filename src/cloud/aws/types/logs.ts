// In the words and with the field names of AWS's own APIs, so that an answer is the resource. Times are ms since 1970.
// Fields that only the world needs begin with a lower-case letter where AWS's do not.

export interface LogGroup {
  name: string;
  arn: string;
  created: number;
  /** Days; undefined keeps events for ever. */
  retention?: number;
  streams: Map<string, LogStream>;
}

export interface LogStream {
  name: string;
  created: number;
  events: LogEvent[];
  /** How many there have been. */
  written: number;
}

export interface LogEvent {
  timestamp: number;
  message: string;
  id: string;
}
