mod account;
mod api_key;
mod customer;
mod login;
mod login_history;
mod recovery;
mod second_factor;
mod switch;
