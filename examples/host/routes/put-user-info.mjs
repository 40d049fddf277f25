import createError from 'http-errors';

/** POST /wopi/files/:fileId, X-WOPI-Override: PUT_USER_INFO. */
export function putUserInfo({ userInfo }) {
  return async ({ userId, body = '' }, res) => {
    if (!/^\p{ASCII}*$/u.test(body)) throw createError(400, 'UserInfo must be ASCII.');
    await userInfo.put(userId, body);
    res.end();
  };
}
