import { WOPI_LOCK_CAPABILITIES } from 'wopi-lock-router';

import { USERS } from '../tokens.mjs';

/** GET /wopi/files/:fileId. What is not said is `false` or empty; nothing may be null. */
export function checkFileInfo({ userInfo, urls, discovery }) {
  return async ({ file, userId }, res) => {
    res.json({
      BaseFileName: file.name,
      OwnerId: 'example-host',
      Size: file.size,
      UserId: userId,
      UserFriendlyName: USERS.get(userId),
      UserInfo: await userInfo.get(userId),
      Version: file.version,
      LastModifiedTime: file.lastModified.toISOString(),
      ...WOPI_LOCK_CAPABILITIES,
      SupportsUpdate: true, // PutFile and PutRelativeFile
      SupportsRename: true,
      SupportsDeleteFile: true,
      SupportsUserInfo: true,
      UserCanWrite: true,
      UserCanRename: true,
      UserCanNotWriteRelative: false,
      HostViewUrl: urls.view(file.id),
      HostEditUrl: discovery ? urls.edit(file.id, userId) : urls.view(file.id),
      PostMessageOrigin: urls.origin, // Collabora talks to this origin alone
    });
  };
}
