"""What hangs on a record: notes, attachments, files, tags, related records, timeline, sharing, mail."""

from zohocrmsdk.src.com.zoho.crm.api import HeaderMap, ParameterMap

from . import kit
from .kit import body, got, id_of, items, make, of, parameters, record, step


@step
def write_read_and_delete_notes():
    lead = kit.lead()
    notes = of("notes", "NotesOperations")()
    parent = make("notes", "ParentId", id=lead, module=make("modules", "MinifiedModule", api_name="Leads"))
    note = make("notes", "Note", note_title="Seen", note_content="at the fair", parent_id=parent)
    id = id_of(items(notes.create_notes(make("notes", "BodyWrapper", data=[note])), 201)[0])
    change = make("notes", "Note", note_content="and again")
    items(notes.update_note(id, make("notes", "BodyWrapper", data=[change])), 200)
    fields = parameters(of("notes", "GetNoteParam"), fields="Note_Title,Note_Content")
    read = got(notes.get_note(id, fields, HeaderMap()), 200).get_data()[0]
    assert (read.get_note_title(), read.get_note_content()) == ("Seen", "and again")
    items(notes.delete_note(id), 200)


@step
def list_related_records():
    account = kit.create("Accounts", Account_Name="Nordlicht GmbH")
    contact = kit.create("Contacts", Last_Name="Weber", Account_Name=record(id=account))
    related = of("related_records", "RelatedRecordsOperations")("Contacts", "Accounts")
    fields = parameters(of("related_records", "GetRelatedRecordsParam"), fields="Last_Name")
    rows = got(related.get_related_records(account, fields, HeaderMap()), 200).get_data()
    assert [row.get_id() for row in rows] == [contact]


@step
def relate_and_delink_records():
    lead = kit.lead()
    product = kit.create("Products", Product_Name="Press")
    related = of("related_records", "RelatedRecordsOperations")("Products", "Leads")
    wanted = make("related_records", "BodyWrapper", data=[record(id=product)])
    items(related.update_related_records(lead, wanted, HeaderMap()), 200)
    fields = parameters(of("related_records", "GetRelatedRecordsParam"), fields="Product_Name")
    rows = got(related.get_related_records(lead, fields, HeaderMap()), 200).get_data()
    assert [row.get_id() for row in rows] == [product]
    items(related.delink_record(product, lead, HeaderMap()), 200)


@step
def attach_list_download_and_remove_files():
    lead = kit.lead()
    attachments = of("attachments", "AttachmentsOperations")()
    file = make("attachments", "FileBodyWrapper", file=kit.stream("plan.txt", b"three steps"))
    id = id_of(items(attachments.upload_attachments(lead, "Leads", file), 200)[0])
    fields = parameters(of("attachments", "GetAttachmentsParam"), fields="id,File_Name,Size")
    listed = got(attachments.get_attachments(lead, "Leads", fields), 200).get_data()
    # This SDK sends no name of what is not on disk.
    (name,) = [row.get_file_name() for row in listed if int(row.get_id()) == id]
    content = got(attachments.get_attachment(id, lead, "Leads"), 200).get_file()
    assert content.get_name() == name, content.get_name()
    assert b"".join(content.get_stream()) == b"three steps"
    items(attachments.delete_attachment(id, lead, "Leads"), 200)


@step
def upload_and_download_files():
    files = of("files", "FilesOperations")()
    upload = make("files", "BodyWrapper", file=[kit.stream("plan.txt", b"three steps")])
    details = items(files.upload_files(upload, ParameterMap()), 200)[0].get_details()
    asked = parameters(of("files", "GetFileParam"), id=str(details["id"]))
    assert b"".join(got(files.get_file(asked), 200).get_file().get_stream()) == b"three steps"


@step
def make_tags_and_put_them_on_records():
    tags = of("tags", "TagsOperations")()
    module = parameters(of("tags", "CreateTagsParam"), module="Leads")
    made = make("tags", "BodyWrapper", tags=[make("tags", "Tag", name="fair")])
    id = id_of(items(tags.create_tags(made, module), 201, key="tags")[0])
    lead = kit.lead()
    put = make("tags", "NewTagRequestWrapper", tags=[make("tags", "Tag", name="fair")])
    items(tags.add_tags("Leads", lead, put, ParameterMap()), 200)
    assert [tag.get_name() for tag in kit.fields_of("Leads", lead).get_tag()] == ["fair"]
    counted = parameters(of("tags", "GetRecordCountForTagParam"), module="Leads")
    assert str(got(tags.get_record_count_for_tag(id, counted), 200).get_count()) == "1"
    off = make("tags", "ExistingTagRequestWrapper", tags=[make("tags", "ExistingTag", name="fair")])
    items(tags.remove_tags("Leads", lead, off), 200)
    # The answer holds an object where this SDK reads a list.
    assert tags.delete_tag(id).get_status_code() == 200


@step
def put_tags_on_many_records():
    tags = of("tags", "TagsOperations")()
    first, second = kit.lead(), kit.lead()
    put = make("tags", "NewTagRequestWrapper", tags=[make("tags", "Tag", name="spring")], ids=[first, second])
    items(tags.add_tags_to_multiple_records("Leads", put), 200)
    assert [tag.get_name() for tag in kit.fields_of("Leads", second).get_tag()] == ["spring"]


@step
def read_the_timeline_of_a_record():
    lead = kit.lead()
    timelines = of("timelines", "TimelinesOperations")()
    assert got(timelines.get_timelines("Leads", str(lead), ParameterMap()), 200).get_timeline()


@step
def share_a_record():
    lead = kit.lead()
    shares = of("share_records", "ShareRecordsOperations")(lead, "Leads")
    got(shares.get_shared_record_details(ParameterMap()), 200, 204)


@step
def send_a_mail():
    lead = kit.lead(Email="blake@orchard.example")
    address = lambda name, email: {"user_name": name, "email": email}
    mail = make(
        "send_mail",
        "Data",
        to=[make("send_mail", "To", **address("Blake", "blake@orchard.example"))],
        subject="Hello",
        content="Good morning.",
        mail_format=kit.choice("text"),
    )
    getattr(mail, "set_from")(make("send_mail", "From", **address("Ada Ray", "ada.ray@leadway.example")))
    sender = of("send_mail", "SendMailOperations")(lead, "Leads")
    items(sender.send_mail(make("send_mail", "BodyWrapper", data=[mail])), 200)
