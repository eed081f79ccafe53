/** Which chart comes from which text, by the charts' file names; the tests beside this file write it and hold it. */
export const SHIPPED_HASHES: Readonly<
  Record<string, { readonly text: string; readonly chart: string } | undefined>
> = {
  "agent.yaml": {
    text: "sha256-ede52f170bfe00c44f4583c6e3ddd4a08ce15646fb5e100381d3ab2789b17eac",
    chart: "sha256-f8c21f83cdfffc5b10aaf6250e49d2c97b4655b5b3e5a11fa8c93f977f40a8db",
  },
  "beat.yaml": {
    text: "sha256-048d6bc7b3be1e27e6cb9e9157477a9378bad2cc1464f4c2d6b7809ee6f6a6e2",
    chart: "sha256-06f3b84a389dd3a6c3d8a5cfdbaf66cd670cffd038e67e6bf26c1b7b28bdb255",
  },
  "capacity.yaml": {
    text: "sha256-17e783f66b6221e561f56b7ea9b6214dfe70047a56efdeb5da25c44e9b738cd7",
    chart: "sha256-19151ed2fae0641e668558c2a919101a3fa74b14470a2fb2015672ad5d6790cc",
  },
  "council.yaml": {
    text: "sha256-7724ccb96945aa934436296adfcc5c990fd5fb31a329b55031240b92a5d1bedd",
    chart: "sha256-4e125350b28959ffc7f0b8f47bcea0ed945e4163d12d5d733186955d48f2c345",
  },
  "criterion.yaml": {
    text: "sha256-9966f5701e31e75c75f0ef8f3269f68d73d08dae7fc7557e8dd6d8970fe0f923",
    chart: "sha256-5fe82fe10fdabfe06ec9ea8c788a72965164f9fc65d31bff1a2364227490ebc2",
  },
  "flag.yaml": {
    text: "sha256-a222e2e5ed268128e50837c25c52a9992f667698b4473a8432489e1802cafe22",
    chart: "sha256-89ccbac548132a7afb3a41fe6005d0fbe17f1ee2edd012933ee57f8294123acc",
  },
  "identity.yaml": {
    text: "sha256-558758d56fdb99fb4956c350427c8d09be47b33cf66da202bda3c94760afc419",
    chart: "sha256-a5073840545d742a7f615b366bcac63f637f7fe9967b290274b112f2b37d81dd",
  },
  "ladder.yaml": {
    text: "sha256-be25a5288ca500da9580ec839faa3162777fe51f4811e564e32dde84c5b3a81b",
    chart: "sha256-63597bc5256be4730fb3ddf2f5c36b4d15393c9942808fad02f0cbea9c6a60a1",
  },
  "license.yaml": {
    text: "sha256-c07acfb49be6f6c19e84d2284c71fde54404d0020bcc002bcded7922d3b516c6",
    chart: "sha256-364c98a9d77275053303e1e3c3591293585f3c933e3a434157028edf534cdcc4",
  },
  "lifecycle.yaml": {
    text: "sha256-9d2cd6dbe2eb3d5e24ab0630dd7b1a08d27180146d00bbadef49d3ac6a773520",
    chart: "sha256-f1d06be6eadd0a670db84a8a7c87b100387c34f36c55899de2411641843d7ed3",
  },
  "policy.yaml": {
    text: "sha256-307c14578bc0fccd863e5b18f0f3f03b01945cf80cf5889818cfa97d7eee66cd",
    chart: "sha256-15e7592ada2bfbb122daea6e58a60d1d0bdfef0fd06c662016096d26b2e6126d",
  },
  "project.yaml": {
    text: "sha256-318d4ece27b9bec8e2357b4dec9e63b6f7258badc055ad679eaf4987bc6b9aa4",
    chart: "sha256-01bb4ee1d965e8e3d4956c5c80fe5b83248e836dc8eba02859d0ab5e246d01c8",
  },
  "redaction.yaml": {
    text: "sha256-04774ad40ec042d99f878308699aa50d60faad0c2169b4607cbe38fe79128d03",
    chart: "sha256-c5df68296aecb6a8745b4afdd59717b4c1b014a10a539f455ba4ed0a035269ef",
  },
  "session.yaml": {
    text: "sha256-a500a703bab69052e6308eef1343611451b45f4b6ab21be1f25647ea164d832a",
    chart: "sha256-e788c2c9f945d33a1814baa71e0cb305f9f9620cb01596dc2963d56b826ef10c",
  },
  "task.yaml": {
    text: "sha256-4c7f0755a8413ed51ff9270441679f06d59f0389a2247f9c27aba5d13f824b6b",
    chart: "sha256-fe932119df38e2c9c4a4e1128821037a67752760e3482d59cdc1a204ccffcdab",
  },
  "tool.yaml": {
    text: "sha256-1f97448613696686659f7050a6545b012031b0e7a2fec79843ce1bf71cdc3f10",
    chart: "sha256-ef0c1f9e725f096036516ea022abf7e7a3321101fc8fd1e2634be0be39c7079f",
  },
};
