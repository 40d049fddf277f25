/** In a process that `startChild` started: answers what the bench asks, and ends with it. */
export function answer(answers) {
  process.on('message', async ({ id, question, data }) => {
    try {
      process.send({ id, value: await answers[question](data) });
    } catch (error) {
      process.send({ id, error: String(error?.stack ?? error) });
    }
  });
  process.on('disconnect', () => process.exit());
  // Ctrl+C reaches the whole group; who started this process ends it.
  process.on('SIGINT', () => {});
  process.send({ id: 'ready' });
}
