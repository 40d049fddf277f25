import createError from 'http-errors';

const CLIENT_IS_GONE = new Set(['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE']);

/** Answers whatever went wrong: `http-errors` errors with their status and headers, anything else with a 500. */
export function answerError(error, req, res, _next) {
  const { status, headers = {}, expose, message } = httpErrorFrom(error);
  if (status === 500 && !CLIENT_IS_GONE.has(error.code)) {
    console.error(`${req.method} ${req.path}:`, error); // the path alone: the query has the access token
  }
  if (res.headersSent) {
    res.destroy();
    return;
  }
  res
    .status(status)
    .set(headers)
    .type('text/plain')
    .send(expose ? message : createError(status).message);
}

function httpErrorFrom(error) {
  if (createError.isHttpError(error)) return error;
  return createError(error instanceof URIError ? 404 : 500); // a malformed escape is no file's ID
}
