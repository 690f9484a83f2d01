//! The programmes of a project: the five that ship and its own, made from copies.

use programme::{Programme, ProgrammeError, library};
use serde_json::Value;
use store::{ProgrammeDocument, Store};

use crate::Problem;

/// A programme with its text.
#[derive(Debug, Clone)]
pub struct Found {
    /// The programme.
    pub programme: Programme,
    /// Its TOML.
    pub text: String,
    /// Where it is one of the project's own: what it was copied from, and when it was changed.
    pub own: Option<ProgrammeDocument>,
}

/// A programme by its key: one of the project's own, else one that ships.
///
/// # Errors
/// `not_found`; `invalid_programme` when an own programme was written by a version that checked less.
pub async fn find(store: &Store, project: &str, key: &str) -> Result<Found, Problem> {
    let own = store.programme(project, key).await?;
    let text = match &own {
        Some(own) => own.text.clone(),
        None => library::text(key)
            .ok_or_else(|| Problem::not_found("kế hoạch", "programme", key))?
            .to_owned(),
    };
    Ok(Found {
        programme: programme::read(&text)?,
        text,
        own,
    })
}

/// All programmes of a project, those that ship first.
pub async fn list(store: &Store, project: &str) -> Result<Vec<Found>, Problem> {
    let mut all = Vec::new();
    for key in library::keys() {
        let text = library::text(key).unwrap_or_default().to_owned();
        all.push(Found {
            programme: programme::read(&text)?,
            text,
            own: None,
        });
    }
    for own in store.programmes(project).await? {
        all.push(Found {
            programme: programme::read(&own.text)?,
            text: own.text.clone(),
            own: Some(own),
        });
    }
    Ok(all)
}

/// Makes a programme from a copy.
///
/// # Errors
/// `conflict` when the key is taken; `invalid_programme` when the key cannot be one.
pub async fn create(
    store: &Store,
    project: &str,
    copy_of: &str,
    key: &str,
    titles: [Option<&str>; 2],
) -> Result<Found, Problem> {
    if library::text(key).is_some() {
        return Err(Problem::new(
            409,
            "conflict",
            format!("«{key}» là kế hoạch có sẵn"),
            format!("{key:?} is a programme that ships"),
        ));
    }
    let source = find(store, project, copy_of).await?;
    let mut text = with_line(&source.text, "key", key);
    for (name, title) in ["title_vi", "title_en"].into_iter().zip(titles) {
        if let Some(title) = title {
            text = with_line(&text, name, title);
        }
    }
    programme::read(&text)?;
    store.create_programme(project, key, Some(copy_of), &text).await?;
    find(store, project, key).await
}

/// The text with another value in the first line `name = …`.
fn with_line(text: &str, name: &str, value: &str) -> String {
    let written = format!("{name} = {}", toml_string(value));
    let mut done = false;
    let line = |line: &str| {
        let is_it = line
            .strip_prefix(name)
            .is_some_and(|rest| rest.trim_start().starts_with('='));
        if is_it && !done {
            done = true;
            return written.clone();
        }
        line.to_owned()
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n") + "\n"
}

/// A basic string of TOML: JSON's escapes are valid there.
fn toml_string(value: &str) -> String {
    Value::String(value.to_owned()).to_string()
}

/// The two forms in which a document comes.
#[derive(Debug, Clone)]
pub enum DocumentForm {
    /// TOML text.
    Toml(String),
    /// JSON, as in the schema.
    Json(Value),
}

/// Reads and checks a document; answers it with its text.
///
/// # Errors
/// `invalid_programme` with every fault.
pub fn check(document: DocumentForm) -> Result<(Programme, String), Problem> {
    match document {
        DocumentForm::Toml(text) => Ok((programme::read(&text)?, text)),
        DocumentForm::Json(document) => Ok(programme::read_value(document)?),
    }
}

/// Replaces one of the project's own programmes.
///
/// # Errors
/// `shipped_programme`, `not_found`, `invalid_programme`.
pub async fn change(store: &Store, project: &str, key: &str, document: DocumentForm) -> Result<Found, Problem> {
    only_own(key)?;
    if store.programme(project, key).await?.is_none() {
        return Err(Problem::not_found("kế hoạch", "programme", key));
    }
    let (programme, text) = check(document)?;
    if programme.key != key {
        let fault = programme::Problem {
            line: line_of_key(&text),
            field: "key".to_owned(),
            detail_vi: format!("mã phải là «{key}»"),
            detail_en: format!("must be {key:?}"),
        };
        return Err(ProgrammeError::Invalid(vec![fault]).into());
    }
    store.change_programme(project, key, &text).await?;
    find(store, project, key).await
}

fn line_of_key(text: &str) -> usize {
    text.lines()
        .position(|line| line.starts_with("key"))
        .unwrap_or_default()
        + 1
}

/// Deletes one of the project's own programmes.
///
/// # Errors
/// `shipped_programme`, `not_found`.
pub async fn remove(store: &Store, project: &str, key: &str) -> Result<(), Problem> {
    only_own(key)?;
    Ok(store.delete_programme(project, key).await?)
}

fn only_own(key: &str) -> Result<(), Problem> {
    if library::text(key).is_none() {
        return Ok(());
    }
    Err(Problem::new(
        409,
        "shipped_programme",
        format!("«{key}» là kế hoạch có sẵn, không sửa được"),
        format!("{key:?} ships with the program and cannot be changed"),
    )
    .advise("Tạo bản sao rồi sửa bản sao.", "Make a copy and change the copy."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_keeps_everything_but_key_and_titles() {
        let text = library::text("ha-tinh-529").unwrap();
        let copy = with_line(&with_line(text, "key", "new"), "title_vi", "Kế hoạch \"mới\"");
        let (old, new) = (programme::read(text).unwrap(), programme::read(&copy).unwrap());
        assert_eq!((new.key.as_str(), new.title_vi.as_str()), ("new", "Kế hoạch \"mới\""));
        assert_eq!((new.indicators, new.title_en), (old.indicators, old.title_en));
    }
}
