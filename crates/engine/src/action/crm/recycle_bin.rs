//! The recycle bin: what was deleted, restored or deleted for good.

use futures_util::FutureExt as _;
use zoho::crm::SortOrder;

use super::processes::{accepted, accepted_schema};
use super::related::items;
use crate::action::kind::{Effect, Input, Kind};
use crate::action::{Action, AfterLoss, Answer, Context, Inputs, Outcome, read, schema};

const IDS: Input = Input::required(
    "record_ids",
    Kind::RecordIds,
    "The ids of the records, at most 100, of any modules",
);
const PAGE: &str = "crm/developer/docs/api/v8/restore-recycle-bin-records.html";

pub(super) const ACTIONS: &[Action] = &[
    Action {
        name: "crm.list_recycle_bin",
        summary: "List what is in the recycle bin, of all modules",
        inputs: &[
            Input::optional(
                "sort_by",
                Kind::Choice(&["display_name", "deleted_time", "deleted_by"]),
                "What it is sorted by; left out: deleted_time",
            ),
            Input::optional(
                "sort_order",
                Kind::Choice(&["asc", "desc"]),
                "The direction; left out: desc",
            ),
            Input::or(
                "page",
                Kind::Integer(1, 10_000),
                "1",
                "The page to begin with",
            ),
            Input::or(
                "per_page",
                Kind::Integer(1, 200),
                "200",
                "Records of a page",
            ),
            Input::or(
                "fetch_all",
                Kind::Boolean,
                "false",
                "Read all pages; each record is then a line of its own (NDJSON)",
            ),
        ],
        effect: Effect::Reads,
        output: schema::page,
        scopes: &["ZohoCRM.settings.recycle_bin.READ"],
        credits: "1 for each page of 200",
        page: PAGE,
        after_loss: AfterLoss::Repeats,
        run: list,
    },
    Action {
        name: "crm.restore_records",
        summary: "Take up to 100 records out of the recycle bin again, with what hangs on them",
        inputs: &[IDS],
        effect: Effect::Changes,
        output: schema::written,
        scopes: &["ZohoCRM.settings.recycle_bin.UPDATE"],
        credits: "1",
        page: PAGE,
        after_loss: AfterLoss::Repeats,
        run: |context, inputs| {
            async move {
                let ids = inputs.record_ids("record_ids")?;
                items(&context.crm().restore(&ids).await?)
            }
            .boxed()
        },
    },
    Action {
        name: "crm.delete_records_for_good",
        summary: "Delete up to 100 records of the recycle bin for good",
        inputs: &[IDS],
        effect: Effect::Destroys,
        output: schema::written,
        scopes: &["ZohoCRM.settings.recycle_bin.DELETE"],
        credits: "1",
        page: PAGE,
        after_loss: AfterLoss::Repeats,
        run: |context, inputs| {
            async move {
                let ids = inputs.record_ids("record_ids")?;
                items(&context.crm().delete_for_good(&ids).await?)
            }
            .boxed()
        },
    },
    Action {
        name: "crm.empty_recycle_bin",
        summary: "Delete everything in the recycle bin for good; beyond 1,000 records Zoho does it later",
        inputs: &[],
        effect: Effect::Destroys,
        output: accepted_schema,
        scopes: &["ZohoCRM.settings.recycle_bin.UPDATE"],
        credits: "1",
        page: "crm/developer/docs/api/v8/empty-recycle-bin.html",
        after_loss: AfterLoss::Asks,
        run: |context, _| {
            async move { accepted(&context.crm().empty_recycle_bin().await?) }.boxed()
        },
    },
];

fn list<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let mut bin = context.crm().recycle_bin();
        if let Some(field) = inputs.maybe("sort_by") {
            bin = bin.sort_by(field);
        }
        bin = match inputs.maybe("sort_order") {
            Some("asc") => bin.sort_order(SortOrder::Ascending),
            Some(_) => bin.sort_order(SortOrder::Descending),
            None => bin,
        };
        if let Some(per_page) = inputs.number("per_page") {
            bin = bin.per_page(per_page);
        }
        if let Some(page) = inputs.number("page") {
            bin = bin.page(page);
        }
        if inputs.is("fetch_all") {
            return Ok(Answer::rows(bin.stream()));
        }
        let page = read(|| bin.send()).await?;
        Answer::json(&super::page(page.records, &page.info))
    }
    .boxed()
}
