//! Reading what an engine answers when it is asked for a log.
//!
//! Two forms: frames, each with a header of eight bytes (where to, three zeros, how long), or, of a
//! container with a terminal, plain bytes. In both, every entry begins with the moment it was written
//! at. A line of more than 16 KB is several entries, of which only the last ends with a line feed.
//!
//! The engine of a node belongs to whoever uses the cluster, so nothing that it says about lengths is
//! taken for memory: no line grows beyond [`MAX_LINE`].

use cluster_api::{
    Timestamp,
    inside::{LogLine, LogSource},
};

use crate::provisioner::inside::MAX_LINE;

/// The length of a frame's header.
const HEADER: usize = 8;

/// No moment is written in more bytes, with the space after it.
const LONGEST_MOMENT: usize = 40;

/// Turns chunks of an answer into lines.
#[derive(Default)]
pub(super) struct Demux {
    form: Form,
    /// The entry that is being read.
    entry: Vec<u8>,
    /// Some of that entry was left out.
    is_cut: bool,
    /// Lines of which there may be more: of stdout, of stderr.
    open: [Option<LogLine>; 2],
}

#[derive(Clone, Copy, Default)]
enum Form {
    /// Nothing came yet. The first byte tells: of frames it is at most 2, of plain bytes the digit of
    /// a year.
    #[default]
    Unknown,
    Plain,
    Header([u8; HEADER], usize),
    Payload(LogSource, usize),
}

impl Demux {
    /// Reads a chunk, however it is cut.
    pub(super) fn push(&mut self, mut chunk: &[u8], lines: &mut Vec<LogLine>) {
        while let Some(first) = chunk.first() {
            match self.form {
                Form::Unknown if *first > 2 => self.form = Form::Plain,
                Form::Unknown => self.form = Form::Header([0; HEADER], 0),
                Form::Plain => {
                    let end = chunk.iter().position(|byte| *byte == b'\n');
                    let (part, rest) = chunk.split_at(end.map_or(chunk.len(), |end| end + 1));
                    self.take(part);
                    if end.is_some() {
                        self.end_entry(LogSource::Stdout, lines);
                    }
                    chunk = rest;
                }
                Form::Header(mut header, filled) => {
                    header[filled] = *first;
                    chunk = &chunk[1..];
                    self.form = match filled + 1 {
                        HEADER => begin(header),
                        filled => Form::Header(header, filled),
                    };
                }
                Form::Payload(source, left) => {
                    let (part, rest) = chunk.split_at(left.min(chunk.len()));
                    self.take(part);
                    chunk = rest;
                    let left = left - part.len();
                    self.form = Form::Payload(source, left);
                    if left == 0 {
                        self.end_entry(source, lines);
                        self.form = Form::Header([0; HEADER], 0);
                    }
                }
            }
        }
    }

    /// Nothing more comes: what is left is a line too.
    pub(super) fn finish(&mut self, lines: &mut Vec<LogLine>) {
        if !self.entry.is_empty() {
            let source = match self.form {
                Form::Payload(source, _) => source,
                _ => LogSource::Stdout,
            };
            self.end_entry(source, lines);
        }
        lines.extend(self.open.iter_mut().filter_map(Option::take));
    }

    fn take(&mut self, part: &[u8]) {
        let room = (MAX_LINE + LONGEST_MOMENT).saturating_sub(self.entry.len());
        self.is_cut |= part.len() > room;
        self.entry.extend_from_slice(&part[..part.len().min(room)]);
    }

    fn end_entry(&mut self, source: LogSource, lines: &mut Vec<LogLine>) {
        let (at, text) = split_moment(&self.entry);
        // Of an entry that was cut, the end of the line is not there to be seen.
        let is_cut = std::mem::take(&mut self.is_cut);
        let ends = is_cut || text.ends_with(b"\n");
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let open = &mut self.open[usize::from(source == LogSource::Stderr)];
        let line = open.get_or_insert_with(|| LogLine {
            stream: source,
            at,
            data: String::new(),
            cut: false,
        });
        line.cut |= is_cut;
        if !line.cut {
            line.data.push_str(&String::from_utf8_lossy(text));
        } else if line.data.is_empty() {
            line.data = String::from_utf8_lossy(text).into_owned();
        }
        if line.data.len() > MAX_LINE {
            line.cut = true;
            let end = (0..=MAX_LINE).rfind(|end| line.data.is_char_boundary(*end));
            line.data.truncate(end.unwrap_or_default());
        }
        self.entry.clear();
        if ends {
            lines.extend(open.take());
        }
    }
}

/// What a header says.
fn begin(header: [u8; HEADER]) -> Form {
    let [source, _, _, _, length @ ..] = header;
    let source = if source == 2 {
        LogSource::Stderr
    } else {
        LogSource::Stdout
    };
    match u32::from_be_bytes(length) as usize {
        0 => Form::Header([0; HEADER], 0),
        length => Form::Payload(source, length),
    }
}

/// An entry without its moment, and the moment.
fn split_moment(entry: &[u8]) -> (Option<Timestamp>, &[u8]) {
    let space = entry
        .iter()
        .take(LONGEST_MOMENT)
        .position(|byte| *byte == b' ');
    let Some(space) = space else {
        return (None, entry);
    };
    let moment = std::str::from_utf8(&entry[..space]).ok();
    match moment.and_then(|moment| moment.parse().ok()) {
        Some(at) => (Some(at), &entry[space + 1..]),
        None => (None, entry),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: &str = "2026-11-23T17:00:00.123456789Z";

    fn frame(source: u8, text: &[u8]) -> Vec<u8> {
        let mut frame = vec![source, 0, 0, 0];
        frame.extend(u32::try_from(text.len()).unwrap().to_be_bytes());
        frame.extend(text);
        frame
    }

    fn entry(source: u8, text: &str) -> Vec<u8> {
        frame(source, format!("{AT} {text}").as_bytes())
    }

    fn read(bytes: &[u8], chunk: usize) -> Vec<LogLine> {
        let (mut demux, mut lines) = (Demux::default(), Vec::new());
        for chunk in bytes.chunks(chunk) {
            demux.push(chunk, &mut lines);
            assert!(demux.entry.len() <= MAX_LINE + LONGEST_MOMENT);
        }
        demux.finish(&mut lines);
        lines
    }

    fn line(stream: LogSource, data: &str) -> LogLine {
        LogLine {
            stream,
            at: Some(AT.parse().unwrap()),
            data: data.to_owned(),
            cut: false,
        }
    }

    #[test]
    fn lines_are_read_however_the_bytes_are_cut() {
        let bytes = [
            entry(1, "out\n"),
            frame(1, b""),
            entry(2, "err with \u{e4} and  spaces \n"),
            entry(1, "\n"),
            entry(1, "no end"),
        ]
        .concat();
        for chunk in [1, 2, 3, 7, 8, 9, 40, 4096] {
            let lines = read(&bytes, chunk);
            let wanted = [
                line(LogSource::Stdout, "out"),
                line(LogSource::Stderr, "err with \u{e4} and  spaces "),
                line(LogSource::Stdout, ""),
                line(LogSource::Stdout, "no end"),
            ];
            assert_eq!(lines, wanted, "{chunk}");
        }
    }

    #[test]
    fn a_long_line_is_put_together_and_cut_where_it_gets_too_long() {
        let part = "x".repeat(16 << 10);
        let long = [
            entry(1, &part),
            entry(2, "between\n"),
            entry(1, &part),
            entry(1, "end\n"),
        ]
        .concat();
        let lines = read(&long, 1000);
        assert_eq!(lines[0], line(LogSource::Stderr, "between"));
        assert_eq!(lines[1].data.len(), (32 << 10) + 3);
        assert!(!lines[1].cut);

        let mut longer = entry(1, &part).repeat(10);
        longer.extend(entry(1, "end\n"));
        longer.extend(entry(1, "next\n"));
        let lines = read(&longer, 1000);
        assert_eq!((lines[0].data.len(), lines[0].cut), (MAX_LINE, true));
        assert_eq!(lines[1], line(LogSource::Stdout, "next"));
    }

    #[test]
    fn a_frame_of_any_length_takes_no_more_memory_than_a_line() {
        let mut bytes = vec![1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff];
        bytes.extend(format!("{AT} ").bytes());
        bytes.extend(vec![b'y'; 1 << 20]);
        let lines = read(&bytes, 4096);
        assert_eq!((lines[0].data.len(), lines[0].cut), (MAX_LINE, true));
        assert_eq!(lines.len(), 1);
    }

    #[test]
    fn a_terminal_writes_no_frames() {
        let bytes = format!("{AT} one\r\n{AT} two\r\n{AT} $ ");
        for chunk in [1, 10, 4096] {
            let lines = read(bytes.as_bytes(), chunk);
            let wanted = ["one", "two", "$ "].map(|text| line(LogSource::Stdout, text));
            assert_eq!(lines, wanted);
        }
        let endless = format!("{AT} {}", "z".repeat(1 << 20));
        let lines = read(endless.as_bytes(), 4096);
        assert_eq!((lines[0].data.len(), lines[0].cut), (MAX_LINE, true));
    }

    #[test]
    fn what_is_not_text_or_has_no_moment_is_shown_all_the_same() {
        let lines = read(&frame(1, b"\xff\xfe bytes\n"), 4096);
        assert_eq!(
            (lines[0].at, lines[0].data.as_str()),
            (None, "\u{fffd}\u{fffd} bytes")
        );
    }
}
