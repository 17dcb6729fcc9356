mod credential_matrix;
mod key_authentication;
mod key_expiry;
mod openapi;
mod system;
