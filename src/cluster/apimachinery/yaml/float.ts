/** A number as Go's strconv.FormatFloat(value, 'g', -1, 64) prints it; `single` for 32 bits. */
export function formatFloat(value: number, single = false): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const scientific = single ? shortestSingle(value) : value.toExponential();
  const [mantissa = '', exponentText = '0'] = scientific.split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 6) {
    const digits = String(Math.abs(exponent)).padStart(2, '0');
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`;
  }
  return single ? String(Number(scientific)) : String(value);
}

// The shortest digits that give the same number in 32 bits.
function shortestSingle(value: number): string {
  for (let digits = 0; digits < 9; digits++) {
    const text = value.toExponential(digits);
    if (Math.fround(Number(text)) === value) return text;
  }
  return value.toExponential();
}
