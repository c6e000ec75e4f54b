/** A number typed before a key: Alt with digits, or digits in vi's command mode. readline: misc.c, rl_digit_loop */
export class NumericArgument {
  private sign: 1 | -1 = 1;
  private digits = '';

  private constructor(
    /** What it is worth without digits. */
    private readonly factor: number,
  ) {}

  /** By Alt and a digit or a minus, by a digit, or four times as much as before. */
  static begun(name: string, keys: string, before?: NumericArgument): NumericArgument {
    if (name === 'universal-argument') return new NumericArgument(4 * (before ? before.factor : 1));
    const argument = before ?? new NumericArgument(1);
    argument.add(keys.slice(-1));
    return argument;
  }

  get value(): number {
    return this.sign * (this.digits === '' ? this.factor : Number(this.digits));
  }

  get shown(): string {
    return String(this.value);
  }

  /** Whether a key belongs to the number. */
  take(keys: string): boolean {
    if (!/^\d$/.test(keys)) return false;
    this.add(keys);
    return true;
  }

  private add(key: string): void {
    if (key === '-') this.sign = -1;
    else this.digits = (this.digits + key).slice(0, 6);
  }
}
