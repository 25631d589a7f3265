//! What a user may do with the records of a module, by the profile: view, create, edit, delete.
//!
//! unknown: which rights Zoho asks for where more than one thing is done; here an upsert needs to create and to edit, and what
//! hangs on a record (notes, files, tags, links, an owner) is an edit of it. Neither is known what Zoho shows of a module that the
//! user may not view where another one leads to it; here lookups and related lists show it.

use super::route::Verb;
use crate::catalog::{self, Refusal};
use crate::world::World;

/// One of the rights that a profile gives on a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Right {
    View,
    Create,
    Edit,
    Delete,
}

impl Right {
    fn name(self) -> &'static str {
        match self {
            Self::View => "View",
            Self::Create => "Create",
            Self::Edit => "Edit",
            Self::Delete => "Delete",
        }
    }
}

/// What the call of a route does with the module of its path.
pub(super) fn of_route(verb: Verb, path: &str) -> &'static [Right] {
    let Some(path) = path.strip_prefix("{module}") else {
        return &[];
    };
    match (verb, path) {
        (Verb::Get, _)
        | (
            Verb::Post,
            "/actions/count"
            | "/{id}/actions/get_related_records_count"
            | "/{id}/actions/send_mail",
        ) => &[Right::View],
        (Verb::Post, "" | "/{id}/actions/clone") => &[Right::Create],
        (Verb::Post, "/upsert") => &[Right::Create, Right::Edit],
        (Verb::Post, "/actions/mass_delete") | (Verb::Delete, "" | "/{id}") => &[Right::Delete],
        _ => &[Right::Edit],
    }
}

/// Refuses a user whose profile lacks one of these rights on a module. Modules that have no such rights are open to all.
pub(super) fn require(
    world: &World,
    user: u64,
    table: usize,
    rights: &[Right],
) -> Result<(), Refusal> {
    let profile = world.user(user).map(|user| user.profile);
    let Some(profile) = profile.and_then(|id| world.settings.profile(id)) else {
        return Ok(());
    };
    let module = &world.tables[table].module.api_name;
    for right in rights {
        if profile.lacks(right.name(), module) {
            let permission = format!("Crm_Implied_{}_{module}", right.name());
            return Err(catalog::no_permission(&permission));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_follow_what_a_call_does() {
        for (verb, path, rights) in [
            (Verb::Get, "{module}/{id}/Notes", &[Right::View][..]),
            (Verb::Post, "{module}", &[Right::Create]),
            (Verb::Post, "{module}/upsert", &[Right::Create, Right::Edit]),
            (Verb::Put, "{module}/{id}", &[Right::Edit]),
            (Verb::Delete, "{module}", &[Right::Delete]),
            (Verb::Delete, "{module}/{id}/photo", &[Right::Edit]),
            (Verb::Post, "{module}/actions/mass_update", &[Right::Edit]),
            (Verb::Post, "settings/modules", &[]),
        ] {
            assert_eq!(of_route(verb, path), rights, "{path}");
        }
    }
}
