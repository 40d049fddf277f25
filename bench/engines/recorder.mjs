/**
 * A proxy of a client that notes each call which reaches the engine: how to repeat exactly that call on the client
 * itself, and the reply. A statement that the client prepares is the client's own as well.
 */
export function recorder(client) {
  const calls = [];
  const recording = (target) =>
    new Proxy(target, {
      get(_, name) {
        const member = target[name];
        if (typeof member !== 'function') {
          return member;
        }
        return (...args) => {
          const reply = member.apply(target, args);
          if (name === 'prepare') {
            return recording(reply);
          }
          calls.push({ repeat: () => target[name](...args), reply });
          return reply;
        };
      },
    });
  return { client: recording(client), calls };
}
