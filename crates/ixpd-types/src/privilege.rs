use crate::code::number_code;

number_code! {
    /// What a user may do for a customer (`customer_to_users.privs`). Ordered: a greater one may do more.
    Privilege, "privilege" {
        /// Nobody is logged in. Never stored.
        Public = 0, "Public";
        /// May look at its customer's data.
        CustomerUser = 1, "Customer User";
        /// May change its customer's data and manage its users.
        CustomerAdmin = 2, "Customer Administrator";
        /// Runs the exchange. Only users of an internal customer.
        Superuser = 3, "Superuser";
    }
}

#[cfg(test)]
mod tests {
    use super::Privilege;

    #[test]
    fn a_greater_privilege_may_do_more() {
        assert!(Privilege::Superuser > Privilege::CustomerAdmin);
        assert!(Privilege::CustomerAdmin > Privilege::CustomerUser);
        assert!(Privilege::CustomerUser > Privilege::Public);
    }
}
