const RETRY_AFTER_MS = 2000;

/** Follows what the host tells of its files and of each exchange, for as long as the page is open. */
export function followEvents({ onFiles, onExchange, onConnected, onLost }) {
  const source = new EventSource('events');
  source.addEventListener('open', onConnected);
  source.addEventListener('files', ({ data }) => onFiles(JSON.parse(data)));
  source.addEventListener('exchange', ({ data }) => onExchange(JSON.parse(data)));
  source.addEventListener('error', () => {
    onLost();
    // An EventSource tries again by itself, but not after an answer such as 502.
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(followEvents, RETRY_AFTER_MS, { onFiles, onExchange, onConnected, onLost });
    }
  });
}
