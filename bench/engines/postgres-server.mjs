import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { runProgram, startServer, temporaryFolder } from './processes.mjs';

// Where Debian and Ubuntu put the programs of each version; they are not on the PATH.
const VERSIONS = '/usr/lib/postgresql';

/** A PostgreSQL of its own, as durable as it is by default, or `undefined` where PostgreSQL is not installed. */
export async function startPostgres() {
  const programs = newestPrograms();
  if (programs === undefined) {
    return undefined;
  }
  const folder = temporaryFolder();
  const account = unprivilegedAccount();
  if (account.uid !== undefined) {
    chownSync(folder, account.uid, account.gid);
  }
  const options = { cwd: folder, env: { ...process.env, LC_ALL: 'C' }, ...account };
  const initdb = ['-D', folder, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  await runProgram(join(programs, 'initdb'), initdb, options);

  const argsFor = (host, port) => {
    const settings = [`listen_addresses=${host}`, `port=${port}`, 'unix_socket_directories='];
    return ['-D', folder, ...settings.flatMap((setting) => ['-c', setting])];
  };
  const address = await startServer(join(programs, 'postgres'), argsFor, {
    options,
    ready: 'ready to accept connections',
    endSignal: 'SIGQUIT', // "Immediate Shutdown", of all its processes; SIGKILL would leave shared memory behind
  });
  return `postgres://postgres@${address}/postgres`;
}

function newestPrograms() {
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS) : [];
  return versions
    .toSorted((one, other) => Number(other) - Number(one))
    .map((version) => join(VERSIONS, version, 'bin'))
    .find((folder) => ['initdb', 'postgres'].every((program) => existsSync(join(folder, program))));
}

/** PostgreSQL refuses to run as root. Debian's package makes an account for it. */
function unprivilegedAccount() {
  if (process.getuid?.() !== 0) {
    return {};
  }
  const idOf = (option) => Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}
