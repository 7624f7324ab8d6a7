/** ‖a − b‖ / ‖b‖: how far numbers are from what they should be, as one number. */
export function relative(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [apart, whole] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    apart += (a[i]! - b[i]!) ** 2;
    whole += b[i]! ** 2;
  }
  return Math.sqrt(apart / whole);
}
