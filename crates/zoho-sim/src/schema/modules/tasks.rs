//! Tasks.

use crate::schema::picklists::{TASK_PRIORITY, TASK_STATUS};
use crate::schema::system::{
    Shared, any_record, boolean, date, date_time, description, lookup, pick_list, special,
    system_columns, text,
};
use crate::schema::{DataType, Module};

pub(in crate::schema) fn module() -> Module {
    let mut fields = system_columns("Task Owner", Shared::LOCKED);
    fields.extend([
        text("Subject", 255).mandatory(),
        date("Due_Date"),
        lookup("Who_Id", "Contacts", "Tasks").labelled("Contact Name"),
        any_record("What_Id").labelled("Related To"),
        pick_list("Status", 120, TASK_STATUS),
        pick_list("Priority", 120, TASK_PRIORITY),
        date_time("Closed_Time").read_only(),
        boolean("Send_Notification_Email"),
        special("Remind_At", DataType::Alarm),
        special("Recurring_Activity", DataType::Recurrence),
        description(),
    ]);
    Module::new("Tasks", "Task", fields)
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
            ("Emails", "Emails", None, None),
        ])
}
