use std::fs;

use super::*;

fn record(path: &Path, lines: &[&str]) {
    let mut recorder = Recorder::open(path).unwrap();
    for line in lines {
        recorder.take(line);
        recorder.flush();
    }
    assert!(matches!(recorder.finish(), (0, Ok(()))));
}

fn read(path: &Path) -> String {
    let mut text = String::new();
    let mut input = crate::edge::feed::unpack::Unpacked::new(File::open(path).unwrap());
    input.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn recordings_are_continued_after_a_crash() {
    let folder = crate::edge::feed::inputs::tests::folder("recorder");
    for (name, torn) in [("plain.jsonl", "a\nb c\n{\"to"), ("packed.jsonl.zst", "")] {
        let path = folder.join(name);
        record(&path, &["a", "b\nc"]);
        assert_eq!(read(&path), "a\nb c\n", "{name}");
        let whole = fs::read(&path).unwrap();
        if torn.is_empty() {
            // Whatever of the next frame a crash left.
            let next = zstd::bulk::compress(b"never seen\n", 0).unwrap();
            for length in 0..next.len() {
                fs::write(&path, [&whole[..], &next[..length]].concat()).unwrap();
                record(&path, &["d"]);
                assert_eq!(read(&path), "a\nb c\nd\n", "{name} with {length} bytes more");
            }
            for length in 0..whole.len() {
                fs::write(&path, &whole[..length]).unwrap();
                record(&path, &["d"]);
                assert_eq!(read(&path), "d\n", "{name} with {length} bytes only");
            }
        } else {
            fs::write(&path, torn).unwrap();
            record(&path, &["d"]);
            assert_eq!(read(&path), "a\nb c\n{\"to\nd\n", "{name}");
        }
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_was_recorded_is_fetched_again() {
    let folder = crate::edge::feed::inputs::tests::folder("recorder-fetch");
    for name in ["plain.jsonl", "packed.jsonl.zst"] {
        let path = folder.join(name);
        record(&path, &["from before"]);
        let mut recorder = Recorder::open(&path).unwrap();
        let start = recorder.start();
        let lines = ["one", "and two", "three"];
        assert!(lines.iter().all(|line| recorder.take(line)));
        assert!(matches!(recorder.finish(), (0, Ok(()))));
        let mut offset = 0;
        for line in lines {
            let length = u32::try_from(line.len()).unwrap();
            assert_eq!(fetch(&path, start, offset, length).unwrap(), line.as_bytes(), "{name}");
            offset += line.len() as u64 + 1;
        }
        assert_eq!(fetch(&path, start, offset, 1).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_came_is_there_while_it_goes_on() {
    let folder = crate::edge::feed::inputs::tests::folder("recording");
    for name in ["plain.jsonl", "packed.jsonl.zst"] {
        let path = folder.join(name);
        let mut recorder = Recorder::open(&path).unwrap();
        recorder.take("a");
        recorder.flush();
        let start = Instant::now();
        while fs::metadata(&path).unwrap().len() == 0 {
            assert!(start.elapsed() < Duration::from_secs(30), "{name}: it never came");
            thread::yield_now();
        }
        assert_eq!(read(&path), "a\n", "{name}");
        assert!(matches!(recorder.finish(), (0, Ok(()))));
    }
    fs::remove_dir_all(folder).unwrap();
}

/// A disk that has room for a number of bytes, which a test changes.
#[derive(Clone, Default)]
struct Small(Arc<Mutex<(Vec<u8>, usize)>>);

impl Write for Small {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut disk = self.0.lock().unwrap();
        let room = disk.1.saturating_sub(disk.0.len()).min(bytes.len());
        disk.0.extend_from_slice(&bytes[..room]);
        if room == 0 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(room) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Disk for Small {
    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.0.lock().unwrap().0.truncate(usize::try_from(length).unwrap());
        Ok(())
    }
}

fn wait_for(recorder: &mut Recorder, is_so: impl Fn(&Recorder) -> bool) {
    let start = Instant::now();
    while !is_so(recorder) {
        assert!(start.elapsed() < Duration::from_mins(1), "it never came");
        recorder.flush();
        thread::yield_now();
    }
}

#[test]
fn a_full_disk_is_said_at_once_and_nothing_is_lost_if_there_is_room_in_time() {
    let disk = Small(Arc::new(Mutex::new((b"before\n".to_vec(), 12))));
    let mut recorder = Recorder::writing(disk.clone(), false, 7).unwrap();
    for line in ["one", "two", "three"] {
        assert!(recorder.take(line));
    }
    wait_for(&mut recorder, |recorder| recorder.trouble().is_some());
    assert!(recorder.take("four"));
    disk.0.lock().unwrap().1 = usize::MAX;
    wait_for(&mut recorder, |recorder| recorder.trouble().is_none());
    assert!(matches!(recorder.finish(), (0, Ok(()))));
    assert_eq!(disk.0.lock().unwrap().0, b"before\none\ntwo\nthree\nfour\n");
}

#[test]
fn what_there_was_no_room_for_is_a_gap_in_the_recording() {
    let disk = Small(Arc::new(Mutex::new((Vec::new(), 0))));
    let mut recorder = Recorder::writing(disk.clone(), false, 0).unwrap();
    let at = |second| (Moment::from_seconds(second), Moment::from_seconds(second + 1));
    let large = "x".repeat(HELD / 4 - 10);
    let (mut taken, mut missed) = (0, 0);
    for second in 0..40 {
        let (earliest, latest) = at(second);
        recorder.at(earliest, latest);
        let is_taken = recorder.take(&large);
        taken += u64::from(is_taken);
        missed += u64::from(!is_taken);
        recorder.flush();
        // From then on the disk takes nothing, so that there is room for nothing more once that is used up.
        if second == 0 {
            wait_for(&mut recorder, |recorder| recorder.trouble().is_some());
        }
    }
    assert!(missed > 0 && recorder.missed() == missed, "{missed}");
    disk.0.lock().unwrap().1 = usize::MAX;
    wait_for(&mut recorder, |recorder| recorder.held.is_empty());
    assert!(recorder.take("after"));
    let (left, written) = recorder.finish();
    assert!(written.is_ok() && left == missed);
    let bytes = std::mem::take(&mut disk.0.lock().unwrap().0);
    let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    assert_eq!(lines.iter().filter(|line| line.len() == large.len()).count() as u64, taken);
    let notes: Vec<Gap> = lines
        .iter()
        .filter_map(|line| if line.len() < 500 { Note::read(line) } else { None })
        .map(|note| if let Note::Gap(gap) = note { gap } else { panic!("{note:?}") })
        .collect();
    let [gap] = notes[..] else { panic!("{notes:?}") };
    assert!(gap.from >= at(1).0 && gap.until == at(39).1, "{gap:?}");
    assert!(lines.contains(&&b"after"[..]));
}

#[test]
fn what_could_not_be_written_in_the_end_is_counted() {
    let disk = Small(Arc::new(Mutex::new((Vec::new(), 3))));
    let mut recorder = Recorder::writing(disk.clone(), true, 0).unwrap();
    assert!(recorder.take("one") && recorder.take("two"));
    let (missed, written) = recorder.finish();
    assert_eq!((missed, written.unwrap_err().kind()), (2, io::ErrorKind::StorageFull));
}

#[test]
fn other_files_are_left_as_they_are() {
    let folder = crate::edge::feed::inputs::tests::folder("no-recording");
    let path = folder.join("x.zst");
    fs::write(&path, "text").unwrap();
    assert_eq!(Recorder::open(&path).unwrap_err().kind(), io::ErrorKind::InvalidData);
    assert_eq!(fs::read(&path).unwrap(), b"text");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let refused = Recorder::open(Path::new("/dev/null")).unwrap_err();
        assert!(refused.to_string().contains("a pipe or a device"), "{refused}");
        let path = folder.join("new.jsonl");
        record(&path, &["a"]);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        record(&path, &["b"]);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644, "as somebody set it");
    }
    fs::remove_dir_all(folder).unwrap();
}
