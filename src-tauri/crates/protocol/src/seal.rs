//! The cover of a snapshot: who made it, and proof that nobody has changed it since.
//!
//! Loading a changed dump may crash, hang or load something else, so bytes are checked before any
//! interpreter sees them. The key belongs to one user; what another user signed is foreign, and
//! only an explicit yes lets it in.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use crate::{Bytes, Misuse, Reply};

/// Grows when the layout of the cover or of what is in it changes its meaning.
const FORMAT: u16 = 1;
const MAGIC: &[u8; 8] = b"MONTYSNP";
const TAG: usize = 32;
/// The largest content: what a session can keep of itself.
pub const MAX_SNAPSHOT: usize = 512 * 1024 * 1024;

/// What snapshots are signed with.
#[derive(Clone)]
pub struct Key([u8; 32]);

/// Why bytes are no snapshot of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    #[error("these bytes are no snapshot of Monty Playground")]
    NotASnapshot,
    #[error("the snapshot was made by a newer version ({0}); update Monty Playground to open it")]
    Newer(String),
    #[error("the snapshot is incomplete: {missing} bytes are missing")]
    Truncated { missing: u64 },
    #[error("the snapshot is too large: {bytes} bytes, where {MAX_SNAPSHOT} are allowed and none may follow its end")]
    Oversized { bytes: u64 },
    #[error("the snapshot was altered after it was saved")]
    Altered,
    #[error(
        "the snapshot was signed on another machine or by another user; open it only if you trust where it is from"
    )]
    Foreign,
}

impl SealError {
    /// The word for it in the protocol.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NotASnapshot => "notASnapshot",
            Self::Newer(_) => "newer",
            Self::Truncated { .. } => "truncated",
            Self::Oversized { .. } => "oversized",
            Self::Altered => "altered",
            Self::Foreign => "foreign",
        }
    }
}

impl From<SealError> for Misuse {
    fn from(error: SealError) -> Self {
        Self::bad_snapshot(error.reason(), error.to_string())
    }
}

impl Key {
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Covers and signs a snapshot.
    pub fn seal(&self, content: &[u8], app_version: &str) -> Vec<u8> {
        let version = &app_version.as_bytes()[..app_version.len().min(255)];
        let mut sealed = Vec::with_capacity(content.len() + 128);
        sealed.extend_from_slice(MAGIC);
        sealed.extend_from_slice(&FORMAT.to_le_bytes());
        sealed.push(u8::try_from(version.len()).unwrap_or(0));
        sealed.extend_from_slice(version);
        sealed.extend_from_slice(&self.id());
        sealed.extend_from_slice(&(content.len() as u64).to_le_bytes());
        sealed.extend_from_slice(content);
        let tag = self.mac(&sealed).finalize().into_bytes();
        sealed.extend_from_slice(&tag);
        sealed
    }

    /// The snapshot of a session, and of what comes back if the run in it is stopped.
    pub fn snapshot(&self, state: &[u8], rest: Option<&[u8]>, app_version: &str) -> Reply {
        let content = join(state, rest);
        if content.len() > MAX_SNAPSHOT {
            let message = format!("the session has {} bytes; a snapshot has at most {MAX_SNAPSHOT}", content.len());
            return Reply::Error(Misuse::bad_snapshot("oversized", message));
        }
        let sealed = self.seal(&content, app_version);
        let bytes = sealed.len() as u64;
        Reply::Snapshot { data: Bytes(sealed), bytes }
    }

    /// The content of a snapshot that this key signed. Of one that another key signed too, if
    /// `accept_foreign`; whether it was altered cannot be told then.
    pub fn open<'a>(&self, sealed: &'a [u8], accept_foreign: bool) -> Result<Opened<'a>, SealError> {
        let short = |rest: usize, wanted: usize| SealError::Truncated { missing: (wanted - rest) as u64 };
        if sealed.len() < MAGIC.len() && MAGIC.starts_with(sealed) && !sealed.is_empty() {
            return Err(short(sealed.len(), MAGIC.len()));
        }
        let rest = sealed.strip_prefix(MAGIC).ok_or(SealError::NotASnapshot)?;
        let (format, rest) = rest.split_first_chunk::<2>().ok_or_else(|| short(rest.len(), 2))?;
        let (length, rest) = rest.split_first().ok_or_else(|| short(0, 1))?;
        let length = usize::from(*length);
        let (version, rest) = rest.split_at_checked(length).ok_or_else(|| short(rest.len(), length))?;
        if u16::from_le_bytes(*format) > FORMAT {
            return Err(SealError::Newer(String::from_utf8_lossy(version).into_owned()));
        }
        let (id, rest) = rest.split_first_chunk::<8>().ok_or_else(|| short(rest.len(), 8))?;
        let (length, rest) = rest.split_first_chunk::<8>().ok_or_else(|| short(rest.len(), 8))?;
        let length = u64::from_le_bytes(*length);
        if length > MAX_SNAPSHOT as u64 {
            return Err(SealError::Oversized { bytes: length });
        }
        let wanted = usize::try_from(length).unwrap_or(usize::MAX) + TAG;
        if rest.len() < wanted {
            return Err(short(rest.len(), wanted));
        }
        if rest.len() > wanted {
            return Err(SealError::Oversized { bytes: (rest.len() - TAG) as u64 });
        }
        let (content, tag) = rest.split_at(wanted - TAG);
        let signed = &sealed[..sealed.len() - TAG];
        if self.mac(signed).verify_slice(tag).is_ok() {
            return Ok(Opened { content, foreign: false });
        }
        match (*id == self.id(), accept_foreign) {
            (true, _) => Err(SealError::Altered),
            (false, false) => Err(SealError::Foreign),
            (false, true) => Ok(Opened { content, foreign: true }),
        }
    }

    /// Tells keys apart without telling what they are.
    fn id(&self) -> [u8; 8] {
        let digest = Sha256::new().chain_update(b"key of snapshots").chain_update(self.0).finalize();
        let mut id = [0; 8];
        id.copy_from_slice(&digest[..8]);
        id
    }

    fn mac(&self, bytes: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key of any length serves");
        mac.update(bytes);
        mac
    }
}

/// A snapshot out of its cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened<'a> {
    pub content: &'a [u8],
    pub foreign: bool,
}

/// The content of a snapshot.
fn join(state: &[u8], rest: Option<&[u8]>) -> Vec<u8> {
    let rest = rest.unwrap_or_default();
    let mut content = Vec::with_capacity(state.len() + rest.len() + 8);
    content.extend_from_slice(&(state.len() as u64).to_le_bytes());
    content.extend_from_slice(state);
    content.extend_from_slice(rest);
    content
}

/// What [`join`] put together.
pub fn split(content: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    let (length, rest) = content.split_first_chunk::<8>()?;
    let (state, rest) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
    Some((state, (!rest.is_empty()).then_some(rest)))
}
