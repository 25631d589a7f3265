//! The name that somebody probably meant: shown where a field isn't known.

/// The candidate nearest to `name`, if any is near enough to be a likely slip. Each candidate is compared by
/// its API name and by its label, without regard to case, blanks and underscores.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl Iterator<Item = (&'a str, &'a str)>,
) -> Option<&'a str> {
    let wanted = squash(name);
    let (distance, candidate) = candidates
        .map(|(api_name, label)| {
            let distance =
                distance(&wanted, &squash(api_name)).min(distance(&wanted, &squash(label)));
            (distance, api_name)
        })
        .min_by_key(|(distance, _)| *distance)?;
    (distance <= wanted.len() / 3).then_some(candidate)
}

fn squash(name: &str) -> Vec<char> {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// How many characters must be inserted, left out or changed to make one name of the other.
fn distance(left: &[char], right: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let changed = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_slips_and_labels_and_leaves_the_rest() {
        let fields = || {
            [
                ("Last_Name", "Last Name"),
                ("Designation", "Title"),
                ("Email", "Email"),
            ]
            .into_iter()
        };
        assert_eq!(nearest("LastName", fields()), Some("Last_Name"));
        assert_eq!(nearest("last_nmae", fields()), Some("Last_Name"));
        assert_eq!(nearest("title", fields()), Some("Designation"));
        assert_eq!(nearest("E-mail", fields()), Some("Email"));
        assert_eq!(nearest("Favourite_Colour", fields()), None);
        assert_eq!(nearest("X", std::iter::empty()), None);
    }

    #[test]
    fn counts_changes() {
        let distance = |left: &str, right: &str| distance(&squash(left), &squash(right));
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("abc", "abc"), 0);
    }
}
