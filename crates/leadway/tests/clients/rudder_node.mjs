// @rudderstack/rudder-sdk-node, as a company's server would use it.
// Arguments: the gateway's URL, the write key, how many people; run where the package is installed.
import { createRequire } from "node:module";

const [url, writeKey, people] = process.argv.slice(2);
const RudderAnalytics = createRequire(`${process.cwd()}/`)("@rudderstack/rudder-sdk-node");

const errors = [];

function client(flushAt) {
  const errorHandler = (error) => errors.push(String(error.message ?? error));
  return new RudderAnalytics(writeKey, { dataPlaneUrl: url, flushAt, flushInterval: 100, errorHandler });
}

// Sends an event and waits until the client has done with it.
function done(analytics, type, event) {
  return new Promise((resolve) => {
    analytics[type](event, (error) => {
      if (error) errors.push(String(error.message ?? error));
      resolve();
    });
  });
}

const single = client(1);
await done(single, "identify", { messageId: "node-one", userId: "one", traits: { email: "one@example.com", lastName: "One", company: "Example" } });
await done(single, "track", { messageId: "node-track", userId: "one", event: "Lead Generated", properties: { email: "one@example.com", lastName: "One", message: "Call me" } });

const batches = client(100);
const sent = [];
for (let i = 0; i < Number(people); i += 1) {
  sent.push(done(batches, "identify", { messageId: `node-${i}`, userId: `p${i}`, traits: { email: `p${i}@example.com`, lastName: `P${i}`, company: "Example" } }));
}
await Promise.all(sent);
console.log(JSON.stringify({ errors }));
// The client's timers would keep the process alive.
process.exit(0);
