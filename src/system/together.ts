/** Waits until both have ended, and gives what they gave; when one fails, the other is not left behind at work. */
export async function together<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([one, other]);
  return Promise.all([one, other]);
}
