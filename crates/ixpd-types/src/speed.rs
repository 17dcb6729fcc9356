use std::fmt;

use serde::{Deserialize, Serialize};

/// A port speed in Mbit/s (`physicalinterface.speed`, `physicalinterface.rate_limit`). Its JSON form is that number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Speed(u32);

impl Speed {
    /// The speeds a form offers for a port.
    pub const OFFERED: [Self; 8] = [
        Self(10),
        Self(100),
        Self(1_000),
        Self(10_000),
        Self(25_000),
        Self(40_000),
        Self(100_000),
        Self(400_000),
    ];

    /// Makes a speed of Mbit/s.
    pub const fn from_mbits(mbits: u32) -> Self {
        Self(mbits)
    }

    /// In Mbit/s.
    pub const fn mbits(self) -> u32 {
        self.0
    }

    /// In bit/s.
    pub fn bits_per_second(self) -> u64 {
        u64::from(self.0) * 1_000_000
    }

    /// In the largest unit that keeps a whole part, at most three decimals: `10 Gbit/s`, `2.5 Gbit/s`.
    pub fn label(self) -> String {
        self.to_string()
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (divisor, unit) = match self.0 {
            1_000_000.. => (1_000_000, "Tbit/s"),
            1_000.. => (1_000, "Gbit/s"),
            _ => (1, "Mbit/s"),
        };
        // Below a Tbit/s the thousandths are exact; above it the last three digits are cut.
        let thousandths = u64::from(self.0) * 1_000 / divisor;
        let (whole, fraction) = (thousandths / 1_000, thousandths % 1_000);
        if fraction == 0 {
            return write!(f, "{whole} {unit}");
        }
        let fraction = format!("{fraction:03}");
        write!(f, "{whole}.{} {unit}", fraction.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::Speed;

    #[test]
    fn label_takes_the_largest_fitting_unit() {
        for (mbits, label) in [
            (0, "0 Mbit/s"),
            (10, "10 Mbit/s"),
            (100, "100 Mbit/s"),
            (1_000, "1 Gbit/s"),
            (1_001, "1.001 Gbit/s"),
            (2_500, "2.5 Gbit/s"),
            (10_000, "10 Gbit/s"),
            (400_000, "400 Gbit/s"),
            (1_200_000, "1.2 Tbit/s"),
            (1_234_567, "1.234 Tbit/s"),
            (u32::MAX, "4294.967 Tbit/s"),
        ] {
            assert_eq!(Speed::from_mbits(mbits).label(), label);
        }
    }

    #[test]
    fn the_fastest_speed_fits_in_bits_per_second() {
        assert_eq!(Speed::from_mbits(u32::MAX).bits_per_second(), 4_294_967_295_000_000);
    }

    #[test]
    fn json_form_is_the_number_of_mbits() {
        assert_eq!(serde_json::to_string(&Speed::from_mbits(10_000)).expect("JSON"), "10000");
    }
}
