//! `GET /{module}/{id}/Emails/actions/download_attachments?user_id=&message_id=&id=&name=` and
//! `…/download_inline_images?user_id=&message_id=&id=`: a file of a mail.
//!
//! unknown: what Zoho says when a parameter names nothing; the parameter is told here.

use super::list::{record, sent};
use crate::catalog::{self, Refusal};
use crate::crm::Context;
use crate::crm::files;
use crate::http::Answer;
use crate::rows::id_in;
use crate::world::World;
use crate::world::mails::Mail;

pub(super) fn attachment(context: &Context<'_>) -> Result<Answer, Refusal> {
    let [user, message, id, name] = wanted(context, ["user_id", "message_id", "id", "name"])?;
    let world = context.shared.world();
    let mail = mail(context, &world, user, message)?;
    let is_attached = mail.attachments.iter().any(|attached| attached == id);
    let file = is_attached.then(|| world.files.stored(id)).flatten();
    let file = file.ok_or_else(|| catalog::invalid_param("id"))?;
    if file.name == name {
        Ok(files::sent(file))
    } else {
        Err(catalog::invalid_param("name"))
    }
}

pub(super) fn inline_image(context: &Context<'_>) -> Result<Answer, Refusal> {
    let [user, message, id] = wanted(context, ["user_id", "message_id", "id"])?;
    let world = context.shared.world();
    let mail = mail(context, &world, user, message)?;
    let is_named = mail.inline_images.iter().any(|image| image == id);
    let file = is_named.then(|| world.files.stored(id)).flatten();
    file.map(files::sent)
        .ok_or_else(|| catalog::invalid_param("id"))
}

/// The parameters, all of which have to be given.
fn wanted<'call, const COUNT: usize>(
    context: &Context<'call>,
    names: [&'static str; COUNT],
) -> Result<[&'call str; COUNT], Refusal> {
    let mut values = [""; COUNT];
    for (value, name) in values.iter_mut().zip(names) {
        let given = context.call.query.get(name);
        *value = given
            .filter(|given| !given.is_empty())
            .ok_or_else(|| catalog::required_param_missing(name))?;
    }
    Ok(values)
}

/// The mail that the user has sent from the record.
fn mail<'world>(
    context: &Context<'_>,
    world: &'world World,
    user: &str,
    message: &str,
) -> Result<&'world Mail, Refusal> {
    let record = record(context, world)?;
    let user = id_in(&user.into()).ok_or_else(|| catalog::invalid_param("user_id"))?;
    let mut mails = sent(world, record, context.now());
    let mail = mails.find(|mail| mail.message_id == message);
    let mail = mail.ok_or_else(|| catalog::invalid_param("message_id"))?;
    if mail.user == user {
        Ok(mail)
    } else {
        Err(catalog::invalid_param("user_id"))
    }
}
