// Walks through the simulator with Zoho's own Node SDK for CRM v8.
//
// Called as: official_sdk.mjs SIMULATOR_URL FOLDER SDK, where SDK is the installed package's folder. FOLDER takes the SDK's token
// store, field cache and log. Prints one line for each step: `done`, `missing` (the simulator has no such path, method or module)
// or `failed`, and its name.

import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [url, folder, sdk] = process.argv.slice(2);
const zoho = await import(pathToFileURL(sdk + "/lib/index.js"));

const environment = zoho.DataCenter.setEnvironment(url, url + "/oauth/v2/token", url);
const token = new zoho.OAuthBuilder()
  .clientId("1000.LEADWAYDEMO")
  .clientSecret("leadway-demo-secret")
  .refreshToken("1000.leadway-demo-refresh")
  .build();
writeFileSync(folder + "/tokens.txt", "");
await (
  await new zoho.InitializeBuilder()
)
  .environment(environment)
  .token(token)
  .store(new zoho.FileStore(folder + "/tokens.txt"))
  .SDKConfig(new zoho.SDKConfigBuilder().autoRefreshFields(false).pickListValidation(true).build())
  .resourcePath(folder + "/") // it joins some paths as text
  .logger(new zoho.LogBuilder().level(zoho.Levels.ERROR).filePath(folder + "/sdk.log").build())
  .initialize();

const UNKNOWN = ["INVALID_URL_PATTERN", "INVALID_REQUEST_METHOD", "INVALID_MODULE", "FEATURE_NOT_ENABLED"];
class Missing extends Error {}

function equal(left, right) {
  const [a, b] = [JSON.stringify(left), JSON.stringify(right)];
  if (a !== b) throw new Error(`${a} is not ${b}`);
}

// A thing of the SDK with values set: make("Notes.Note", {NoteTitle: "Seen"}).
function make(name, values) {
  const [area, kind] = name.split(".");
  const made = new zoho[area][kind]();
  for (const [key, value] of Object.entries(values)) made["set" + key](value);
  return made;
}

function record(fields) {
  const made = new zoho.Record.Record();
  for (const [name, value] of Object.entries(fields)) {
    if (name === "id") made.setId(value);
    else made.addKeyValue(name, value);
  }
  return made;
}

const body = (...records) => make("Record.BodyWrapper", { Data: records });
const choice = (value) => new zoho.Choice(value);

async function parameters(holder, values) {
  const made = new zoho.ParameterMap();
  for (const [name, value] of Object.entries(values)) await made.add(holder[name], value);
  return made;
}

function codeOf(answer) {
  const code = answer?.getCode?.();
  return code?.getValue ? code.getValue() : code;
}

const isRefusal = (answer) => answer?.constructor?.name === "APIException";

// The object of a good answer.
function got(response, ...statuses) {
  const [answer, status] = [response.getObject(), response.getStatusCode()];
  if (UNKNOWN.includes(codeOf(answer))) throw new Missing(codeOf(answer));
  if (isRefusal(answer)) throw new Error(`${status} ${codeOf(answer)} ${JSON.stringify(Object.fromEntries(answer.getDetails?.() ?? []))}`);
  if (!statuses.includes(status)) throw new Error(`${status}, not ${statuses}`);
  return answer;
}

// The outcomes of an action, all of them good.
function items(response, key, ...statuses) {
  const outcomes = got(response, ...statuses)["get" + key]();
  for (const outcome of outcomes) {
    if (UNKNOWN.includes(codeOf(outcome))) throw new Missing(codeOf(outcome));
    if (isRefusal(outcome)) throw new Error(codeOf(outcome));
  }
  return outcomes;
}

const idOf = (outcome) => BigInt(outcome.getDetails().get("id"));
const of = (module) => new zoho.Record.RecordOperations(module);
const create = async (module, fields) => idOf(items(await of(module).createRecords(body(record(fields))), "Data", 201)[0]);
const lead = (fields = {}) => create("Leads", { Last_Name: "Blake", Company: "Orchard Ltd", ...fields });
const fieldsOf = async (module, id) => got(await of(module).getRecord(id), 200).getData()[0];

// A file to upload. Only of files on disk does this SDK send the name.
function stream(name, text) {
  writeFileSync(`${folder}/${name}`, text);
  return new zoho.StreamWrapper(null, null, `${folder}/${name}`);
}

// The file of an answer. For downloads this SDK gives a promise of the object.
async function file(response) {
  const answer = await response.getObject();
  return got({ getObject: () => answer, getStatusCode: () => response.getStatusCode() }, 200).getFile();
}

const text = (file) => Buffer.from(file.getStream()).toString();

const steps = {
  async create_upsert_update_get_list_search_and_delete() {
    const leads = of("Leads");
    const rows = [{ Last_Name: "Stark", Email: "stark@nordlicht.example" }, { Last_Name: "x".repeat(81) }];
    const made = got(await leads.createRecords(body(...rows.map(record))), 207).getData();
    equal([isRefusal(made[0]), codeOf(made[1])], [false, "INVALID_DATA"]);
    const id = idOf(made[0]);
    const change = body(record({ Last_Name: "Stark", Email: "STARK@nordlicht.example", City: "Rome" }));
    change.setDuplicateCheckFields(["Email"]);
    const upserted = items(await leads.upsertRecords(change), "Data", 200)[0];
    equal([upserted.getAction().getValue(), idOf(upserted).toString()], ["update", id.toString()]);
    items(await leads.updateRecord(id, body(record({ City: "Oslo" }))), "Data", 200);
    equal((await fieldsOf("Leads", id)).getKeyValue("City"), "Oslo");
    const list = await parameters(zoho.Record.GetRecordsParam, { FIELDS: "Last_Name,City", PER_PAGE: 1 });
    equal(got(await leads.getRecords(list), 200).getInfo().getCount(), 1);
    const search = await parameters(zoho.Record.SearchRecordsParam, { CRITERIA: "((Last_Name:equals:Stark)and(City:equals:Oslo))" });
    equal(got(await leads.searchRecords(search), 200).getData().length, 1);
    items(await leads.deleteRecord(id), "Data", 200);
    equal((await leads.getRecord(id)).getStatusCode(), 204);
  },

  async count_records() {
    await lead({ Last_Name: "Counted" });
    const criteria = await parameters(zoho.Record.RecordCountParam, { CRITERIA: "(Last_Name:equals:Counted)" });
    equal(String(got(await of("Leads").recordCount(criteria), 200).getCount()), "1");
  },

  async clone_a_record() {
    const id = await lead({ City: "Turin" });
    const clone = idOf(items(await of("Leads").cloneRecord(id), "Data", 200, 201)[0]);
    equal((await fieldsOf("Leads", clone)).getKeyValue("City"), "Turin");
  },

  async write_read_and_delete_notes() {
    const module = make("Modules.MinifiedModule", { APIName: "Leads" });
    const parent = make("Notes.ParentId", { Id: await lead(), Module: module });
    const note = make("Notes.Note", { NoteTitle: "Seen", NoteContent: "at the fair", ParentId: parent });
    const notes = new zoho.Notes.NotesOperations();
    const id = idOf(items(await notes.createNotes(make("Notes.BodyWrapper", { Data: [note] })), "Data", 201)[0]);
    const fields = await parameters(zoho.Notes.GetNoteParam, { FIELDS: "Note_Title,Note_Content" });
    equal(got(await notes.getNote(id, fields), 200).getData()[0].getNoteTitle(), "Seen");
    items(await notes.deleteNote(id), "Data", 200);
  },

  async attach_list_download_and_remove_files() {
    const id = await lead();
    const attachments = new zoho.Attachments.AttachmentsOperations();
    const upload = make("Attachments.FileBodyWrapper", { File: stream("plan.txt", "three steps") });
    const attached = idOf(items(await attachments.uploadAttachments(id, "Leads", upload), "Data", 200)[0]);
    const fields = await parameters(zoho.Attachments.GetAttachmentsParam, { FIELDS: "id,File_Name,Size" });
    equal(got(await attachments.getAttachments(id, "Leads", fields), 200).getData().length, 1);
    equal(text(await file(await attachments.getAttachment(attached, id, "Leads"))), "three steps");
    items(await attachments.deleteAttachment(attached, id, "Leads"), "Data", 200);
  },

  async put_tags_on_a_record() {
    const id = await lead();
    const tags = new zoho.Tags.TagsOperations();
    const put = make("Tags.NewTagRequestWrapper", { Tags: [make("Tags.Tag", { Name: "fair" })] });
    items(await tags.addTags("Leads", id, put), "Data", 200);
    equal((await fieldsOf("Leads", id)).getTag().map((tag) => tag.getName()), ["fair"]);
  },

  async list_related_records() {
    const account = await create("Accounts", { Account_Name: "Nordlicht GmbH" });
    await create("Contacts", { Last_Name: "Weber", Account_Name: record({ id: account }) });
    const related = new zoho.RelatedRecords.RelatedRecordsOperations("Contacts", "Accounts");
    const fields = await parameters(zoho.RelatedRecords.GetRelatedRecordsParam, { FIELDS: "Last_Name" });
    equal(got(await related.getRelatedRecords(account, fields), 200).getData().length, 1);
  },

  async query_with_coql() {
    await lead({ Last_Name: "Coqlson" });
    const query = "select Last_Name from Leads where Last_Name = 'Coqlson' limit 5";
    const asked = make("Coql.BodyWrapper", { SelectQuery: query });
    equal(got(await new zoho.Coql.CoqlOperations().getRecords(asked), 200).getData().length, 1);
  },

  async convert_a_lead() {
    const converter = make("ConvertLead.LeadConverter", { Overwrite: true, NotifyLeadOwner: false });
    const operations = new zoho.ConvertLead.ConvertLeadOperations(await lead());
    items(await operations.convertLead(make("ConvertLead.BodyWrapper", { Data: [converter] })), "Data", 200);
  },

  async change_the_owner_of_a_record() {
    const user = got(await new zoho.Users.UsersOperations().getUsers(), 200).getUsers()[0].getId();
    const wanted = make("ChangeOwner.BodyWrapper", { Owner: make("ChangeOwner.Owner", { Id: user }) });
    items(await new zoho.ChangeOwner.ChangeOwnerOperations("Leads").singleUpdate(await lead(), wanted), "Data", 200);
  },

  async watch_and_stop_watching() {
    const notifications = new zoho.Notifications.NotificationsOperations();
    const channel = make("Notifications.Notification", {
      ChannelId: "1000000068002",
      NotifyUrl: "http://127.0.0.1:9/nobody",
      Events: ["Leads.create"],
      Token: "for-us",
    });
    items(await notifications.enableNotifications(make("Notifications.BodyWrapper", { Watch: [channel] })), "Watch", 201);
    const gone = await parameters(zoho.Notifications.DeleteNotificationParam, { CHANNEL_IDS: "1000000068002" });
    items(await notifications.deleteNotification(gone), "Watch", 200);
  },

  async read_in_bulk() {
    await lead({ Last_Name: "Bulkread" });
    const jobs = new zoho.BulkRead.BulkReadOperations();
    const query = make("BulkRead.Query", { Module: make("Modules.MinifiedModule", { APIName: "Leads" }), Fields: ["Last_Name"] });
    const created = items(await jobs.createBulkReadJob(make("BulkRead.BodyWrapper", { Query: query })), "Data", 201)[0];
    const id = BigInt(created.getDetails().get("id"));
    for (let tries = 0; ; tries++) {
      const job = got(await jobs.getBulkReadJobDetails(id), 200).getData()[0];
      if (job.getState().getValue() === "COMPLETED") break;
      if (tries === 30) throw new Error(job.getState().getValue());
      await fetch(url + "/__sim/v1/clock/advance", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ seconds: 60 }),
      });
    }
    const zip = text(await file(await jobs.downloadResult(id)));
    equal(zip.slice(0, 2), "PK");
  },

  async upload_and_download_files() {
    const files = new zoho.Files.FilesOperations();
    const upload = make("Files.BodyWrapper", { File: [stream("plan.txt", "three steps")] });
    const id = items(await files.uploadFiles(upload), "Data", 200)[0].getDetails().get("id");
    const asked = await parameters(zoho.Files.GetFileParam, { ID: String(id) });
    equal(text(await file(await files.getFile(asked))), "three steps");
  },

  async read_modules_fields_and_layouts() {
    const modules = got(await new zoho.Modules.ModulesOperations().getModules(), 200).getModules();
    equal(modules.some((module) => module.getAPIName() === "Leads"), true);
    const ofFields = await parameters(zoho.Fields.GetFieldsParam, { MODULE: "Leads" });
    equal(got(await new zoho.Fields.FieldsOperations().getFields(ofFields), 200).getFields().length > 40, true);
    const ofLayouts = await parameters(zoho.Layouts.GetLayoutsParam, { MODULE: "Leads" });
    equal(got(await new zoho.Layouts.LayoutsOperations().getLayouts(ofLayouts), 200).getLayouts().length > 0, true);
  },

  async read_users_and_organisation() {
    const users = got(await new zoho.Users.UsersOperations().getUsers(), 200).getUsers();
    equal(users.every((user) => user.getEmail().includes("@")), true);
    equal(got(await new zoho.Org.OrgOperations().getOrganization(), 200).getOrg()[0].getZgid(), "60007654321");
  },

  async keep_variables() {
    const variable = make("Variables.Variable", {
      Name: "Hall",
      APIName: "Hall",
      Type: choice("text"),
      Value: "Two",
      VariableGroup: make("Variables.VariableGroup", { Name: "General" }),
    });
    const variables = new zoho.Variables.VariablesOperations();
    const made = await variables.createVariables(make("Variables.BodyWrapper", { Variables: [variable] }));
    items(await variables.deleteVariable(idOf(items(made, "Variables", 201)[0])), "Variables", 200);
  },
};

let isGood = true;
for (const [name, step] of Object.entries(steps)) {
  try {
    await step();
    console.log("done", name);
  } catch (error) {
    const isMissing = error instanceof Missing;
    isGood &&= isMissing;
    console.log(isMissing ? "missing" : "failed", name);
    if (!isMissing) console.error(name, "failed:", error?.stack, error?.details);
  }
}
process.exit(isGood ? 0 : 1);
