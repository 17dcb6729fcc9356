use crate::code::{number_code, word_code};

number_code! {
    /// What kind of member a customer is (`cust.type`).
    CustomerType, "customer type" {
        Full = 1, "Full";
        /// No ports and no AS number.
        Associate = 2, "Associate";
        /// The exchange itself: the only type whose users may be superusers.
        Internal = 3, "Internal";
        ProBono = 4, "Pro-bono";
    }
}

number_code! {
    /// Where a customer stands (`cust.status`).
    CustomerStatus, "customer status" {
        Normal = 1, "Normal";
        NotConnected = 2, "Not Connected";
        Suspended = 3, "Suspended";
    }
}

word_code! {
    /// Whom a customer peers with (`cust.peeringpolicy`).
    PeeringPolicy, "peering policy" {
        Open = "open", "Open";
        Selective = "selective", "Selective";
        Mandatory = "mandatory", "Mandatory";
        Closed = "closed", "Closed";
    }
}

word_code! {
    /// Whether a customer's BGP sessions use TCP MD5 signatures of RFC 2385 (`cust.MD5Support`).
    Md5Support, "MD5 support" {
        Unknown = "UNKNOWN", "Unknown";
        Yes = "YES", "Yes";
        Mandatory = "MANDATORY", "Mandatory";
        Preferred = "PREFERRED", "Preferred";
        No = "NO", "No";
    }
}
