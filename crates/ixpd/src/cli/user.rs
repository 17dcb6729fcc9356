//! `ixpd user create|find|set-password|enable|disable|reset-2fa|sessions`.

use std::{cell::Cell, process::ExitCode, rc::Rc};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use ixpd_db::{
    DbErr,
    entity::user,
    query::{account, remember_token as devices, session as sessions, user as users},
};
use ixpd_types::{CustomerType, Privilege};
use serde::Serialize;
use zeroize::Zeroizing;

use super::{
    api_key::readable,
    ask::PasswordSource,
    context::Context,
    output,
    questions::{Question, Questions},
};
use crate::{
    error::{AppError, FieldErrors},
    service::user::{self as service, NewUser},
    services::Services,
};

/// Commands about accounts. A user is named by the user name, or by an e-mail address that one alone has.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Make a user; what no option gives is asked for
    #[command(
        after_help = "Example: ixpd user create --username ann --name 'Ann Lee' --email ann@example.net --customer 2 --privilege 2 --password-stdin"
    )]
    Create(Box<Create>),
    /// List the users whose name or e-mail address contains a text, or all of them
    #[command(after_help = "Example: ixpd user find ann --json")]
    Find(Find),
    /// Change a password; the user is logged out everywhere
    #[command(after_help = "Example: ixpd user set-password ann --password-file secret.txt")]
    SetPassword(SetPassword),
    /// Let a disabled user in again
    #[command(after_help = "Example: ixpd user enable ann")]
    Enable(Named),
    /// Shut a user out, with sessions and API keys
    #[command(after_help = "Example: ixpd user disable ann")]
    Disable(Named),
    /// Take away a user's second factor; the user is logged out everywhere
    #[command(name = "reset-2fa", after_help = "Example: ixpd user reset-2fa ann")]
    ResetSecondFactor(Named),
    /// List where a user is logged in, or end that
    #[command(after_help = "Example: ixpd user sessions ann --end")]
    Sessions(Sessions),
}

/// See [`UserCommand::Create`].
#[derive(Debug, Args)]
pub struct Create {
    /// What the user logs in with: 3 to 255 of a-z, 0-9, `-`, `_` and `.`
    #[arg(long)]
    username: Option<String>,
    /// The person's name
    #[arg(long)]
    name: Option<String>,
    /// The person's e-mail address
    #[arg(long)]
    email: Option<String>,
    /// The person's telephone number
    #[arg(long)]
    mobile: Option<String>,
    /// Id or short name of the member
    #[arg(long, alias = "custid", value_name = "MEMBER")]
    customer: Option<String>,
    /// 1 user of the member, 2 its administrator, 3 superuser of the exchange
    #[arg(long, alias = "priv", value_name = "1|2|3")]
    privilege: Option<String>,
    #[command(flatten)]
    password: PasswordSource,
}

/// See [`UserCommand::Find`].
#[derive(Debug, Args)]
pub struct Find {
    /// Part of a user name or e-mail address
    #[arg(default_value = "", hide_default_value = true)]
    text: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// See [`UserCommand::SetPassword`].
#[derive(Debug, Args)]
pub struct SetPassword {
    /// The user
    user: String,
    #[command(flatten)]
    password: PasswordSource,
}

/// A user by name.
#[derive(Debug, Args)]
pub struct Named {
    /// The user
    user: String,
}

/// See [`UserCommand::Sessions`].
#[derive(Debug, Args)]
pub struct Sessions {
    /// The user
    user: String,
    /// End them all, remembered devices included
    #[arg(long)]
    end: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A user in a list.
#[derive(Serialize)]
struct Listed {
    id: i32,
    username: Option<String>,
    name: Option<String>,
    email: Option<String>,
    disabled: bool,
    members: Vec<ListedMembership>,
}

#[derive(Serialize)]
struct ListedMembership {
    id: i32,
    name: Option<String>,
    privilege: i32,
}

/// A place where a user is logged in.
#[derive(Serialize)]
struct ListedSession {
    kind: &'static str,
    device: Option<String>,
    ip: Option<String>,
    since: String,
    last_activity: Option<String>,
    ends: String,
}

impl UserCommand {
    /// Does what was asked.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn run(self, context: &Context) -> anyhow::Result<ExitCode> {
        let services = context.services().await?;
        match self {
            Self::Create(command) => command.run(context, &services).await?,
            Self::Find(command) => command.run(&services).await?,
            Self::SetPassword(command) => command.run(context, &services).await?,
            Self::Enable(command) => set_disabled(context, &services, &command.user, false).await?,
            Self::Disable(command) => set_disabled(context, &services, &command.user, true).await?,
            Self::ResetSecondFactor(command) => {
                let user = named(&services, &command.user).await?;
                let had_one = service::reset_second_factor(&services, &context.by(), user.id).await?;
                let what = if had_one { "has no second factor any more" } else { "has no second factor" };
                output::message(format_args!("{} {what}.", name_of(&user)));
            }
            Self::Sessions(command) => command.run(context, &services).await?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Create {
    async fn run(self, context: &Context, services: &Services) -> anyhow::Result<()> {
        let mut questions =
            questions(services, self.username, self.name, self.email, self.customer, self.privilege);
        questions.complete(FieldErrors::new()).map_err(by_option)?;
        if questions.were_asked() && !questions.review("Make this user?", &[])? {
            bail!("no user was made");
        }
        let answer = |option| questions.answer(option).to_owned();
        let (username, name, email) = (answer("username"), answer("name"), answer("email"));
        let customer = account::customer(services.db.connection(), questions.answer("customer")).await?;
        let customer = customer.context("--customer: the member is gone")?;
        let privilege = privilege(questions.answer("privilege")).map_err(anyhow::Error::msg)?;
        let (password, is_random) = password(services, &self.password)?;
        let new = NewUser { username, name, email, mobile: self.mobile, customer, privilege };
        let username = new.username.clone();
        let id = service::create(services, &context.by(), new, &password).await.map_err(readable)?;
        output::message(format_args!("Made the user {username}, id {id}."));
        show_random(&password, is_random)
    }
}

/// What makes an account. Names and addresses that are taken, and members that aren't there, are told at once.
fn questions(
    services: &Services,
    username: Option<String>,
    name: Option<String>,
    email: Option<String>,
    customer: Option<String>,
    level: Option<String>,
) -> Questions<'_> {
    let found = |error: DbErr| format!("the database failed: {error}");
    let mut questions = Questions::default();
    questions.push(Question::new("username", "User name", username, move |text| {
        if let Some(problem) = service::username_problem(text.trim()) {
            return Err(problem);
        }
        let taken = wait(users::by_username(services.db.connection(), text.trim())).map_err(found)?;
        taken.map_or_else(
            || Ok(text.trim().to_owned()),
            |_| Err(format!("There is a user `{}` already.", text.trim())),
        )
    }));
    questions.push(Question::new("name", "Name of the person", name, |text| {
        service::name_problem(text).map_or_else(|| Ok(text.trim().to_owned()), Err)
    }));
    questions.push(Question::new("email", "E-mail address", email, move |text| {
        if let Some(problem) = service::email_problem(text.trim()) {
            return Err(problem);
        }
        let taken = wait(users::by_email(services.db.connection(), text.trim())).map_err(found)?;
        match taken.first() {
            None => Ok(text.trim().to_owned()),
            Some(other) => Err(format!("The user `{}` has {} already.", name_of(other), text.trim())),
        }
    }));
    // Whether the member is the exchange itself, once that is known.
    let is_internal = Rc::new(Cell::new(None));
    let of_privilege = Rc::clone(&is_internal);
    questions.push(Question::new("customer", "Member, by id or short name", customer, move |text| {
        let member = wait(account::customer(services.db.connection(), text.trim())).map_err(found)?;
        let none = || format!("there is no member `{}`; accepted are an id and a short name", text.trim());
        let member = member.ok_or_else(none)?;
        is_internal.set(Some(member.r#type == Some(CustomerType::Internal.code())));
        Ok(text.trim().to_owned())
    }));
    let text = "Privilege, 1 user, 2 administrator, 3 superuser";
    let level = Question::new("privilege", text, level, move |text| match privilege(text)? {
        Privilege::Superuser if of_privilege.get() == Some(false) => Err(service::ONLY_INTERNAL.to_owned()),
        level => Ok(level.code().to_string()),
    });
    questions.push(level.usual("1"));
    questions
}

/// Waits for the database on the thread of the terminal.
fn wait<T>(query: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(query))
}

fn privilege(text: &str) -> Result<Privilege, String> {
    let privilege = text.trim().parse::<i32>().ok().and_then(|code| Privilege::from_code(code).ok());
    privilege.filter(|privilege| *privilege > Privilege::Public).ok_or_else(|| {
        format!("`{text}`: accepted are 1 (user), 2 (administrator of the member) and 3 (superuser)")
    })
}

/// Complaints by option, a line each.
fn by_option(error: anyhow::Error) -> anyhow::Error {
    let Some(AppError::Validation(fields)) = error.downcast_ref() else { return error };
    let lines = fields
        .iter()
        .flat_map(|(field, reasons)| reasons.iter().map(move |reason| format!("--{field}: {reason}")));
    anyhow::anyhow!("{}", lines.collect::<Vec<_>>().join("\n"))
}

impl Find {
    async fn run(self, services: &Services) -> anyhow::Result<()> {
        let found = account::find(services.db.connection(), &self.text).await?;
        let listed: Vec<Listed> = found.into_iter().map(Listed::from).collect();
        let headings = ["ID", "USER", "NAME", "E-MAIL", "DISABLED", "MEMBERS (PRIVILEGE)"];
        output::list(&listed, self.json, &headings, |user| {
            let members = user.members.iter().map(|member| {
                format!("{} ({})", member.name.as_deref().unwrap_or(""), privilege_word(member.privilege))
            });
            vec![
                user.id.to_string(),
                user.username.clone().unwrap_or_default(),
                user.name.clone().unwrap_or_default(),
                user.email.clone().unwrap_or_default(),
                if user.disabled { "yes" } else { "no" }.to_owned(),
                members.collect::<Vec<_>>().join(", "),
            ]
        })
    }
}

fn privilege_word(code: i32) -> String {
    match Privilege::from_code(code) {
        Ok(Privilege::CustomerUser) => "user".to_owned(),
        Ok(Privilege::CustomerAdmin) => "administrator".to_owned(),
        Ok(Privilege::Superuser) => "superuser".to_owned(),
        _ => code.to_string(),
    }
}

impl From<account::AccountWithMemberships> for Listed {
    fn from((user, memberships): account::AccountWithMemberships) -> Self {
        let members = memberships.into_iter().map(|membership| ListedMembership {
            id: membership.customer_id,
            name: membership.customer_name,
            privilege: membership.privilege,
        });
        Self {
            id: user.id,
            username: user.username,
            name: user.name,
            email: user.email,
            disabled: user.disabled.unwrap_or(false),
            members: members.collect(),
        }
    }
}

impl SetPassword {
    async fn run(self, context: &Context, services: &Services) -> anyhow::Result<()> {
        let user = named(services, &self.user).await?;
        let (password, is_random) = password(services, &self.password)?;
        service::set_password(services, &context.by(), &user, &password).await.map_err(readable)?;
        output::message(format_args!(
            "Changed the password of {}, who is logged out everywhere.",
            name_of(&user)
        ));
        show_random(&password, is_random)
    }
}

/// The password that was entered, or a random one for an empty one.
fn password(services: &Services, source: &PasswordSource) -> anyhow::Result<(Zeroizing<String>, bool)> {
    let entered = source.read(service::password_problem)?;
    if entered.is_empty() {
        return Ok((Zeroizing::new(service::random_password(services)), true));
    }
    Ok((entered, false))
}

fn show_random(password: &str, is_random: bool) -> anyhow::Result<()> {
    if is_random {
        output::message("The password, shown this once:");
        output::result(password)?;
    }
    Ok(())
}

async fn set_disabled(
    context: &Context,
    services: &Services,
    name: &str,
    disabled: bool,
) -> anyhow::Result<()> {
    let user = named(services, name).await?;
    let changed = service::set_disabled(services, &context.by(), &user, disabled).await?;
    let word = if disabled { "disabled" } else { "enabled" };
    let already = if changed { "" } else { " already" };
    output::message(format_args!("{} is {word}{already}.", name_of(&user)));
    Ok(())
}

impl Sessions {
    async fn run(self, context: &Context, services: &Services) -> anyhow::Result<()> {
        let user = named(services, &self.user).await?;
        if self.end {
            service::end_sessions(services, &context.by(), user.id).await?;
            output::message(format_args!("{} is logged out everywhere.", name_of(&user)));
            return Ok(());
        }
        let (db, now) = (services.db.connection(), services.shown_now());
        let mut listed: Vec<ListedSession> = Vec::new();
        listed.extend(sessions::of_user(db, user.id, now).await?.into_iter().map(|row| ListedSession {
            kind: "session",
            device: row.user_agent,
            ip: row.ip,
            since: row.created_at.to_string(),
            last_activity: Some(row.last_activity.to_string()),
            ends: row.expires_at.to_string(),
        }));
        listed.extend(devices::of_user(db, user.id, now).await?.into_iter().map(|row| ListedSession {
            kind: "remembered",
            device: Some(row.device),
            ip: Some(row.ip),
            since: row.created_at.to_string(),
            last_activity: None,
            ends: row.expires.to_string(),
        }));
        let headings = ["KIND", "SINCE", "LAST ACTIVITY", "ENDS", "FROM", "DEVICE"];
        output::list(&listed, self.json, &headings, |session| {
            vec![
                session.kind.to_owned(),
                session.since.clone(),
                session.last_activity.clone().unwrap_or_default(),
                session.ends.clone(),
                session.ip.clone().unwrap_or_default(),
                session.device.clone().unwrap_or_default(),
            ]
        })
    }
}

/// The user of this name, or the only one with this e-mail address.
async fn named(services: &Services, name: &str) -> anyhow::Result<user::Model> {
    let db = services.db.connection();
    if let Some(user) = users::by_username(db, name).await? {
        return Ok(user);
    }
    let mut with_address = if name.contains('@') { users::by_email(db, name).await? } else { Vec::new() };
    match with_address.len() {
        0 => bail!("there is no user `{name}`; `ixpd user find` looks for one"),
        1 => Ok(with_address.remove(0)),
        several => bail!("{several} users have the address {name}; name one of them by its user name"),
    }
}

fn name_of(user: &user::Model) -> &str {
    user.username.as_deref().unwrap_or("")
}
