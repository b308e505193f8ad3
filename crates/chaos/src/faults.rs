//! The faults that are dealt, and in which order.

use std::{
    fs::{self, File},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, bail};
use rand::{Rng, rngs::StdRng, seq::SliceRandom};

/// One fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// SIGKILL while it works.
    Kill,
    /// SIGKILL while it works, and another one while it starts.
    KillTwice,
    /// SIGTERM.
    Terminate,
    /// The engine stops in order and starts again.
    EngineStop,
    /// The engine is killed and starts again.
    EngineKill,
    /// The disk is full for a while.
    DiskFull,
    /// The disk is full for a while, and the control plane is killed in it.
    DiskFullAndKill,
    /// The clock jumps forward by a day.
    DayForward,
    /// The clock jumps back by an hour.
    HourBack,
}

impl Fault {
    /// Its name in the summary.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Kill => "SIGKILL at work",
            Self::KillTwice => "SIGKILL at work and again while starting",
            Self::Terminate => "SIGTERM",
            Self::EngineStop => "engine stopped and started",
            Self::EngineKill => "engine killed and started",
            Self::DiskFull => "disk full",
            Self::DiskFullAndKill => "disk full and SIGKILL in it",
            Self::DayForward => "clock a day forward",
            Self::HourBack => "clock an hour back",
        }
    }

    /// How many SIGKILLs the control plane gets by it.
    pub(crate) const fn kills(self) -> u32 {
        match self {
            Self::Kill | Self::DiskFullAndKill => 1,
            Self::KillTwice => 2,
            _ => 0,
        }
    }
}

/// How many of each to deal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Amounts {
    /// SIGKILLs, at least.
    pub(crate) kills: u32,
    /// Times the engine stops in order.
    pub(crate) engine_stops: u32,
    /// Times the engine is killed.
    pub(crate) engine_kills: u32,
    /// Times the disk is full.
    pub(crate) disk: u32,
    /// Times the clock jumps.
    pub(crate) clock: u32,
}

/// The faults of a run, shuffled.
pub(crate) fn deck(amounts: Amounts, dice: &mut StdRng) -> Vec<Fault> {
    let mut deck = Vec::new();
    let alternately = |number: u32, one: Fault, other: Fault| {
        (0..number).map(move |turn| if turn % 2 == 0 { one } else { other })
    };
    deck.extend((0..amounts.engine_stops).map(|_| Fault::EngineStop));
    deck.extend((0..amounts.engine_kills).map(|_| Fault::EngineKill));
    deck.extend(alternately(
        amounts.disk,
        Fault::DiskFull,
        Fault::DiskFullAndKill,
    ));
    deck.extend(alternately(
        amounts.clock,
        Fault::DayForward,
        Fault::HourBack,
    ));
    deck.extend((0..amounts.kills.div_ceil(10)).map(|_| Fault::Terminate));
    let mut kills: u32 = deck.iter().map(|fault| fault.kills()).sum();
    while kills < amounts.kills {
        let fault = if dice.random_bool(0.25) {
            Fault::KillTwice
        } else {
            Fault::Kill
        };
        kills += fault.kills();
        deck.push(fault);
    }
    deck.shuffle(dice);
    deck
}

/// A small disk: a tmpfs, and a balloon that takes all that is free of it.
pub(crate) struct Disk {
    root: PathBuf,
}

impl Disk {
    /// Mounts one. Only root may.
    pub(crate) fn mount(root: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(root)?;
        let status = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=48m,mode=700", "carina-chaos"])
            .arg(root)
            .status()
            .context("mount cannot be run")?;
        if !status.success() {
            bail!("a tmpfs could not be mounted");
        }
        Ok(Self {
            root: root.to_owned(),
        })
    }

    /// Takes all that is free.
    pub(crate) fn fill(&self) -> anyhow::Result<()> {
        let mut balloon = File::create(self.balloon())?;
        for size in [1 << 20, 4096, 1] {
            let block = vec![0; size];
            loop {
                match balloon.write_all(&block) {
                    Ok(()) => {}
                    Err(error) if error.kind() == ErrorKind::StorageFull => break,
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(())
    }

    /// Gives it back.
    pub(crate) fn free(&self) -> anyhow::Result<()> {
        match fs::remove_file(self.balloon()) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    fn balloon(&self) -> PathBuf {
        self.root.join("balloon")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // A mount that is left behind is seen in `mount`; there is nobody left to tell.
        let _ = Command::new("umount").arg(&self.root).status();
    }
}

/// The wall clock of the control plane alone, through libfaketime: a file holds how far it is off.
/// Monotonic time goes on as it is, as it does on a machine whose clock is set.
pub(crate) struct WallClock {
    file: PathBuf,
    library: PathBuf,
    off: i64,
}

impl WallClock {
    /// A clock that is right.
    pub(crate) fn new(library: &Path, file: PathBuf) -> anyhow::Result<Self> {
        let clock = Self {
            file,
            library: library.to_owned(),
            off: 0,
        };
        clock.write()?;
        Ok(clock)
    }

    /// What a process needs in its environment to see it.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        [
            ("LD_PRELOAD", self.library.display().to_string()),
            ("FAKETIME_TIMESTAMP_FILE", self.file.display().to_string()),
            ("FAKETIME_NO_CACHE", "1".to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }

    /// Jumps.
    pub(crate) fn jump(&mut self, seconds: i64) -> anyhow::Result<()> {
        self.off += seconds;
        self.write()
    }

    fn write(&self) -> anyhow::Result<()> {
        // In one piece: it is read at every look at the clock.
        let new = self.file.with_extension("new");
        fs::write(&new, format!("{:+}\n", self.off))?;
        Ok(fs::rename(new, &self.file)?)
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    const AMOUNTS: Amounts = Amounts {
        kills: 40,
        engine_stops: 2,
        engine_kills: 1,
        disk: 3,
        clock: 2,
    };

    #[test]
    fn a_deck_holds_as_many_faults_as_were_asked_for() {
        for seed in 0..20 {
            let deck = deck(AMOUNTS, &mut StdRng::seed_from_u64(seed));
            let count = |fault| deck.iter().filter(|dealt| **dealt == fault).count();
            let kills: u32 = deck.iter().map(|fault| fault.kills()).sum();
            assert!((40..=41).contains(&kills), "{kills}");
            assert_eq!(count(Fault::EngineStop), 2);
            assert_eq!(count(Fault::EngineKill), 1);
            assert_eq!(count(Fault::DiskFull), 2);
            assert_eq!(count(Fault::DiskFullAndKill), 1);
            assert_eq!(count(Fault::DayForward), 1);
            assert_eq!(count(Fault::Terminate), 4);
        }
    }

    #[test]
    fn the_same_seed_deals_the_same_faults() {
        let of = |seed| deck(AMOUNTS, &mut StdRng::seed_from_u64(seed));
        assert_eq!(of(7), of(7));
        assert_ne!(of(7), of(8));
    }
}
