mod credential_matrix;
mod key_authentication;
mod key_expiry;
mod member_export;
mod openapi;
mod system;
