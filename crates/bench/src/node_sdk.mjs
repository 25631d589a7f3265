// Sends ready-made leads with Zoho's official Node SDK, unmodified, in batches of 100, and prints how long it took.
// Arguments: the simulator's address, and how many leads.
import * as ZOHOCRMSDK from "@zohocrm/nodejs-sdk-8.0";

const [url, count] = [process.argv[2], Number(process.argv[3])];
const BATCH = 100;

const token = new ZOHOCRMSDK.OAuthBuilder()
  .clientId("1000.LEADWAYDEMO")
  .clientSecret("leadway-demo-secret")
  .refreshToken("1000.leadway-demo-refresh")
  .build();
const logger = new ZOHOCRMSDK.LogBuilder().level(ZOHOCRMSDK.Levels.ERROR).filePath("./sdk.log").build();
await (await new ZOHOCRMSDK.InitializeBuilder())
  .environment(new ZOHOCRMSDK.Environment(url, `${url}/oauth/v2/token`, url))
  .token(token)
  .store(new ZOHOCRMSDK.FileStore("./tokens.txt"))
  .SDKConfig(new ZOHOCRMSDK.SDKConfigBuilder().pickListValidation(false).autoRefreshFields(false).build())
  .resourcePath(".")
  .logger(logger)
  .initialize();

function batch(first) {
  const body = new ZOHOCRMSDK.Record.BodyWrapper();
  body.setData(
    Array.from({ length: BATCH }, (_, at) => {
      const record = new ZOHOCRMSDK.Record.Record();
      const number = first + at;
      record.addKeyValue("Email", `node${number}@example.com`);
      record.addKeyValue("First_Name", "Ada");
      record.addKeyValue("Last_Name", `Ray ${number}`);
      record.addKeyValue("Company", "Orchard Ltd");
      record.addKeyValue("Phone", "+44 7700 900123");
      return record;
    }),
  );
  return body;
}

const operations = new ZOHOCRMSDK.Record.RecordOperations("Leads");
async function send(body) {
  const answer = await operations.upsertRecords(body);
  if (answer.getStatusCode() !== 200) throw new Error(`status ${answer.getStatusCode()}`);
}

// The first call fetches a token and the fields' metadata; it is not part of what is measured.
await send(batch(1_000_000));
const bodies = Array.from({ length: count / BATCH }, (_, at) => batch(at * BATCH));
const started = performance.now();
for (const body of bodies) await send(body);
console.log(JSON.stringify({ seconds: (performance.now() - started) / 1000 }));
