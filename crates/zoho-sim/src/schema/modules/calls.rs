//! Calls.

use crate::schema::Module;
use crate::schema::picklists::{
    CALL_PURPOSE, CALL_REMINDER, CALL_RESULT, CALL_SCHEDULED, CALL_STATUS, CALL_TYPE,
};
use crate::schema::system::{
    Shared, any_record, boolean, date_time, description, integer, lookup, pick_list,
    system_columns, text, website,
};

pub(in crate::schema) fn module() -> Module {
    let mut fields = system_columns("Call Owner", Shared::TAGGED);
    fields.extend([
        text("Subject", 255).mandatory(),
        pick_list("Call_Type", 120, CALL_TYPE).mandatory(),
        date_time("Call_Start_Time").mandatory(),
        text("Call_Duration", 255),
        integer("Call_Duration_in_seconds", 9).read_only(),
        lookup("Who_Id", "Contacts", "Calls").labelled("Contact Name"),
        any_record("What_Id").labelled("Related To"),
        pick_list("Call_Purpose", 120, CALL_PURPOSE),
        text("Call_Agenda", 255),
        pick_list("Call_Result", 120, CALL_RESULT),
        pick_list("Outgoing_Call_Status", 120, CALL_STATUS),
        pick_list("Scheduled_In_CRM", 120, CALL_SCHEDULED).read_only(),
        pick_list("Reminder", 120, CALL_REMINDER),
        text("Caller_ID", 255),
        text("Dialled_Number", 255),
        website("Voice_Recording__s"),
        boolean("CTI_Entry").read_only(),
        description(),
    ]);
    Module::new("Calls", "Call", fields)
        .named_by("Subject")
        .without_upsert()
        .related(&[
            ("Notes", "Notes", Some("Notes"), Some("Parent_Id")),
            (
                "Attachments",
                "Attachments",
                Some("Attachments"),
                Some("Parent_Id"),
            ),
        ])
}
