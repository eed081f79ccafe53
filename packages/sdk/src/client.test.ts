import { createWebSigner } from "./web-signer.ts";
import { describeClientContract } from "./test/client.contract.ts";
import { EngineServer, OPERATOR_SEED } from "./test/engine-server.ts";
import { testPorts } from "./test/test-ports.ts";

describeClientContract("a small server over the engine", async () => {
  const server = await EngineServer.open();
  return {
    url: server.url,
    origin: server.origin,
    verifierKey: server.verifierKey,
    genesisHash: await server.genesisHash(),
    operator: await createWebSigner(globalThis, { seed: OPERATOR_SEED }),
    ports: () => testPorts(server.clock),
    close: () => server.close(),
  };
});
