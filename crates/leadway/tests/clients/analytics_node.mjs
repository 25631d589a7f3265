// @segment/analytics-node, as a company's server would use it.
// Arguments: the gateway's URL, the write key, how many people; run where the package is installed.
import { createRequire } from "node:module";

const [url, writeKey, people] = process.argv.slice(2);
const { Analytics } = createRequire(`${process.cwd()}/`)("@segment/analytics-node");

const errors = [];

async function send(options, calls) {
  const analytics = new Analytics({ writeKey, host: url, ...options });
  analytics.on("error", (error) => errors.push(String(error.reason ?? error.code ?? error)));
  calls(analytics);
  await analytics.closeAndFlush({ timeout: 30000 });
}

await send({ maxEventsInBatch: 1 }, (analytics) => {
  analytics.identify({ messageId: "node-one", userId: "one", traits: { email: "one@example.com", lastName: "One", company: "Example" } });
  analytics.track({ messageId: "node-track", userId: "one", event: "Lead Generated", properties: { email: "one@example.com", lastName: "One", message: "Call me" } });
});
await send({ maxEventsInBatch: 100 }, (analytics) => {
  for (let i = 0; i < Number(people); i += 1) {
    analytics.identify({ messageId: `node-${i}`, userId: `p${i}`, traits: { email: `p${i}@example.com`, lastName: `P${i}`, company: "Example" } });
  }
});
console.log(JSON.stringify({ errors }));
