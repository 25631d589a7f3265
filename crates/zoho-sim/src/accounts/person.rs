//! People who can consent: the active users of every organisation of the simulator.

use crate::environment::SiteName;
use crate::state::Shared;

/// Somebody who can sign in.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) site: SiteName,
    pub(crate) user: u64,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) organisation: String,
}

impl Person {
    /// How forms and cookies name the person, such as `eu-5112235000000001001` or
    /// `us-sandbox-5725867000000001001`.
    pub(crate) fn key(&self) -> String {
        format!("{}-{}", self.site, self.user)
    }
}

/// Everybody who can sign in, those of the own organisation first.
pub(crate) fn people(shared: &Shared) -> Vec<Person> {
    let mut people = people_of(shared);
    for other in shared.others() {
        people.extend(people_of(&other));
    }
    people
}

fn people_of(shared: &Shared) -> Vec<Person> {
    let world = shared.world();
    let active = world.users.iter().filter(|user| user.is_active);
    let person = |user: &crate::world::User| Person {
        site: shared.site,
        user: user.id,
        name: user.full_name(),
        email: user.email.clone(),
        organisation: world.organisation.company_name.clone(),
    };
    active.map(person).collect()
}

/// The person whom a form names, by key or e-mail; the first one when it names nobody.
pub(crate) fn chosen(shared: &Shared, named: Option<&str>) -> Option<Person> {
    let mut people = people(shared).into_iter();
    match named {
        None => people.next(),
        Some(name) => people.find(|person| person.key() == name || person.email == name),
    }
}
