//! Events, which people and the internal name call meetings.

use crate::schema::system::{
    Shared, any_record, boolean, date_time, description, double, lookup, special, system_columns,
    text, text_area, user,
};
use crate::schema::{DataType, Module};

pub(in crate::schema) fn module() -> Module {
    let mut fields = system_columns("Host", Shared::TAGGED);
    fields.extend([
        text("Event_Title", 255).mandatory().labelled("Title"),
        date_time("Start_DateTime").mandatory().labelled("From"),
        date_time("End_DateTime").mandatory().labelled("To"),
        boolean("All_day"),
        text("Venue", 255).labelled("Location"),
        lookup("Who_Id", "Contacts", "Events").labelled("Contact Name"),
        any_record("What_Id").labelled("Related To"),
        special("Participants", DataType::Participants),
        special("Remind_At", DataType::MultiReminder).labelled("Reminder"),
        special("Remind_Participants", DataType::MultiReminder),
        special("Recurring_Activity", DataType::Recurrence).labelled("Repeat"),
        date_time("Check_In_Time").read_only(),
        user("Check_In_By").read_only(),
        text_area("Check_In_Comment", 2_000),
        text("Check_In_Address", 255),
        text("Check_In_Sub_Locality", 255),
        text("Check_In_City", 100),
        text("Check_In_State", 100),
        text("Check_In_Country", 100),
        text("ZIP_Code", 30),
        text("Check_In_Status", 255),
        double("Latitude").with_decimals(9),
        double("Longitude").with_decimals(9),
        description(),
    ]);
    Module::new("Events", "Meeting", fields)
        .called("Meetings")
        .labelled("Meetings")
        .named_by("Event_Title")
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
