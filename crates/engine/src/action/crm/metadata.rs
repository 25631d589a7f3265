//! What the organisation is made of: modules, fields, layouts, users.

use futures_util::FutureExt as _;
use serde_json::{Value, json};
use zoho::crm::{Setup, UserKind};

use crate::action::kind::{Effect, Input, Kind};
use crate::action::{
    Action, ActionError, AfterLoss, Answer, Context, Inputs, Outcome, read, schema,
};

const MODULE: Input = Input::required("module", Kind::Module, "The module's API name");

pub(super) const ACTIONS: &[Action] = &[
    Action {
        name: "crm.list_modules",
        summary: "List the modules of the organisation",
        inputs: &[],
        effect: Effect::Reads,
        output: || schema::list("modules"),
        scopes: &["ZohoCRM.settings.modules.READ"],
        credits: "1",
        page: "crm/developer/docs/api/v8/modules-api.html",
        after_loss: AfterLoss::Repeats,
        run: list_modules,
    },
    Action {
        name: "crm.get_module",
        summary: "Describe a module",
        inputs: &[MODULE],
        effect: Effect::Reads,
        output: || schema::one("module", schema::record()),
        scopes: &["ZohoCRM.settings.modules.READ"],
        credits: "1",
        page: "crm/developer/docs/api/v8/modules-api.html",
        after_loss: AfterLoss::Repeats,
        run: get_module,
    },
    Action {
        name: "crm.list_fields",
        summary: "List a module's fields: types, lengths, picklist values, what may be written",
        inputs: &[MODULE],
        effect: Effect::Reads,
        output: || schema::list("fields"),
        scopes: &["ZohoCRM.settings.fields.READ"],
        credits: "1",
        page: "crm/developer/docs/api/v8/field-meta.html",
        after_loss: AfterLoss::Repeats,
        run: list_fields,
    },
    Action {
        name: "crm.list_picklist_values",
        summary: "List the values of a picklist field",
        inputs: &[
            MODULE,
            Input::required("field", Kind::Field, "The picklist's API name"),
        ],
        effect: Effect::Reads,
        output: || schema::list("values"),
        scopes: &["ZohoCRM.settings.fields.READ"],
        credits: "1",
        page: "crm/developer/docs/api/v8/field-meta.html",
        after_loss: AfterLoss::Repeats,
        run: list_picklist_values,
    },
    Action {
        name: "crm.list_layouts",
        summary: "List a module's layouts with their sections and mandatory fields",
        inputs: &[MODULE],
        effect: Effect::Reads,
        output: || schema::list("layouts"),
        scopes: &["ZohoCRM.settings.layouts.READ"],
        credits: "1",
        page: "crm/developer/docs/api/v8/layouts-meta.html",
        after_loss: AfterLoss::Repeats,
        run: list_layouts,
    },
    Action {
        name: "crm.list_custom_views",
        summary: "List a module's custom views, by whose ids records are listed, exported, changed and deleted",
        inputs: &[MODULE],
        effect: Effect::Reads,
        output: || schema::list("custom_views"),
        scopes: &["ZohoCRM.settings.custom_views.READ"],
        credits: "1",
        page: "crm/developer/docs/api/v8/custom-view-meta.html",
        after_loss: AfterLoss::Repeats,
        run: |context, inputs| {
            async move {
                let crm = context.crm();
                let module = inputs.text("module");
                answer("custom_views", read(|| crm.custom_views(module)).await?)
            }
            .boxed()
        },
    },
    Action {
        name: "crm.list_currencies",
        summary: "List the currencies of the organisation with their rates",
        inputs: &[],
        effect: Effect::Reads,
        output: || schema::list("currencies"),
        scopes: &["ZohoCRM.settings.currencies.READ"],
        credits: "1",
        page: "crm/developer/docs/api/v8/get-currencies-data.html",
        after_loss: AfterLoss::Repeats,
        run: |context, _| setup(context, "currencies", Setup::Currencies),
    },
    Action {
        name: "crm.list_variables",
        summary: "List the variables of the organisation",
        inputs: &[],
        effect: Effect::Reads,
        output: || schema::list("variables"),
        scopes: &["ZohoCRM.settings.variables.READ"],
        credits: "1",
        page: "crm/developer/docs/api/v8/get-variables.html",
        after_loss: AfterLoss::Repeats,
        run: |context, _| setup(context, "variables", Setup::Variables),
    },
    Action {
        name: "crm.list_territories",
        summary: "List the territories of the organisation",
        inputs: &[],
        effect: Effect::Reads,
        output: || schema::list("territories"),
        scopes: &["ZohoCRM.settings.territories.READ"],
        credits: "1",
        page: "crm/developer/docs/api/v8/get-territories.html",
        after_loss: AfterLoss::Repeats,
        run: |context, _| setup(context, "territories", Setup::Territories),
    },
    Action {
        name: "crm.list_assignment_rules",
        summary: "List the rules that give records an owner",
        inputs: &[],
        effect: Effect::Reads,
        output: || schema::list("assignment_rules"),
        scopes: &["ZohoCRM.settings.assignment_rules.READ"],
        credits: "1",
        page: "crm/developer/docs/api/v8/",
        after_loss: AfterLoss::Repeats,
        run: |context, _| setup(context, "assignment_rules", Setup::AssignmentRules),
    },
    Action {
        name: "crm.list_user_groups",
        summary: "List the groups of users",
        inputs: &[],
        effect: Effect::Reads,
        output: || schema::list("user_groups"),
        scopes: &["ZohoCRM.settings.user_groups.READ"],
        credits: "1",
        page: "crm/developer/docs/api/v8/",
        after_loss: AfterLoss::Repeats,
        run: |context, _| setup(context, "user_groups", Setup::UserGroups),
    },
    Action {
        name: "crm.get_org",
        summary: "Describe the organisation: name, edition, time zone, currency",
        inputs: &[],
        effect: Effect::Reads,
        output: || schema::one("org", schema::record()),
        scopes: &["ZohoCRM.org.READ"],
        credits: "1",
        page: "crm/developer/docs/api/v8/get-org-data.html",
        after_loss: AfterLoss::Repeats,
        run: get_org,
    },
    Action {
        name: "crm.get_current_user",
        summary: "Describe the user who granted the connection",
        inputs: &[],
        effect: Effect::Reads,
        output: || schema::one("user", schema::record()),
        scopes: &["ZohoCRM.users.READ"],
        credits: "1",
        page: "crm/developer/docs/api/v8/get-users.html",
        after_loss: AfterLoss::Repeats,
        run: get_current_user,
    },
    Action {
        name: "crm.list_users",
        summary: "List the users of the organisation",
        inputs: &[
            Input::or(
                "kind",
                Kind::Choice(&[
                    "all",
                    "active",
                    "deactive",
                    "confirmed",
                    "not_confirmed",
                    "deleted",
                    "active_confirmed",
                    "admin",
                    "active_confirmed_admins",
                ]),
                "\"all\"",
                "Which of them",
            ),
            Input::optional(
                "modified_since",
                Kind::Instant,
                "Only users who were changed after this instant",
            ),
            Input::or(
                "page",
                Kind::Integer(1, 10_000),
                "1",
                "The page to begin with",
            ),
            Input::or("per_page", Kind::Integer(1, 200), "200", "Users of a page"),
            Input::or(
                "fetch_all",
                Kind::Boolean,
                "false",
                "Read all pages; each user is then a line of its own (NDJSON)",
            ),
        ],
        effect: Effect::Reads,
        output: schema::page,
        scopes: &["ZohoCRM.users.READ"],
        credits: "1",
        page: "crm/developer/docs/api/v8/get-users.html",
        after_loss: AfterLoss::Repeats,
        run: list_users,
    },
    Action {
        name: "crm.list_roles",
        summary: "List the roles of the organisation",
        inputs: &[],
        effect: Effect::Reads,
        output: || schema::list("roles"),
        scopes: &["ZohoCRM.settings.roles.READ"],
        credits: "1",
        page: "crm/developer/docs/api/v8/get-roles.html",
        after_loss: AfterLoss::Repeats,
        run: |context, _| {
            async move {
                let crm = context.crm();
                answer("roles", read(|| crm.roles()).await?)
            }
            .boxed()
        },
    },
    Action {
        name: "crm.get_role",
        summary: "Describe a role",
        inputs: &[Input::required("role_id", Kind::RecordId, "The role's id")],
        effect: Effect::Reads,
        output: || schema::one("role", schema::record()),
        scopes: &["ZohoCRM.settings.roles.READ"],
        credits: "1",
        page: "crm/developer/docs/api/v8/get-roles.html",
        after_loss: AfterLoss::Repeats,
        run: |context, inputs| {
            async move {
                let (crm, id) = (context.crm(), inputs.record_id("role_id")?);
                let role = read(|| crm.role(&id)).await?;
                let role = role.ok_or_else(|| ActionError::no_record("role", id.as_str()))?;
                answer("role", role)
            }
            .boxed()
        },
    },
    Action {
        name: "crm.list_profiles",
        summary: "List the profiles of the organisation",
        inputs: &[],
        effect: Effect::Reads,
        output: || schema::list("profiles"),
        scopes: &["ZohoCRM.settings.profiles.READ"],
        credits: "1",
        page: "crm/developer/docs/api/v8/get-profiles.html",
        after_loss: AfterLoss::Repeats,
        run: |context, _| {
            async move {
                let crm = context.crm();
                answer("profiles", read(|| crm.profiles()).await?)
            }
            .boxed()
        },
    },
    Action {
        name: "crm.get_profile",
        summary: "Describe a profile and what it allows",
        inputs: &[Input::required(
            "profile_id",
            Kind::RecordId,
            "The profile's id",
        )],
        effect: Effect::Reads,
        output: || schema::one("profile", schema::record()),
        scopes: &["ZohoCRM.settings.profiles.READ"],
        credits: "1",
        page: "crm/developer/docs/api/v8/get-profiles.html",
        after_loss: AfterLoss::Repeats,
        run: |context, inputs| {
            async move {
                let (crm, id) = (context.crm(), inputs.record_id("profile_id")?);
                let profile = read(|| crm.profile(&id)).await?;
                let profile =
                    profile.ok_or_else(|| ActionError::no_record("profile", id.as_str()))?;
                answer("profile", profile)
            }
            .boxed()
        },
    },
    Action {
        name: "crm.get_user",
        summary: "Describe a user",
        inputs: &[Input::required("user_id", Kind::RecordId, "The user's id")],
        effect: Effect::Reads,
        output: || schema::one("user", schema::record()),
        scopes: &["ZohoCRM.users.READ"],
        credits: "1",
        page: "crm/developer/docs/api/v8/get-users.html",
        after_loss: AfterLoss::Repeats,
        run: get_user,
    },
];

fn list_modules<'a>(context: &'a Context, _: &'a Inputs) -> Outcome<'a> {
    async move {
        let crm = context.crm();
        answer("modules", read(|| crm.modules()).await?)
    }
    .boxed()
}

fn get_module<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let (crm, name) = (context.crm(), inputs.text("module"));
        let module = read(|| crm.module(name)).await?;
        answer("module", module.ok_or_else(|| no_module(name))?)
    }
    .boxed()
}

fn list_fields<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let (crm, name) = (context.crm(), inputs.text("module"));
        answer("fields", read(|| crm.fields(name)).await?)
    }
    .boxed()
}

fn list_picklist_values<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let (crm, name, field) = (context.crm(), inputs.text("module"), inputs.text("field"));
        let fields = read(|| crm.fields(name)).await?;
        let Some(found) = fields.iter().find(|known| known.api_name == field) else {
            return Err(ActionError::input(
                "field",
                Some(&json!(field)),
                format!("{name} has no field {field}"),
                "Take the name from list_fields.",
            ));
        };
        if found.pick_list_values.is_empty() {
            return Err(ActionError::input(
                "field",
                Some(&json!(field)),
                format!("{field} is no picklist; its type is {}", found.data_type),
                "Name a field of the type picklist or multiselectpicklist.",
            ));
        }
        answer("values", &found.pick_list_values)
    }
    .boxed()
}

fn list_layouts<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let (crm, name) = (context.crm(), inputs.text("module"));
        answer("layouts", read(|| crm.layouts(name)).await?)
    }
    .boxed()
}

fn setup<'a>(context: &'a Context, name: &'static str, what: Setup) -> Outcome<'a> {
    async move {
        let crm = context.crm();
        answer(name, read(|| crm.setup(what)).await?)
    }
    .boxed()
}

fn get_org<'a>(context: &'a Context, _: &'a Inputs) -> Outcome<'a> {
    async move {
        let crm = context.crm();
        answer("org", read(|| crm.org()).await?)
    }
    .boxed()
}

fn get_current_user<'a>(context: &'a Context, _: &'a Inputs) -> Outcome<'a> {
    async move {
        let crm = context.crm();
        answer("user", read(|| crm.current_user()).await?)
    }
    .boxed()
}

fn list_users<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let mut users = context.crm().users().kind(match inputs.text("kind") {
            "active" => UserKind::Active,
            "deactive" => UserKind::Deactive,
            "confirmed" => UserKind::Confirmed,
            "not_confirmed" => UserKind::NotConfirmed,
            "deleted" => UserKind::Deleted,
            "active_confirmed" => UserKind::ActiveConfirmed,
            "admin" => UserKind::Admin,
            "active_confirmed_admins" => UserKind::ActiveConfirmedAdmins,
            _ => UserKind::All,
        });
        if let Some(instant) = inputs.instant("modified_since") {
            users = users.modified_since(instant);
        }
        if let Some(per_page) = inputs.number("per_page") {
            users = users.per_page(per_page);
        }
        if let Some(page) = inputs.number("page") {
            users = users.page(page);
        }
        if inputs.is("fetch_all") {
            return Ok(Answer::rows(users.stream()));
        }
        let page = read(|| users.send()).await?;
        Answer::json(&super::page(page.records, &page.info))
    }
    .boxed()
}

fn get_user<'a>(context: &'a Context, inputs: &'a Inputs) -> Outcome<'a> {
    async move {
        let (crm, id) = (context.crm(), inputs.record_id("user_id")?);
        let user = read(|| crm.user(&id)).await?;
        answer(
            "user",
            user.ok_or_else(|| ActionError::no_record("user", id.as_str()))?,
        )
    }
    .boxed()
}

fn answer(name: &str, value: impl serde::Serialize) -> Result<Answer, ActionError> {
    Answer::json(&json!({ name: json!(value) }))
}

fn no_module(name: &str) -> ActionError {
    let mut error = ActionError::input(
        "module",
        Some(&Value::from(name)),
        format!("the organisation has no module {name}"),
        "Take the API name from list_modules.",
    );
    error.class = crate::action::ErrorClass::NotFound;
    error
}
