// What Attu's server does with its variables: it makes a client of Milvus's Node SDK.
//
// Attu itself is a container image only. It takes the token from its login page; here it is the
// argument.
const { MilvusClient } = require('@zilliz/milvus2-sdk-node');

const { env } = process;
const tls = env.ROOT_CERT_PATH && {
  rootCertPath: env.ROOT_CERT_PATH,
  certChainPath: env.CERT_CHAIN_PATH,
  privateKeyPath: env.PRIVATE_KEY_PATH,
  serverName: env.SERVER_NAME,
};

async function main() {
  const client = new MilvusClient({
    address: env.MILVUS_URL.replace('http://', ''),
    token: process.argv[2],
    database: env.MILVUS_DATABASE || 'default',
    ...(tls && { tls }),
  });
  await client.connectPromise;
  await client.listDatabases();
  await client.closeConnection();
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
